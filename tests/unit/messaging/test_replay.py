"""Replays: verified again, at a bounded rate, under ids that a repeated replay repeats."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from shared.kernel.stamp import StampScope
from shared.messaging.envelope import Refusal, open_envelope, seal
from shared.messaging.messages import ReceivedMessage
from shared.messaging.quarantine import State, unverified, verified
from shared.messaging.replay import Outcome, Replay
from tests.fixtures.crash_points import Power, at_every_crash_point
from tests.fixtures.messaging import (
    RING,
    STAMP,
    FixedClock,
    MemoryBus,
    MemoryQuarantine,
    an_event,
    ring,
    tenant_scope,
)

SCOPE = tenant_scope()
NOW = FixedClock().now()


@dataclass(slots=True)
class Bench:
    quarantine: MemoryQuarantine = field(default_factory=MemoryQuarantine)
    bus: MemoryBus = field(default_factory=MemoryBus)
    slept: list[float] = field(default_factory=list)

    @property
    def replay(self) -> Replay:
        return Replay(STAMP, ring, self.bus, self.quarantine, FixedClock(), self.sleep)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    async def hold(self, queue: str = "folds") -> str:
        """Put a message of a new event into quarantine; return the event's id."""
        event = an_event()
        raw = ReceivedMessage(queue, event.id, seal(event, STAMP, RING), "harbor")
        await self.quarantine.put(SCOPE, verified(raw, event, "invalid-input", NOW))
        return event.id

    async def run(self, *, dry_run: bool = False, queue: str | None = None) -> list[Outcome]:
        results = self.replay.run(SCOPE, queue, per_second=4, dry_run=dry_run)
        return [result.outcome async for result in results]


@pytest.fixture
def bench() -> Bench:
    return Bench()


async def test_a_replay_sends_what_is_held_under_the_id_of_its_replay(bench: Bench) -> None:
    event_id = await bench.hold()
    assert await bench.run() == [Outcome.SENT]
    (message,) = bench.bus.sent
    assert message.message_id == f"{event_id}:r1"
    assert (message.destination, message.session_id) == ("folds", "harbor")
    assert open_envelope(message.body, STAMP, RING)[1].id == event_id
    (record,) = bench.quarantine.held.values()
    assert (record.state, record.replays) == (State.REPLAYED, 1)


async def test_what_was_replayed_is_left_alone_until_it_comes_back(bench: Bench) -> None:
    await bench.hold()
    await bench.run()
    assert await bench.run() == []
    back = bench.bus.peek()
    _, event = open_envelope(back.body, STAMP, RING)
    await bench.quarantine.put(SCOPE, verified(back, event, "invalid-input", NOW))
    bench.bus.sent.clear()
    assert await bench.run() == [Outcome.SENT]
    assert bench.bus.sent[0].message_id == f"{event.id}:r2"


async def test_what_comes_back_during_a_replay_is_not_sent_round_and_round(bench: Bench) -> None:
    event = an_event()
    raw = ReceivedMessage("folds", event.id, seal(event, STAMP, RING), "harbor")
    later = NOW + timedelta(seconds=1)
    await bench.quarantine.put(SCOPE, verified(raw, event, "invalid-input", later))
    assert await bench.run() == []


async def test_replays_keep_to_their_rate(bench: Bench) -> None:
    for _ in range(3):
        await bench.hold()
    await bench.run()
    assert bench.slept == [0.25, 0.25, 0.25]


async def test_a_dry_run_sends_and_marks_nothing(bench: Bench) -> None:
    await bench.hold()
    assert await bench.run(dry_run=True) == [Outcome.WOULD_SEND]
    assert bench.bus.sent == []
    assert next(iter(bench.quarantine.held.values())).state is State.HELD


async def test_one_queue_is_replayed_without_the_others(bench: Bench) -> None:
    await bench.hold("folds")
    await bench.hold("commits")
    await bench.run(queue="commits")
    assert [message.destination for message in bench.bus.sent] == ["commits"]


async def test_a_message_that_still_does_not_verify_is_not_sent(bench: Bench) -> None:
    owner = StampScope(STAMP, "system:test", "c")
    await bench.quarantine.put(
        owner, unverified(ReceivedMessage("folds", "x", b"junk"), "bad-mac", NOW, keep_body=True)
    )
    (result,) = [r async for r in bench.replay.run(owner, None, per_second=10, dry_run=False)]
    assert (result.outcome, result.refusal) == (Outcome.REFUSED, Refusal.MALFORMED)
    assert bench.bus.sent == []


async def test_a_record_without_a_body_cannot_be_replayed(bench: Bench) -> None:
    owner = StampScope(STAMP, "system:test", "c")
    raw = ReceivedMessage("folds", "x", b"other stamp's")
    await bench.quarantine.put(owner, unverified(raw, "foreign-stamp", NOW, keep_body=False))
    (result,) = [r async for r in bench.replay.run(owner, None, per_second=10, dry_run=False)]
    assert result.outcome is Outcome.NO_BODY


async def test_a_crashed_replay_that_is_repeated_sends_no_new_id() -> None:
    async def scenario(power: Power) -> None:
        bench = Bench(MemoryQuarantine(), MemoryBus())
        event_id = await bench.hold()
        bench.quarantine.power = bench.bus.power = power
        try:
            await bench.run()
        except BaseException:  # noqa: BLE001 - a power cut
            await bench.run()
        assert {message.message_id for message in bench.bus.sent} == {f"{event_id}:r1"}

    assert await at_every_crash_point(scenario) == 3
