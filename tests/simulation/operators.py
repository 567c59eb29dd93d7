"""People who run the stamp: they release what was held, and replay what a mended mapping may take."""

import asyncio
from collections.abc import Awaitable, Iterator
from dataclasses import dataclass, field
from typing import Final

from shared.ingestion.bundles.refusals import came_early
from shared.ingestion.committing.rules import TOO_MANY_VANISHED
from shared.ingestion.documents import read_ingest
from shared.ingestion.model import Ingest, IngestState
from shared.kernel.errors import TermtideError, Unavailable
from tests.simulation.catalogues import MENDED
from tests.simulation.documents import Document
from tests.simulation.weather import Process
from tests.simulation.world import World, scope_of

_LOOKS: Final = 24
_LOOKS_EVERY: Final = 20.0
_ACTS: Final = 0.7
_OPEN: Final = frozenset({IngestState.LANDED, IngestState.PLANNED, IngestState.WORKING, IngestState.WORKED})


async def operates(world: World) -> None:
    """Look at the ingests of all tenants now and then; at one of the looks a release may come out."""
    operator = Operator(world)
    release_at = world.random.choice([None, 0, 1, 1, 2, 3, 5])
    for look in range(_LOOKS):
        await asyncio.sleep(world.random.uniform(0, 2 * _LOOKS_EVERY))
        if look == release_at:
            _bring_out(world)
        await world.process("operator", mortal=False).start(operator.look())


def _bring_out(world: World) -> None:
    """Let every process end; those that take their places run the release with the mended mappings."""
    world.mended = True
    world.weather.note("a release with mended mappings comes out")
    for process in list(world.running.values()):
        if process.alive:
            process.kill()


async def retries_early_bundles(world: World) -> None:
    """Replay bundles that came before their turn, until they have theirs."""
    operator = Operator(world)
    while True:
        await asyncio.sleep(world.random.uniform(0, 3 * _LOOKS_EVERY))
        await world.process("operator", mortal=False).start(operator.retry())


@dataclass(slots=True)
class Operator:
    """Decides once about each ingest."""

    world: World
    decided: set[str] = field(default_factory=set)

    async def look(self) -> None:
        """Go through all ingests that have come to an end."""
        for tenant, ingest in list(self._ended()):
            if ingest.id in self.decided:
                continue
            services, scope = Process.current.get().services, scope_of(tenant)
            if self.world.random.random() >= _ACTS:
                self.decided.add(ingest.id)
            elif ingest.failure is not None and ingest.failure.code == TOO_MANY_VANISHED:
                await self._act(ingest, "release", services.releases.release(scope, ingest.id))
            elif self.world.mended and _rejected_before(ingest):
                await self._act(ingest, "replay", services.replays.replay(scope, ingest.id))

    async def retry(self) -> None:
        """Replay each bundle that came too early until it is: a late read says that it is under way."""
        replayed = {read_ingest(document).replays for document in self._documents()}
        for tenant, ingest in list(self._ended()):
            if came_early(ingest) and ingest.id not in replayed:
                replay = Process.current.get().services.replays.replay(scope_of(tenant), ingest.id)
                await self._act(ingest, "replay", replay)

    async def _act(self, ingest: Ingest, what: str, act: Awaitable[Ingest]) -> None:
        note = self.world.weather.note
        try:
            became = await act
        except Unavailable:
            note(f"operator: nobody answers to the {what} of {ingest.id}")
            return
        except TermtideError as fault:
            note(f"operator: no {what} of {ingest.id}: {fault!r}")
        else:
            note(f"operator: {what} of {ingest.id} by {became.id}")
        self.decided.add(ingest.id)

    def _ended(self) -> Iterator[tuple[str, Ingest]]:
        for document in self._documents():
            if document["state"] not in _OPEN:
                yield str(document["tenantId"]), read_ingest(document)

    def _documents(self) -> Iterator[Document]:
        return (found for found in self.world.stores["ingests"].documents() if found["id"] == "ingest")


def _rejected_before(ingest: Ingest) -> bool:
    """Tell whether the first version of a mapping rejected what the mended one may take."""
    pins = ingest.recognition
    return (
        pins is not None
        and pins.feed in MENDED
        and pins.mapping_version == 1
        and ingest.progress.rejected > 0
    )
