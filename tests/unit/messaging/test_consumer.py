"""The consumer settles every message by one of the arrows of its diagram."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.kernel.errors import InvalidInput, TermtideError, TooManyRequests, Unavailable
from shared.kernel.events import Event
from shared.kernel.log_context import log_context
from shared.kernel.scope import TenantScope
from shared.messaging.consumer import ATTEMPTS_EXHAUSTED, DELIVERIES_EXHAUSTED, MOST_DELIVERIES, Handler
from shared.messaging.envelope import Refusal, seal
from shared.messaging.messages import ReceivedMessage
from tests.fixtures.consumer_world import World
from tests.fixtures.messaging import RING, STAMP, an_event

QUEUE = "ingest-small"


@pytest.fixture
async def world() -> AsyncIterator[World]:
    world = World()
    yield world
    await world.close()


def received(event: Event, message_id: str | None = None, body: bytes | None = None) -> ReceivedMessage:
    return ReceivedMessage(QUEUE, message_id or event.id, body or seal(event, STAMP, RING), "session-1")


def failing(error: BaseException) -> Handler:
    async def handler(_scope: TenantScope, _event: Event) -> None:
        raise error

    return handler


async def test_a_verified_event_reaches_its_handler_in_its_scope_and_log_context(world: World) -> None:
    seen = []

    async def handler(scope: TenantScope, event: Event) -> None:
        seen.append((scope.tenant_id, event, log_context().tenant, log_context().correlation_id))

    event = an_event()
    await world.process().handle(received(event), handler)
    assert seen == [("harbor", event, "harbor", "correlation-1")]
    assert log_context().tenant is None


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda body: b"junk", Refusal.MALFORMED),
        (lambda body: body.replace(b"harbor", b"valley"), Refusal.BAD_MAC),
        (lambda body: body.replace(b'"keyId":"2"', b'"keyId":"9"'), Refusal.UNKNOWN_KEY),
        (lambda body: body.replace(b"event/1", b"event/9"), Refusal.UNKNOWN_SCHEMA),
    ],
)
async def test_a_message_that_does_not_verify_is_quarantined_for_the_stamp_and_audited(
    world: World, spoil: Callable[[bytes], bytes], reason: Refusal
) -> None:
    event = an_event()
    raw = received(event, body=spoil(seal(event, STAMP, RING)))
    await world.process().handle(raw, failing(AssertionError("handled")))
    record = world.quarantine.held["_stamp", QUEUE, raw.digest]
    assert (record.reason, record.body, record.event_id) == (reason, raw.body, None)
    assert world.audited == [("_stamp", "message.open", reason)]


async def test_not_even_the_body_of_another_stamps_message_is_kept(world: World) -> None:
    event = an_event()
    raw = received(event, body=seal(event, "us-1", RING))
    await world.process().handle(raw, failing(AssertionError("handled")))
    record = world.quarantine.held["_stamp", QUEUE, raw.digest]
    assert (record.reason, record.body) == (Refusal.FOREIGN_STAMP, None)


async def test_a_message_of_a_tenant_that_has_moved_away_is_another_stamps(world: World) -> None:
    world.residency.elsewhere.add("harbor")
    raw = received(an_event())
    await world.process().handle(raw, failing(AssertionError("handled")))
    record = world.quarantine.held["_stamp", QUEUE, raw.digest]
    assert (record.reason, record.body) == (Refusal.FOREIGN_STAMP, None)
    assert world.audited == [("_stamp", "message.open", Refusal.FOREIGN_STAMP)]


async def test_a_permanent_fault_goes_to_the_tenants_quarantine_with_its_code(world: World) -> None:
    event = an_event()
    raw = received(event, f"{event.id}:3")
    await world.process().handle(raw, failing(InvalidInput("no")))
    record = world.quarantine.held["harbor", QUEUE, raw.digest]
    assert (record.reason, record.event_id, record.attempts) == ("invalid-input", event.id, 4)
    assert (record.body, record.session_id) == (raw.body, "session-1")
    assert world.audited == [("harbor", "message.ingestion.landed", "invalid-input")]
    assert world.bus.sent == []


async def test_a_transient_fault_schedules_a_copy_and_completes(world: World) -> None:
    event = an_event()
    await world.process().handle(received(event), failing(Unavailable(retry_after=30)))
    (copy,) = world.bus.sent
    assert copy.message_id == f"{event.id}:1"
    assert (copy.destination, copy.session_id) == (QUEUE, "session-1")
    assert copy.not_before == world.clock.now() + timedelta(seconds=30)
    assert world.quarantine.held == {}


async def test_a_copy_of_a_replay_counts_its_own_attempts(world: World) -> None:
    event = an_event()
    await world.process().handle(received(event, f"{event.id}:r2"), failing(TooManyRequests()))
    assert world.bus.sent[0].message_id == f"{event.id}:r2:1"


async def test_a_transient_fault_that_never_ends_is_quarantined(world: World) -> None:
    event = an_event()
    raw = received(event, f"{event.id}:10")
    await world.process().handle(raw, failing(Unavailable()))
    assert world.quarantine.held["harbor", QUEUE, raw.digest].reason == ATTEMPTS_EXHAUSTED
    assert world.bus.sent == []


async def test_what_is_no_error_of_ours_abandons_the_message(world: World) -> None:
    with pytest.raises(KeyError):
        await world.process().handle(received(an_event()), failing(KeyError("bug")))
    assert (world.bus.sent, world.quarantine.held) == ([], {})


async def test_a_message_that_cannot_be_put_off_is_abandoned(world: World) -> None:
    world.bus.fault = Unavailable()
    with pytest.raises(Unavailable):
        await world.process().handle(received(an_event()), failing(Unavailable()))


async def test_a_bus_that_throttles_for_a_minute_uses_up_no_delivery(world: World) -> None:
    world.bus.fault, world.clears_up_after = Unavailable(), 60
    await world.process().handle(received(an_event()), failing(Unavailable()))
    assert len(world.bus.sent) == 1


async def test_a_message_that_ends_its_process_every_time_is_put_aside_where_it_is_seen(world: World) -> None:
    event, told = an_event(), list[tuple[str, str, str]]()

    async def given_up(scope: TenantScope, event: Event, reason: str) -> None:
        told.append((scope.tenant_id, event.id, reason))

    raw = replace(received(event), delivery=MOST_DELIVERIES + 1)
    await world.process().handle(raw, failing(AssertionError("handled")), given_up)

    assert world.quarantine.held["harbor", QUEUE, raw.digest].reason == DELIVERIES_EXHAUSTED
    assert told == [("harbor", event.id, DELIVERIES_EXHAUSTED)]
    with pytest.raises(KeyError):
        await world.process().handle(replace(raw, delivery=MOST_DELIVERIES), failing(KeyError("bug")))


@pytest.mark.parametrize(
    ("error", "attempt", "told"), [(InvalidInput("no"), 0, ["invalid-input"]), (Unavailable(), 10, [])]
)
async def test_who_waits_for_an_event_hears_when_it_can_never_succeed(
    world: World, error: TermtideError, attempt: int, told: list[str]
) -> None:
    event, heard = an_event(), list[str]()

    async def given_up(_scope: TenantScope, _event: Event, reason: str) -> None:
        heard.append(reason)

    await world.process().handle(received(event, f"{event.id}:{attempt}"), failing(error), given_up)
    assert heard == told
