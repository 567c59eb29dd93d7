"""Quarantine: where a message goes that can never succeed as it is, with all that is needed to judge it."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from shared.kernel.events import Event
from shared.kernel.log_context import log_context
from shared.messaging.message_id import MessageId
from shared.messaging.messages import ReceivedMessage


class State(StrEnum):
    """What became of a quarantined message."""

    HELD = "held"
    REPLAYED = "replayed"


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One quarantined message. `digest` (SHA-256 of the body, hex) names it within its queue.

    `event_id` and `event_type` are None when the envelope did not verify; `body` is None where this stamp may
    not keep it. `reason` is a stable code: of the error tree, of `envelope.Refusal`, or `attempts-exhausted`.
    """

    queue: str
    digest: str
    message_id: str
    session_id: str | None
    reason: str
    event_id: str | None
    event_type: str | None
    correlation_id: str
    trace_id: str | None
    attempts: int
    replays: int
    held_at: datetime
    body: bytes | None = field(repr=False)
    state: State = State.HELD
    version: str = field(default="", compare=False)
    """The store's mark of what was read; empty on a new record."""

    def replayed(self) -> "Quarantined":
        """Return the record after one more replay."""
        return replace(self, state=State.REPLAYED, replays=self.replays + 1)


def unverified(raw: ReceivedMessage, reason: str, held_at: datetime, *, keep_body: bool) -> Quarantined:
    """Return the record of a message whose envelope was refused: nothing it says is repeated."""
    return Quarantined(
        queue=raw.queue,
        digest=raw.digest,
        message_id=raw.digest,
        session_id=raw.session_id,
        reason=reason,
        event_id=None,
        event_type=None,
        correlation_id=raw.digest[:32],
        trace_id=log_context().trace_id,
        attempts=1,
        replays=0,
        held_at=held_at,
        body=raw.body if keep_body else None,
    )


def verified(raw: ReceivedMessage, event: Event, reason: str, held_at: datetime) -> Quarantined:
    """Return the record of a verified message whose handler refused it or never succeeded."""
    message_id = MessageId.of(raw.message_id, event.id)
    return Quarantined(
        queue=raw.queue,
        digest=raw.digest,
        message_id=str(message_id),
        session_id=raw.session_id,
        reason=reason,
        event_id=event.id,
        event_type=event.type,
        correlation_id=event.correlation_id,
        trace_id=log_context().trace_id,
        attempts=message_id.attempt + 1,
        replays=message_id.replay,
        held_at=held_at,
        body=raw.body,
    )
