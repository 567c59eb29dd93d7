"""Links, windows and settlement inside one AMQP session, without a network."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from infra.local.servicebus.amqp.delivery_states import ACCEPTED_OUTCOME, Rejected, parse_outcome
from infra.local.servicebus.amqp.frames import FrameReader
from infra.local.servicebus.amqp.performatives import (
    Attach,
    Begin,
    Detach,
    Disposition,
    Flow,
    Performative,
    Transfer,
    decode_performative,
)
from infra.local.servicebus.amqp.types import Described, ULong
from infra.local.servicebus.assembly import assemble
from infra.local.servicebus.config import parse_config
from infra.local.servicebus.entities.queue import Queue
from infra.local.servicebus.protocol.amqp_session import AmqpSession
from infra.local.servicebus.protocol.context import Context
from infra.local.servicebus.protocol.tokens import Grants, SharedAccessKey
from infra.local.servicebus.protocol.turn import Turn
from infra.local.servicebus.storage.store import Store
from infra.local.servicebus.tiers import STANDARD
from tests.fixtures.servicebus import config, queue, topic
from tests.unit.local_servicebus.memory_journal import SetClock, text

ENTITIES = config([queue("q"), queue("s", RequiresSession=True)], [topic("t")])
SMALL_FRAME = 512


class Peer:
    """The client's side: calls the session and reads what it writes."""

    max_frame_size = SMALL_FRAME

    def __init__(self, folder: Path, window: int = 100) -> None:
        self.clock = SetClock()
        self.store = Store(folder)
        turn = Turn(self.store, lambda _cause: None)
        self.namespace = assemble(parse_config(ENTITIES), self.store, self.clock)
        context = Context(self.namespace, SharedAccessKey("n", "k"), STANDARD, self.clock, turn)
        self.grants = Grants()
        self.grants.add("sb://h/", self.clock.now + 60_000)
        self._reader = FrameReader()
        self.session = AmqpSession(self, 1, Begin(None, 0, window, window), context, self.grants)

    def write(self, frame: bytes | bytearray) -> None:
        """Take a frame from the session."""
        self._reader.feed(bytes(frame))

    def read(self) -> list[Performative]:
        """Return what came since the last time."""
        return [decode_performative(frame.body)[0] for frame in self._reader.take_frames()]

    def attach(self, path: str, *, receives: bool) -> list[Performative]:
        """Attach a link with handle 0 and return the answer."""
        source = Described(ULong(0x28), [path if receives else "client"])
        target = Described(ULong(0x29), ["client" if receives else path])
        self.session.on_attach(Attach("link", 0, receives, 0, 1, source, target))
        return self.read()

    def queue(self) -> Queue:
        """Return the plain queue."""
        entity = self.namespace.find("q")
        assert isinstance(entity, Queue)
        return entity


@pytest.fixture
async def peer(tmp_path: Path) -> AsyncIterator[Peer]:
    peer = Peer(tmp_path)
    yield peer
    peer.store.close()


async def test_a_refused_link_shows_no_termini_and_then_the_reason(peer: Peer) -> None:
    for path, condition in (("nope", "amqp:not-found"), ("t", "amqp:not-allowed"), ("s", "amqp:not-allowed")):
        attached, detached = peer.attach(path, receives=True)
        assert isinstance(attached, Attach)
        assert (attached.source, attached.target, attached.role) == (None, None, False)
        assert isinstance(detached, Detach)
        assert _condition(detached.error) == condition


async def test_without_a_token_nothing_is_attached_and_existence_is_not_told(peer: Peer) -> None:
    peer.clock.now += 60_000
    for path in ("q", "nope"):
        _, detached = peer.attach(path, receives=False)
        assert isinstance(detached, Detach)
        assert _condition(detached.error) == "amqp:unauthorized-access"


async def test_a_transaction_coordinator_is_not_implemented(peer: Peer) -> None:
    coordinator = Described(ULong(0x30), [])
    peer.session.on_attach(Attach("link", 0, False, 0, 0, Described(ULong(0x28), ["c"]), coordinator))
    _, detached = peer.read()
    assert isinstance(detached, Detach)
    assert _condition(detached.error) == "amqp:not-implemented"


