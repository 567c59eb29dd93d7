"""What a queue asks of those who receive from it."""

from typing import Protocol

from infra.local.servicebus.entities.message import LockHolder, Message
from infra.local.servicebus.faults import Fault


class Receiver(LockHolder, Protocol):
    """A receiving link. `credit` is the number of messages it may still be sent."""

    name: str
    credit: int
    deletes_on_receipt: bool

    def deliver(self, message: Message, encoded: bytes) -> None:
        """Send a message; lowers the credit by one."""


class SessionReceiver(Receiver, Protocol):
    """A receiving link that asked for a session."""

    def granted(self, session_id: str, locked_until: int) -> None:
        """Learn which session it holds and until when (milliseconds since 1970-01-01 UTC)."""

    def refuse(self, fault: Fault) -> None:
        """Learn that it gets no session, or has lost it."""
