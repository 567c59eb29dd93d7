"""The container `ingests` as keeping sees it: ingests that are not over, and notes of removals."""

from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

from shared.ingestion.committing.rules import TOO_MANY_VANISHED
from shared.ingestion.documents import INGEST
from shared.ingestion.keeping.ports import Removal
from shared.ingestion.model import ENDED, Ingest, IngestState
from shared.ingestion.ports import Versioned
from shared.ingestion.table_names import TableName
from shared.kernel.errors import NotFound
from shared.kernel.events import Json
from shared.kernel.scope import TenantScope
from shared.platform.cosmos.ingests import CosmosIngests
from shared.platform.cosmos.scoped import ScopedContainer

_LEVEL: Final = "removals"
"""The partition of the notes, within the tenant."""
_EVER: Final = datetime.min.replace(tzinfo=UTC)
_OVER: Final[list[Json]] = [*sorted(ENDED)]


class CosmosKeptIngests:
    """Implements `KeptIngests`."""

    def __init__(self, ingests: ScopedContainer) -> None:
        self._container = ingests
        self._ingests = CosmosIngests(ingests)

    async def open(self, scope: TenantScope) -> Mapping[str, IngestState]:
        """Return all ingests that are on their way, or held and may be released, by id."""
        found = self._container.walk(
            scope,
            "c.kind = @kind AND (NOT ARRAY_CONTAINS(@over, c.state) OR c.failure.code = @held)",
            {"kind": INGEST, "over": _OVER, "held": TOO_MANY_VANISHED},
            level=None,
            select="c.ingestId, c.state",
        )
        return {str(item["ingestId"]): IngestState(str(item["state"])) async for item in found}

    async def find(self, scope: TenantScope, ingest_id: str) -> Versioned[Ingest] | None:
        """Return an ingest, None when there is none."""
        return await self._ingests.find(scope, ingest_id)

    async def unsent(self, scope: TenantScope, until: datetime) -> AsyncIterator[str]:
        """Go through the ids of uploads that were recorded until a moment and have not become ingests."""
        async for upload in self._ingests.overlooked(scope, _EVER, until):
            yield upload.id

    async def forget(self, scope: TenantScope, ingest_id: str) -> None:
        """Delete all that is noted of an ingest, itself last: a call that was cut off may be repeated."""
        found = self._container.walk(scope, "true", {}, level=ingest_id, select="c.id")
        noted = [str(item["id"]) async for item in found]
        for item_id in sorted(noted, key=lambda item_id: item_id == INGEST):
            with suppress(NotFound):
                await self._container.delete(scope, item_id, ingest_id)


class CosmosRemovalNotes:
    """Implements `RemovalNotes`."""

    def __init__(self, ingests: ScopedContainer) -> None:
        self._ingests = ingests

    async def note(self, scope: TenantScope, removal: Removal) -> None:
        """Store a removal before its transaction."""
        document: dict[str, Json] = {
            "id": removal.id,
            "kind": "removal",
            "table": removal.table.value,
            "paths": list(removal.paths),
            "deletions": list(removal.deletions),
        }
        await self._ingests.create(scope, document, _LEVEL)

    async def noted(self, scope: TenantScope) -> list[Removal]:
        """Return all that are noted, oldest first."""
        notes = self._ingests.walk(scope, "c.kind = @kind", {"kind": "removal"}, level=_LEVEL)
        return sorted([_removal(note) async for note in notes], key=lambda removal: removal.id)

    async def forget(self, scope: TenantScope, removal: Removal) -> None:
        """Drop a note; one that is gone stays gone."""
        with suppress(NotFound):
            await self._ingests.delete(scope, removal.id, _LEVEL)


def _removal(note: Mapping[str, Any]) -> Removal:
    return Removal(note["id"], TableName(note["table"]), tuple(note["paths"]), tuple(note["deletions"]))
