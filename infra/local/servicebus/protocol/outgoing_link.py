"""Links on which the client receives: from a queue, from a session of a queue, or responses of a node."""

import asyncio
import uuid
from typing import Protocol

from infra.local.servicebus.amqp.delivery_states import Outcome
from infra.local.servicebus.amqp.performatives import Flow
from infra.local.servicebus.entities.message import Message
from infra.local.servicebus.entities.queue import Queue
from infra.local.servicebus.faults import Fault, MessageLockLost, TimedOut
from infra.local.servicebus.protocol.channel import Channel
from infra.local.servicebus.protocol.settlement import settle
from infra.local.servicebus.protocol.termini import SessionWish


class LinkEnd(Protocol):
    """How a link tells the client that it is attached, or refused."""

    def accept(self, session_id: str | None = None, locked_until: int | None = None) -> None:
        """Answer the attach; with a session when one was granted."""

    def refuse(self, fault: Fault) -> None:
        """Answer the attach with nothing attached, or end a link that was, and say why."""


class CreditedLink:
    """Counts deliveries and credit (AMQP 1.0 part 2, section 2.6.7)."""

    def __init__(self, channel: Channel, handle: int) -> None:
        self.credit = 0
        self._channel = channel
        self._handle = handle
        self._delivery_count = 0

    def on_flow(self, flow: Flow) -> None:
        """Take the credit that the client grants; a drain uses it up."""
        if flow.link_credit is None:
            return
        self.credit = max(0, (flow.delivery_count or 0) + flow.link_credit - self._delivery_count)
        self._use_credit()
        if flow.drain:
            self._delivery_count += self.credit
            self.credit = 0
        if flow.drain or flow.echo:
            self._channel.send_credit(self._handle, self._delivery_count, self.credit, drain=bool(flow.drain))

    def _use_credit(self) -> None:
        """Send what waits for credit."""

    def _send(self, tag: bytes, payload: bytes, *, settled: bool) -> int:
        self._delivery_count += 1
        self.credit -= 1
        return self._channel.send_delivery(self._handle, tag, payload, settled=settled)


class ResponseLink(CreditedLink):
    """Carries the responses of a request node."""

    def respond(self, encoded: bytes) -> None:
        """Send a response; clients grant ample credit before they ask."""
        self._send(uuid.uuid4().bytes, encoded, settled=True)

    def opened(self) -> None:
        """Nothing is sent before a request."""

    def closed(self) -> None:
        """Nothing is left to do when the client leaves."""


class OutgoingLink(CreditedLink):
    """A receiver of a queue. What it holds stays locked when it goes, until the locks expire."""

    def __init__(
        self, channel: Channel, handle: int, name: str, queue: Queue, *, deletes_on_receipt: bool
    ) -> None:
        super().__init__(channel, handle)
        self.name = name
        self.deletes_on_receipt = deletes_on_receipt
        self._queue = queue
        # Both directions of one relation; what is in neither is settled or lost.
        self._tokens: dict[int, uuid.UUID] = {}
        self._deliveries: dict[Message, int] = {}

    def opened(self) -> None:
        """Start to compete for messages."""
        self._queue.attach(self)

    def closed(self) -> None:
        """Stop receiving."""
        self._queue.detach(self)
        self._abandon_deliveries()

    def deliver(self, message: Message, encoded: bytes) -> None:
        """Send a message; the delivery tag is its lock token, little-endian as .NET writes a GUID."""
        token = message.lock_token
        if token is None:
            self._send(uuid.uuid4().bytes_le, encoded, settled=True)
        else:
            delivery_id = self._send(token.bytes_le, encoded, settled=False)
            self._tokens[delivery_id] = token
            self._deliveries[message] = delivery_id

    def forget(self, message: Message) -> None:
        """Drop a delivery whose lock is gone: settling it later fails."""
        delivery_id = self._deliveries.pop(message, None)
        if delivery_id is not None:
            self._tokens.pop(delivery_id, None)

    def holds(self, delivery_id: int) -> bool:
        """Whether the delivery is this link's and its lock was not lost."""
        return delivery_id in self._tokens

    def settle(self, delivery_id: int, outcome: Outcome) -> None:
        """Apply an outcome; raises `MessageLockLost` when the lock is gone."""
        token = self._tokens.get(delivery_id)
        if token is None:
            raise MessageLockLost(f"No lock is held for delivery {delivery_id}.")
        settle(self._queue, token, outcome)

    def _use_credit(self) -> None:
        self._queue.dispatch(self)

    def _abandon_deliveries(self) -> None:
        for message in self._deliveries:
            message.holder = None
        self._deliveries.clear()
        self._tokens.clear()


class SessionLink(OutgoingLink):
    """A receiver that holds one session, or waits for one."""

    def __init__(  # noqa: PLR0913, PLR0917 - a link is made of these, in one place
        self,
        channel: Channel,
        handle: int,
        name: str,
        queue: Queue,
        end: LinkEnd,
        wish: SessionWish,
        *,
        deletes_on_receipt: bool,
    ) -> None:
        super().__init__(channel, handle, name, queue, deletes_on_receipt=deletes_on_receipt)
        self._end = end
        self._wish = wish
        self._timeout: asyncio.TimerHandle | None = None

    def opened(self) -> None:
        """Lock the session, or wait for one; refuse when it is another's or none comes in time."""
        try:
            if self._wish.session_id is not None:
                self._queue.accept_session(self, self._wish.session_id)
            else:
                timer = asyncio.get_running_loop().call_later
                self._timeout = timer(self._wish.timeout / 1000, self._give_up)
                self._queue.accept_next_session(self)
        except Fault as fault:
            self.refuse(fault)

    def granted(self, session_id: str, locked_until: int) -> None:
        """Tell the client which session it has."""
        self._stop_waiting()
        self._end.accept(session_id, locked_until)

    def refuse(self, fault: Fault) -> None:
        """Tell the client that it gets no session, or has lost the one it had."""
        self._stop_waiting()
        self._abandon_deliveries()
        self._end.refuse(fault)

    def closed(self) -> None:
        """Let others have the session."""
        self._stop_waiting()
        self._queue.leave_session(self)
        self._abandon_deliveries()

    def _give_up(self) -> None:
        self._queue.leave_session(self)
        self.refuse(
            TimedOut("The operation did not complete within the allotted timeout: no session is available.")
        )

    def _stop_waiting(self) -> None:
        if self._timeout is not None:
            self._timeout.cancel()

    def _use_credit(self) -> None:
        self._queue.dispatch_session(self)
