"""What queues and topics have in common: they take messages in, once, now or at a scheduled time."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from infra.local.servicebus.entities.clock import Clock
from infra.local.servicebus.entities.due import DueHeap
from infra.local.servicebus.entities.duplicates import DuplicateHistory
from infra.local.servicebus.entities.journal import Journal
from infra.local.servicebus.entities.message import Message, MessageState
from infra.local.servicebus.faults import MessageNotFound


@dataclass(frozen=True, slots=True)
class EntityRules:
    """Properties of an entity; durations in milliseconds.

    `max_delivery_count` is absent for dead-letter queues, from which nothing is dead-lettered again.
    """

    lock_duration: int = 60_000
    max_delivery_count: int | None = 10
    requires_session: bool = False
    default_time_to_live: int | None = None
    duplicate_window: int | None = None
    dead_letters_expired: bool = False


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every entity works with."""

    journal: Journal
    clock: Clock


class Entity(ABC):
    """A queue, topic, subscription or dead-letter queue under its path."""

    def __init__(self, path: str, entity_id: int, rules: EntityRules, surroundings: Surroundings) -> None:
        self.path = path
        self.entity_id = entity_id
        self.rules = rules
        self.last_sequence = 0
        self.messages: dict[int, Message] = {}
        self.journal = surroundings.journal
        self.clock = surroundings.clock
        self.duplicates = None if rules.duplicate_window is None else DuplicateHistory(rules.duplicate_window)
        self._scheduled = DueHeap(_scheduled_time, self.messages.__len__)

    def check(self, message: Message) -> None:  # noqa: B027 - most entities take every message
        """Raise a fault when the entity does not take such a message; a topic takes every message."""

    def submit(self, message: Message) -> int:
        """Take in a message that passed `check` and return its sequence number.

        A duplicate is accepted and dropped, as the sender can't know that it is one.
        """
        now = self.clock()
        if self._is_duplicate(message, now):
            return self.last_sequence
        self._number(message)
        message.enqueued_at = now
        if message.scheduled_for is not None and message.scheduled_for > now:
            message.state = MessageState.SCHEDULED
            self.messages[message.sequence] = message
            self.journal.add(message)
            self._scheduled.push(message)
        else:
            self._activate(message)
        return message.sequence

    def cancel_scheduled(self, sequences: list[int]) -> None:
        """Drop scheduled messages; raises `MessageNotFound`, and drops none, when one is not scheduled."""
        cancelled = [self._in_state(sequence, MessageState.SCHEDULED) for sequence in sequences]
        for message in cancelled:
            self.discard(message)

    def advance(self, now: int) -> None:
        """Do what has become due."""
        for message in self._scheduled.pop_due(now):
            # The number of a scheduled message holds until it is activated: then it queues up as if sent now.
            del self.messages[message.sequence]
            self._number(message)
            self._activate(message)
        if self.duplicates is not None:
            for message_id in self.duplicates.forget_expired(now):
                self.journal.forget(self.entity_id, message_id)

    def restore(self, message: Message) -> None:
        """Take back a message from before a restart; to be called in the order of sequence numbers."""
        self.messages[message.sequence] = message
        if message.state is MessageState.SCHEDULED:
            self._scheduled.push(message)

    def discard(self, message: Message) -> None:
        """Forget a message for good."""
        self.messages.pop(message.sequence, None)
        message.unlock()
        message.removed = True
        self.journal.remove(message)

    @abstractmethod
    def _activate(self, message: Message) -> None:
        """Make a numbered message available to receivers."""

    def _number(self, message: Message) -> None:
        self.last_sequence += 1
        message.entity_id = self.entity_id
        message.sequence = message.enqueued_sequence = self.last_sequence
        self.journal.advance(self.entity_id, self.last_sequence)

    def _in_state(self, sequence: int, state: MessageState) -> Message:
        message = self.messages.get(sequence)
        if message is None or message.state is not state or message.lock_token is not None:
            raise MessageNotFound(f"'{self.path}' has no {state.name.lower()} message {sequence}")
        return message

    def _is_duplicate(self, message: Message, now: int) -> bool:
        if self.duplicates is None or message.message_id is None:
            return False
        if self.duplicates.is_duplicate(message.message_id, now):
            return True
        expires_at = self.duplicates.remember(message.message_id, now)
        self.journal.remember(self.entity_id, message.message_id, expires_at)
        return False


def _scheduled_time(message: Message) -> int | None:
    waiting = message.state is MessageState.SCHEDULED and not message.removed
    return message.scheduled_for if waiting else None
