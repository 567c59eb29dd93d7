"""Marks chunks done, in one transaction with the counts of their ingest and what is asked for next.

Only the first mark of a chunk changes the counts. A chunk that fails ends its ingest.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from shared.ingestion import policies
from shared.ingestion.events import Outgoing, chunk_ready, worked
from shared.ingestion.mapping.catalogue import Catalogue
from shared.ingestion.model import ChunkDone, Failure, Ingest, IngestState
from shared.ingestion.ports import Versioned
from shared.ingestion.working.seen_ingests import SeenIngests
from shared.kernel.clock import Clock
from shared.kernel.errors import Conflict, PreconditionFailed, Unavailable
from shared.kernel.scope import TenantScope

_ATTEMPTS: Final = 10
_FAILING: Final = frozenset({IngestState.LANDED, *policies.TO_WORK})


class Marks:
    """The marks that a worker makes. `give_back` is called after the last one of a large file."""

    def __init__(
        self,
        seen: SeenIngests,
        catalogue: Catalogue,
        clock: Clock,
        window: int,
        give_back: Callable[[], None] | None = None,
    ) -> None:
        self._seen = seen
        self._catalogue = catalogue
        self._clock = clock
        self._window = window
        self._give_back = give_back

    async def mark(
        self, scope: TenantScope, found: Versioned[Ingest], done: ChunkDone, *, asks_on: bool
    ) -> Versioned[Ingest] | None:
        """Mark a chunk done and return the ingest as it is now.

        None when this is no mark of it: the ingest is past that, or another delivery marked the chunk. A mark
        that `asks_on` asks for the chunks that follow, unless whoever makes it goes on with them.
        """
        for _ in range(_ATTEMPTS):
            if found.value.state not in policies.TO_WORK:
                return None
            pins = found.value.recognised
            share = self._catalogue.get(pins.feed, pins.mapping_version).max_rejected_share
            after = policies.after_chunk(found.value, done, share, self._clock.now())
            try:
                return await self._saved(scope, Versioned(after, found.etag), done, asks_on=asks_on)
            except PreconditionFailed:
                found = await self._seen.get(scope, found.value.id)
            except Conflict:
                # The mark exists: another delivery of this chunk was first.
                await self._seen.get(scope, found.value.id)
                return None
        raise _many_ended()

    async def fail(self, scope: TenantScope, found: Versioned[Ingest], failure: Failure) -> None:
        """End an ingest, also while other chunks of it are marked; one that is past its work goes on."""
        for _ in range(_ATTEMPTS):
            if found.value.state not in _FAILING:
                return
            failed = found.value.failed(failure, self._clock.now())
            try:
                await self._seen.save(scope, Versioned(failed, found.etag))
            except PreconditionFailed:
                found = await self._seen.get(scope, found.value.id)
            else:
                return
        raise _many_ended()

    async def _saved(
        self, scope: TenantScope, after: Versioned[Ingest], done: ChunkDone, *, asks_on: bool
    ) -> Versioned[Ingest]:
        outgoing = self._following(scope, after.value, done.n, asks_on=asks_on)
        saved = await self._seen.save(scope, after, beside=done, outgoing=outgoing)
        ended = saved.value.state not in policies.TO_WORK
        if ended and self._give_back is not None and not policies.is_small(saved.value, self._window):
            await asyncio.to_thread(self._give_back)
        return saved

    def _following(self, scope: TenantScope, ingest: Ingest, n: int, *, asks_on: bool) -> list[Outgoing]:
        if ingest.state is IngestState.WORKED:
            return [worked(scope, ingest, self._clock)]
        following = policies.next_chunk(n, ingest.progress.chunks, self._window) if asks_on else None
        if ingest.state is not IngestState.WORKING or following is None:
            return []
        return [chunk_ready(scope, ingest, following, self._clock)]


def _many_ended() -> Unavailable:
    return Unavailable("many chunks of one ingest ended at once")