async def test_frames_beyond_the_window_wait_until_it_opens(tmp_path: Path) -> None:
    peer = Peer(tmp_path, window=1)
    peer.attach("q", receives=True)
    peer.queue().submit(text("x" * 200, annotations={"x-opt-pad": "y" * 1000}))
    peer.session.on_flow(Flow(0, 1, 0, 1, 0, 0, 1))
    assert [type(one) for one in peer.read()] == [Transfer]
    peer.session.on_flow(Flow(1, 100, 0, 1))
    rest = [one for one in peer.read() if isinstance(one, Transfer)]
    assert [one.more for one in rest][-1] is False
    assert {one.delivery_id for one in rest} == {0}
    peer.store.close()


async def test_a_range_is_settled_and_each_delivery_confirmed(peer: Peer) -> None:
    peer.attach("q", receives=True)
    for number in range(3):
        peer.queue().submit(text(str(number)))
    peer.session.on_flow(Flow(0, 100, 0, 1, 0, 0, 3))
    peer.read()
    peer.session.on_disposition(Disposition(True, 0, 0xFFFFFFFF, False, ACCEPTED_OUTCOME))
    confirmed = [(one.first, one.settled) for one in peer.read() if isinstance(one, Disposition)]
    assert confirmed == [(0, True), (1, True), (2, True)]
    assert not peer.queue().messages


async def test_a_delivery_whose_lock_expired_is_not_confirmed(peer: Peer) -> None:
    peer.attach("q", receives=True)
    peer.queue().submit(text("x"))
    peer.session.on_flow(Flow(0, 100, 0, 1, 0, 0, 1))
    peer.clock.now += 60_000
    peer.namespace.advance(peer.clock.now)
    peer.read()
    peer.session.on_disposition(Disposition(True, 0, 0, False, ACCEPTED_OUTCOME))
    (answer,) = peer.read()
    assert isinstance(answer, Disposition)
    outcome = parse_outcome(answer.state)
    assert isinstance(outcome, Rejected)
    assert outcome.error is not None
    assert outcome.error.condition == "com.microsoft:message-lock-lost"
    assert len(peer.queue().messages) == 1


async def test_a_drain_uses_up_the_credit(peer: Peer) -> None:
    peer.attach("q", receives=True)
    peer.session.on_flow(Flow(0, 100, 0, 1, 0, 0, 10, None, True))
    (answer,) = peer.read()
    assert isinstance(answer, Flow)
    assert (answer.delivery_count, answer.link_credit, answer.drain) == (10, 0, True)
    peer.queue().submit(text("x"))
    assert peer.read() == []


async def test_an_aborted_delivery_never_happened(peer: Peer) -> None:
    peer.attach("q", receives=False)
    encoded = b"\x00\x53\x75\xa0\x01x"
    peer.session.on_transfer(Transfer(0, 0, b"t", 0, False, True), encoded)
    peer.session.on_transfer(Transfer(0, 0, b"t", 0, False, False, None, None, None, True), b"")
    assert peer.read() == []
    peer.session.on_transfer(Transfer(0, 1, b"u", 0, False, False), encoded)
    (answer,) = peer.read()
    assert isinstance(answer, Disposition)
    assert len(peer.queue().messages) == 1


async def test_bytes_that_are_no_message_are_rejected(peer: Peer) -> None:
    peer.attach("q", receives=False)
    peer.session.on_transfer(Transfer(0, 0, b"t", 0, False, False), b"nonsense")
    (answer,) = peer.read()
    assert isinstance(answer, Disposition)
    outcome = parse_outcome(answer.state)
    assert isinstance(outcome, Rejected)
    assert outcome.error is not None
    assert outcome.error.condition == "com.microsoft:argument-error"


def _condition(error: object) -> object:
    assert isinstance(error, Described)
    assert isinstance(error.value, list)
    return error.value[0]
