"""A message inside the broker, and the bytes that a receiver gets.

Times are milliseconds since 1970-01-01 UTC, durations milliseconds.
"""

import uuid
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Protocol

from infra.local.servicebus.amqp.sections import HEADER, MESSAGE_ANNOTATIONS, write_section
from infra.local.servicebus.amqp.types import Symbol, Timestamp, UByte, UInt

_NO_ID = 0


class MessageState(IntEnum):
    """The value of the annotation `x-opt-message-state`."""

    ACTIVE = 0
    DEFERRED = 1
    SCHEDULED = 2


class LockHolder(Protocol):
    """The receiver that a message was delivered to."""

    def forget(self, message: "Message") -> None:
        """Drop what is remembered of the delivery: its lock is gone."""


@dataclass(slots=True, eq=False)
class Message:
    """One message of one entity.

    `payload` holds the sections from properties to footer as they were sent; it is `None` while only the
    store holds it. `row_id`, `stored` and `payload_stored` belong to the store.
    """

    payload: bytes | None
    size: int
    annotations: dict[object, object] = field(default_factory=dict)
    durable: bool = False
    priority: int | None = None
    time_to_live: int | None = None
    message_id: str | None = None
    session_id: str | None = None
    scheduled_for: int | None = None

    entity_id: int = _NO_ID
    sequence: int = 0
    enqueued_sequence: int = 0
    state: MessageState = MessageState.ACTIVE
    delivery_count: int = 0
    enqueued_at: int = 0
    expires_at: int | None = None
    dead_letter_source: str | None = None

    lock_token: uuid.UUID | None = None
    locked_until: int = 0
    holder: LockHolder | None = None

    row_id: int = _NO_ID
    stored: bool = False
    payload_stored: bool = False
    removed: bool = False

    def copy(self) -> "Message":
        """Return the same content as a new message, for another subscription."""
        return Message(
            payload=self.payload,
            size=self.size,
            annotations=self.annotations,
            durable=self.durable,
            priority=self.priority,
            time_to_live=self.time_to_live,
            message_id=self.message_id,
            session_id=self.session_id,
            scheduled_for=self.scheduled_for,
        )

    def expired(self, now: int) -> bool:
        """Whether its time to live is over."""
        return self.expires_at is not None and self.expires_at <= now

    def lock(self, token: uuid.UUID, until: int, holder: LockHolder | None) -> None:
        """Note who may settle it and how long."""
        self.lock_token, self.locked_until, self.holder = token, until, holder

    def unlock(self) -> None:
        """Note that nobody holds it."""
        if self.holder is not None:
            self.holder.forget(self)
        self.lock_token, self.locked_until, self.holder = None, 0, None


def encode_message(message: Message, payload: bytes) -> bytes:
    """Return what a receiver gets: the broker's header and annotations before the sender's payload."""
    output = bytearray()
    time_to_live = None if message.time_to_live is None else UInt(min(message.time_to_live, 0xFFFFFFFF))
    priority = None if message.priority is None else UByte(message.priority)
    write_section(
        output, HEADER, [message.durable, priority, time_to_live, None, UInt(message.delivery_count)]
    )
    write_section(output, MESSAGE_ANNOTATIONS, message.annotations | _broker_annotations(message))
    return bytes(output) + payload


_ENQUEUED_TIME = Symbol("x-opt-enqueued-time")
_SEQUENCE_NUMBER = Symbol("x-opt-sequence-number")
_ENQUEUED_SEQUENCE = Symbol("x-opt-enqueue-sequence-number")
_LOCKED_UNTIL = Symbol("x-opt-locked-until")
_MESSAGE_STATE = Symbol("x-opt-message-state")
_DEAD_LETTER_SOURCE = Symbol("x-opt-deadletter-source")
# What a sender says in these, as one does who sends on a received message, does not count.
BROKER_ANNOTATIONS = frozenset(
    {_ENQUEUED_TIME, _SEQUENCE_NUMBER, _ENQUEUED_SEQUENCE, _LOCKED_UNTIL, _MESSAGE_STATE, _DEAD_LETTER_SOURCE}
)


def _broker_annotations(message: Message) -> dict[object, object]:
    annotations: dict[object, object] = {
        _ENQUEUED_TIME: Timestamp(message.enqueued_at),
        _SEQUENCE_NUMBER: message.sequence,
        _ENQUEUED_SEQUENCE: message.enqueued_sequence,
        _MESSAGE_STATE: int(message.state),
    }
    if message.locked_until:
        annotations[_LOCKED_UNTIL] = Timestamp(message.locked_until)
    if message.dead_letter_source is not None:
        annotations[_DEAD_LETTER_SOURCE] = message.dead_letter_source
    return annotations
