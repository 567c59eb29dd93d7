"""Lets a file pass that was held because it makes much vanish: an operator said that it is right."""

from dataclasses import replace

from shared.ingestion.committing.rules import TOO_MANY_VANISHED
from shared.ingestion.events import worked
from shared.ingestion.keeping.horizons import TOMBSTONES_FOR
from shared.ingestion.model import Ingest, IngestState
from shared.ingestion.ports import Ingests, Versioned
from shared.kernel.clock import Clock
from shared.kernel.errors import Conflict
from shared.kernel.ids import least_id
from shared.kernel.scope import TenantScope


class Releases:
    """Releases held ingests; whoever asks for it writes the audit."""

    def __init__(self, ingests: Ingests, clock: Clock) -> None:
        self._ingests = ingests
        self._clock = clock

    async def release(self, scope: TenantScope, ingest_id: str) -> Ingest:
        """Ask for the commit of a held ingest once more, this time without the guard, and return it.

        `Conflict` when it was not held, or too long; `PreconditionFailed` when it changes meanwhile.
        """
        found = await self._ingests.get(scope, ingest_id)
        failure = found.value.failure
        if failure is None or failure.code != TOO_MANY_VANISHED:
            raise Conflict("the ingest was not held for making too much vanish")
        if ingest_id < least_id(self._clock.now() - TOMBSTONES_FOR):
            raise Conflict("the file is so old that deletions of what it states may be forgotten")
        waiting = found.value.to(IngestState.WORKED, self._clock.now())
        released = replace(waiting, failure=None, released=True)
        outgoing = [worked(scope, released, self._clock)]
        await self._ingests.save(scope, Versioned(released, found.etag), outgoing=outgoing)
        return released
