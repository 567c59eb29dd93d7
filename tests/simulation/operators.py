"""A person who looks at what was held, and lets some of it pass."""

import asyncio
from typing import Final

from shared.ingestion.commit_rules import TOO_MANY_VANISHED
from shared.ingestion.documents import read_ingest
from shared.ingestion.model import Ingest
from shared.kernel.errors import TermtideError
from tests.simulation.weather import Process
from tests.simulation.world import World, scope_of

_LOOKS_EVERY: Final = 40.0
_RELEASES: Final = 0.6


async def operates(world: World) -> None:
    """Look at the ingests of all tenants now and then; what was decided once is left alone."""
    decided: set[str] = set()
    while True:
        await asyncio.sleep(world.random.uniform(0, 2 * _LOOKS_EVERY))
        for tenant, ingest in _held(world):
            if ingest.id not in decided and world.random.random() < _RELEASES:
                await _release(world, tenant, ingest)
            decided.add(ingest.id)


async def _release(world: World, tenant: str, ingest: Ingest) -> None:
    try:
        await Process.current.get().services.releases.release(scope_of(tenant), ingest.id)
    except TermtideError as fault:
        world.weather.note(f"{ingest.id} was not released: {fault!r}")
    else:
        world.weather.note(f"released {ingest.id}")


def _held(world: World) -> list[tuple[str, Ingest]]:
    stored = [it for it in world.stores["ingests"].documents() if it["id"] == "ingest"]
    found = [(str(it["tenantId"]), read_ingest(it)) for it in stored]
    return [(t, it) for t, it in found if it.failure is not None and it.failure.code == TOO_MANY_VANISHED]
