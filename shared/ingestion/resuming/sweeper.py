"""Starts stuck ingests again: asks once more for the step that an ingest waits for.

Every step is idempotent, so asking for one that is under way or done costs a message and changes nothing.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from shared.ingestion import policies
from shared.ingestion.events import Outgoing, chunk_ready, committed, landed, worked
from shared.ingestion.model import Ingest, IngestState
from shared.ingestion.ports import Ingests, Versioned
from shared.kernel.clock import Clock
from shared.kernel.errors import PreconditionFailed
from shared.kernel.scope import TenantScope


class Sweeper:
    """Sweeps the ingests of one tenant at a time; `patience` is how long an ingest may stand still."""

    def __init__(
        self,
        ingests: Ingests,
        clock: Clock,
        *,
        patience: timedelta = policies.STUCK_AFTER,
        window: int = policies.WINDOW,
    ) -> None:
        self._ingests = ingests
        self._clock = clock
        self._patience = patience
        self._window = window

    async def sweep(self, scope: TenantScope) -> int:
        """Ask again for the next step of each stuck ingest and return how many there were."""
        now = self._clock.now()
        stuck = await self._ingests.stuck(scope, now - self._patience)
        started = 0
        for found in stuck:
            ingest = replace(found.value, progress=replace(found.value.progress, at=now))
            outgoing = await self._next_step(scope, ingest)
            try:
                await self._ingests.save(scope, Versioned(ingest, found.etag), outgoing=outgoing)
            except PreconditionFailed:
                # It moved on by itself since the query.
                continue
            started += 1
        return started

    async def _next_step(self, scope: TenantScope, ingest: Ingest) -> Sequence[Outgoing]:
        match ingest.state:
            case IngestState.LANDED:
                return [landed(scope, ingest, self._clock)]
            case IngestState.WORKED:
                return [worked(scope, ingest, self._clock)]
            case IngestState.COMMITTED:
                return [committed(scope, ingest, self._clock)]
            case _:
                done = await self._ingests.chunks_done(scope, ingest.id)
                open_chunks = [n for n in range(ingest.progress.chunks) if n not in done]
                return [chunk_ready(scope, ingest, n, self._clock) for n in open_chunks[: self._window]]
