"""A process killed before or after any write, then started again, leaves exactly one effect."""

from shared.kernel.errors import Conflict, InvalidInput, Unavailable
from shared.kernel.events import Event
from shared.kernel.scope import TenantScope
from shared.messaging.consumer import Handler
from shared.messaging.envelope import seal
from shared.messaging.messages import OutgoingMessage
from tests.fixtures.consumer_world import World
from tests.fixtures.crash_points import Power, at_every_crash_point
from tests.fixtures.messaging import RING, STAMP, an_event

EVENT = an_event()


def arriving(body: bytes | None = None) -> OutgoingMessage:
    sealed = body or seal(EVENT, STAMP, RING)
    return OutgoingMessage("ingest-small", EVENT.id, sealed, EVENT.type, EVENT.correlation_id)


def idempotent(world: World, failures: int = 0) -> Handler:
    """A handler that applies its event once, after the given number of transient faults."""
    left = failures

    async def handler(_scope: TenantScope, event: Event) -> None:
        nonlocal left
        if left > 0:
            left -= 1
            raise Unavailable
        try:
            world.apply_once(event)
        except Conflict:
            return

    return handler


async def test_one_effect_of_a_message_that_succeeds() -> None:
    async def scenario(power: Power) -> None:
        world = World(power)
        world.bus.sent.append(arriving())
        await world.deliver_all(idempotent(world))
        assert world.effects == 1
        await world.close()

    assert await at_every_crash_point(scenario) == 2


async def test_one_effect_of_a_message_that_succeeds_after_transient_faults() -> None:
    async def scenario(power: Power) -> None:
        world = World(power)
        world.bus.sent.append(arriving())
        await world.deliver_all(idempotent(world, failures=2))
        assert world.effects == 1
        assert world.quarantine.held == {}
        await world.close()

    assert await at_every_crash_point(scenario) == 4


async def test_one_record_of_a_message_that_can_never_succeed() -> None:
    async def permanent(_scope: TenantScope, _event: Event) -> None:
        raise InvalidInput("no")

    async def scenario(power: Power) -> None:
        world = World(power)
        world.bus.sent.append(arriving())
        await world.deliver_all(permanent)
        assert len(world.quarantine.held) == 1
        assert set(world.audited) == {("harbor", "message.ingestion.landed", "invalid-input")}
        await world.close()

    assert await at_every_crash_point(scenario) == 3


async def test_one_record_of_a_message_that_does_not_verify() -> None:
    async def scenario(power: Power) -> None:
        world = World(power)
        world.bus.sent.append(arriving(b"junk"))
        await world.deliver_all(idempotent(world))
        assert len(world.quarantine.held) == 1
        assert world.effects == 0
        await world.close()

    assert await at_every_crash_point(scenario) == 3
