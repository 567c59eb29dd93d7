"""Messages as the messaging code sees them, whatever bus carries them."""

import hashlib
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A sealed envelope on its way to a queue or topic.

    A `not_before` in the future makes the bus hold it back until then; `session_id` orders messages and is
    required where the queue has sessions.
    """

    destination: str
    message_id: str
    body: bytes
    event_type: str
    correlation_id: str
    session_id: str | None = None
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReceivedMessage:
    """A message as the trigger hands it over, nothing of it verified yet."""

    queue: str
    message_id: str
    body: bytes
    session_id: str | None = None
    delivery: int = 1
    """How often the bus has delivered it, this time included."""

    @property
    def digest(self) -> str:
        """SHA-256 of the body in hex: names the message in records, whatever it claims to be."""
        return hashlib.sha256(self.body).hexdigest()
