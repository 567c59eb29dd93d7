"""One AMQP session: its links by handle, its windows and delivery ids (AMQP 1.0 part 2, section 2.5)."""

from collections import deque

from infra.local.servicebus.amqp.delivery_states import (
    ErrorInfo,
    Outcome,
    Rejected,
    encodable_outcome,
    parse_outcome,
)
from infra.local.servicebus.amqp.frames import encode_frame
from infra.local.servicebus.amqp.performatives import (
    Attach,
    Begin,
    Detach,
    Disposition,
    Flow,
    Performative,
    Transfer,
)
from infra.local.servicebus.faults import Fault, MessageLockLost
from infra.local.servicebus.protocol.attaching import Link, attach_link
from infra.local.servicebus.protocol.context import Context
from infra.local.servicebus.protocol.frame_sink import FrameSink
from infra.local.servicebus.protocol.incoming_link import IncomingLink
from infra.local.servicebus.protocol.outgoing_link import CreditedLink, OutgoingLink, ResponseLink
from infra.local.servicebus.protocol.tokens import Grants

# Credit bounds what clients send; the session window need not as well.
_WINDOW = 0x7FFFFFFF
_HANDLE_MAX = 4999
# More than the performative of a transfer takes.
_TRANSFER_OVERHEAD = 128


class AmqpSession:
    """A channel of a connection, with what is attached to it."""

    def __init__(self, sink: FrameSink, channel: int, begin: Begin, context: Context, grants: Grants) -> None:
        self._sink = sink
        self._channel = channel
        self._context = context
        self._grants = grants
        self._links: dict[int, Link] = {}
        self._responders: dict[str, ResponseLink] = {}
        self._next_incoming = begin.next_outgoing_id
        self._next_outgoing = 0
        self._next_delivery = 0
        self._remote_window = begin.incoming_window
        self._blocked: deque[bytearray] = deque()

    def opened(self) -> None:
        """Answer the client's begin."""
        self.send(Begin(self._channel, 0, _WINDOW, _WINDOW, _HANDLE_MAX))

    def closed(self) -> None:
        """End all links: the client is gone."""
        links = list(self._links.values())
        self._links.clear()
        for link in links:
            link.closed()

    # What the client sends

    def on_attach(self, attach: Attach) -> None:
        """Attach a link, or refuse it with the reason."""
        link = attach_link(self, attach, self._context, self._grants, self._responders)
        if link is not None:
            self._links[attach.handle] = link
            link.opened()

    def on_detach(self, detach: Detach) -> None:
        """End a link; one that this side has ended already is not found."""
        link = self._links.pop(detach.handle, None)
        if link is not None:
            link.closed()
            self.send(Detach(detach.handle, True))

    def on_flow(self, flow: Flow) -> None:
        """Take windows and credit."""
        self._remote_window = (flow.next_incoming_id or 0) + flow.incoming_window - self._next_outgoing
        while self._blocked and self._remote_window > 0:
            self._count_and_write(self._blocked.popleft())
        link = None if flow.handle is None else self._links.get(flow.handle)
        if isinstance(link, CreditedLink):
            link.on_flow(flow)

    def on_transfer(self, transfer: Transfer, payload: bytes) -> None:
        """Pass a frame of a delivery to its link."""
        self._next_incoming += 1
        link = self._links.get(transfer.handle)
        if isinstance(link, IncomingLink):
            link.on_transfer(transfer, payload)

    def on_disposition(self, disposition: Disposition) -> None:
        """Settle deliveries, and confirm each unless the client has settled on its own."""
        if not disposition.role:
            return
        outcome = parse_outcome(disposition.state)
        last = disposition.first if disposition.last is None else disposition.last
        for delivery_id in range(disposition.first, min(last, self._next_delivery - 1) + 1):
            echo = self._settle(delivery_id, outcome)
            if not disposition.settled:
                self.send(Disposition(False, delivery_id, delivery_id, True, encodable_outcome(echo)))

    def _settle(self, delivery_id: int, outcome: Outcome) -> Outcome:
        try:
            self._receiver_of(delivery_id).settle(delivery_id, outcome)
        except Fault as fault:
            return Rejected(fault.error_info())
        # A rejection that names an error would tell the client that the settlement failed.
        return Rejected() if isinstance(outcome, Rejected) else outcome

    def _receiver_of(self, delivery_id: int) -> OutgoingLink:
        for link in self._links.values():
            if isinstance(link, OutgoingLink) and link.holds(delivery_id):
                return link
        raise MessageLockLost(
            f"No lock is held for delivery {delivery_id}: it expired, or the message is settled."
        )

    # What links send

    def send(self, performative: Performative) -> None:
        """Send a frame without payload."""
        self._sink.write(encode_frame(self._channel, performative))

    def send_credit(self, handle: int, delivery_count: int, credit: int, *, drain: bool) -> None:
        """Send a flow with the state of a link and the windows of the session."""
        windows = (self._next_incoming, _WINDOW, self._next_outgoing, _WINDOW)
        self.send(Flow(*windows, handle, delivery_count, credit, None, drain or None))

    def send_delivery(self, handle: int, tag: bytes, payload: bytes, *, settled: bool) -> int:
        """Send a message in as many frames as it takes, as the window allows, and return its delivery id."""
        delivery_id = self._next_delivery
        self._next_delivery += 1
        room = self._sink.max_frame_size - _TRANSFER_OVERHEAD
        for start in range(0, max(len(payload), 1), room):
            part = payload[start : start + room]
            more = start + room < len(payload)
            self._write_transfer(Transfer(handle, delivery_id, tag, 0, settled, more), part)
        return delivery_id

    def end_link(self, handle: int, error: ErrorInfo | None) -> None:
        """Detach a link for good and forget it."""
        self._links.pop(handle, None)
        self.send(Detach(handle, True, error))

    def _write_transfer(self, transfer: Transfer, part: bytes) -> None:
        frame = encode_frame(self._channel, transfer, part)
        if self._remote_window > 0 and not self._blocked:
            self._count_and_write(frame)
        else:
            self._blocked.append(frame)

    def _count_and_write(self, frame: bytearray) -> None:
        self._next_outgoing += 1
        self._remote_window -= 1
        self._sink.write(frame)
