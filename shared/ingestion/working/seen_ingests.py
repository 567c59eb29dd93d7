"""Remembers ingests as they were last seen here: good enough to mark the next of their chunks upon.

Others change them too. What is saved upon one that is not the latest any more is refused by its ETag.
"""

from collections.abc import Sequence
from typing import Final

from shared.ingestion import policies
from shared.ingestion.events import Outgoing
from shared.ingestion.model import ChunkDone, Ingest
from shared.ingestion.ports import Ingests, Versioned
from shared.kernel.bounded import Bounded
from shared.kernel.scope import TenantScope

_MOST: Final = 64
"""Ingests remembered, of a few kilobytes each, while their chunks are worked."""


class SeenIngests:
    """The ingests that a worker saw last, found by tenant and ingest."""

    def __init__(self, ingests: Ingests) -> None:
        self._ingests = ingests
        self._seen = Bounded[tuple[str, str], Versioned[Ingest]](_MOST)

    async def find(self, scope: TenantScope, ingest_id: str) -> Versioned[Ingest] | None:
        """Return an ingest as it is; None when there is none."""
        found = await self._ingests.find(scope, ingest_id)
        return found and self._remember(scope, found)

    async def get(self, scope: TenantScope, ingest_id: str) -> Versioned[Ingest]:
        """Return an ingest as it is; `NotFound`."""
        return self._remember(scope, await self._ingests.get(scope, ingest_id))

    async def last(self, scope: TenantScope, ingest_id: str) -> Versioned[Ingest]:
        """Return an ingest as it was last seen here, or else as it is; `NotFound`."""
        return self._seen.get((scope.tenant_id, ingest_id)) or await self.get(scope, ingest_id)

    async def save(
        self,
        scope: TenantScope,
        ingest: Versioned[Ingest],
        *,
        beside: ChunkDone | None = None,
        outgoing: Sequence[Outgoing] = (),
    ) -> Versioned[Ingest]:
        """Save an ingest as `Ingests.save` does, and return it as it is then."""
        saved = await self._ingests.save(scope, ingest, beside=beside, outgoing=outgoing)
        return self._remember(scope, saved)

    def _remember(self, scope: TenantScope, ingest: Versioned[Ingest]) -> Versioned[Ingest]:
        place = (scope.tenant_id, ingest.value.id)
        if ingest.value.state in policies.TO_WORK:
            self._seen.put(place, ingest)
        else:
            self._seen.forget(place)
        return ingest
