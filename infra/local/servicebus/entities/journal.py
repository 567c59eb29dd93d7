"""What the entities ask of storage: changes are noted at once, and durable together before anyone is told."""

from typing import Protocol

from infra.local.servicebus.entities.message import Message


class Journal(Protocol):
    """Receives each change of state; the state in memory is what is true, the journal what survives."""

    def add(self, message: Message) -> None:
        """Keep a new message and give it its row id."""

    def change(self, message: Message) -> None:
        """Keep the new state of a message."""

    def remove(self, message: Message) -> None:
        """Forget a message for good."""

    def payload(self, message: Message) -> bytes:
        """Return the payload of a message."""

    def replace_payload(self, message: Message, payload: bytes) -> None:
        """Keep another payload for a message."""

    def advance(self, entity_id: int, sequence: int) -> None:
        """Keep the last sequence number that an entity has given out."""

    def save_session(self, entity_id: int, session_id: str, state: bytes | None, updated_at: int) -> None:
        """Keep the state of a session; without state the session is forgotten."""

    def remember(self, entity_id: int, message_id: str, expires_at: int) -> None:
        """Keep a message id of the duplicate detection history."""

    def forget(self, entity_id: int, message_id: str) -> None:
        """Forget a message id of the duplicate detection history."""
