"""A process that compacts the tables at any moment, while corrections of them come and go."""

import asyncio
from typing import Final

from shared.kernel.errors import TermtideError
from tests.simulation.hosts import Run
from tests.simulation.weather import Process
from tests.simulation.world import World, scope_of

_EVERY: Final = 45.0


def compacts(world: World) -> Run:
    """Return what makes a process compact tables now and then."""
    return lambda process: process.start(_compact_for_ever(world))


async def _compact_for_ever(world: World) -> None:
    while True:
        await asyncio.sleep(world.random.uniform(0, 2 * _EVERY))
        for tenant in world.tenants:
            try:
                done = await Process.current.get().services.compactor.compact(scope_of(tenant))
            except TermtideError as fault:
                world.weather.note(f"compaction failed: {fault!r}")
            else:
                world.weather.note(f"compacted {done.files} files of {tenant} into {done.into}")
