"""What links ask of the AMQP session that carries them."""

from typing import Protocol

from infra.local.servicebus.amqp.delivery_states import ErrorInfo
from infra.local.servicebus.amqp.performatives import Performative


class Delivering(Protocol):
    """A link end that has sent a delivery and hears of its settlement."""


class Channel(Protocol):
    """Sends frames on one channel of a connection."""

    def send(self, performative: Performative) -> None:
        """Send a frame without payload."""

    def send_credit(self, handle: int, delivery_count: int, credit: int, *, drain: bool) -> None:
        """Send a flow with the state of a link and the windows of the session."""

    def send_delivery(self, handle: int, tag: bytes, payload: bytes, *, settled: bool) -> int:
        """Send a message in as many frames as it takes, as the window allows, and return its delivery id."""

    def end_link(self, handle: int, error: ErrorInfo | None) -> None:
        """Detach a link for good and forget it."""
