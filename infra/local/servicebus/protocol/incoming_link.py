"""Links on which the client sends: to a queue or topic, or requests to a node."""

from collections.abc import Callable
from typing import NamedTuple

from infra.local.servicebus.amqp.delivery_states import ACCEPTED_OUTCOME, Rejected, encodable_outcome
from infra.local.servicebus.amqp.errors import DecodeError
from infra.local.servicebus.amqp.performatives import Disposition, Transfer
from infra.local.servicebus.amqp.sections import BATCH_FORMAT, batch_messages
from infra.local.servicebus.amqp.types import Described
from infra.local.servicebus.entities.entity import Entity
from infra.local.servicebus.entities.incoming import parse_message
from infra.local.servicebus.faults import Fault, InvalidArgument, MessageSizeExceeded
from infra.local.servicebus.protocol.channel import Channel

_CREDIT = 1000


class Delivery(NamedTuple):
    """A complete message from a client."""

    message_format: int
    encoded: bytes


type Consume = Callable[[Delivery], None]


class IncomingLink:
    """Puts deliveries together, passes them on and acknowledges them.

    What `consume` raises rejects the delivery; the link stays, so a bad message takes no others with it.
    """

    def __init__(self, channel: Channel, handle: int, max_message_size: int, consume: Consume) -> None:
        self._channel = channel
        self._handle = handle
        self._max_message_size = max_message_size
        self._consume = consume
        self._delivery_count = 0
        self._credit = 0
        self._first: Transfer | None = None
        self._parts = bytearray()
        self._size = 0

    def opened(self) -> None:
        """Let the client send."""
        self._replenish()

    def closed(self) -> None:
        """Nothing is left to do when the client leaves: an incomplete delivery never happened."""

    def on_transfer(self, transfer: Transfer, payload: bytes) -> None:
        """Take one frame of a delivery; of an oversized one only the size is kept."""
        first = self._first = self._first or transfer
        self._size += len(payload)
        if transfer.aborted:
            self._finish()
            return
        if self._size <= self._max_message_size:
            self._parts += payload
        if transfer.more:
            return
        encoded, size = bytes(self._parts), self._size
        self._finish()
        outcome = self._outcome(Delivery(first.message_format or 0, encoded), size)
        if not first.settled and first.delivery_id is not None:
            self._channel.send(Disposition(True, first.delivery_id, first.delivery_id, True, outcome))
        if self._credit <= _CREDIT // 2:
            self._replenish()

    def _finish(self) -> None:
        self._first = None
        self._parts = bytearray()
        self._size = 0
        self._delivery_count += 1
        self._credit -= 1

    def _outcome(self, delivery: Delivery, size: int) -> Described:
        try:
            self._check_size(size)
            self._consume(delivery)
        except Fault as fault:
            return encodable_outcome(Rejected(fault.error_info()))
        except DecodeError as cause:
            unreadable = InvalidArgument(f"The message can't be read: {cause}.")
            return encodable_outcome(Rejected(unreadable.error_info()))
        return ACCEPTED_OUTCOME

    def _check_size(self, size: int) -> None:
        if size > self._max_message_size:
            raise MessageSizeExceeded(
                f"The received message of {size} bytes exceeds the limit of {self._max_message_size} bytes."
            )

    def _replenish(self) -> None:
        self._credit = _CREDIT
        self._channel.send_credit(self._handle, self._delivery_count, _CREDIT, drain=False)


def into_entity(entity: Entity) -> Consume:
    """Return what takes messages and batches into an entity: a batch as a whole or not at all."""

    def consume(delivery: Delivery) -> None:
        batched = delivery.message_format == BATCH_FORMAT
        encoded = batch_messages(delivery.encoded) if batched else (delivery.encoded,)
        messages = [parse_message(one) for one in encoded]
        for message in messages:
            entity.check(message)
        for message in messages:
            entity.submit(message)

    return consume
