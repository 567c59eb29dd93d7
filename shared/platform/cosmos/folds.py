"""The ingests of the container `ingests`, as folding sees them: commits that wait for their rollups."""

import asyncio
from typing import Final

from shared.analytics.ports import CommittedChange, WaitingChanges
from shared.ingestion.committing.ports import Manifest
from shared.ingestion.documents import INGEST, ingest_document
from shared.ingestion.model import WITH_FACTS, IngestState
from shared.ingestion.table_names import TableName
from shared.kernel.clock import Clock
from shared.kernel.errors import PreconditionFailed, Unavailable
from shared.kernel.scope import TenantScope
from shared.platform.cosmos.commits import MANIFEST, proven, read_manifest
from shared.platform.cosmos.scoped import ScopedContainer

_STRUCTURE: Final = frozenset(
    {
        TableName.ORG,
        TableName.ACADEMIC_SESSION,
        TableName.COURSE,
        TableName.CLASS,
        TableName.LINE_ITEM,
        TableName.ALIGNMENT,
    }
)
"""The tables that say where results belong."""

_TOGETHER: Final = 16
"""The most commits that are folded together."""

_UNTOUCHED: Final = -1
"""The version of a table that an ingest without rows for it waits for: any."""


class CosmosFoldLedger:
    """Implements `WaitingCommits`: the container `ingests`, keyed by ingest."""

    def __init__(self, ingests: ScopedContainer, clock: Clock) -> None:
        self._ingests = ingests
        self._clock = clock

    async def waiting(self, scope: TenantScope, ingest_id: str) -> WaitingChanges | None:
        """Return what the ingest and the oldest of those changed that may be folded with it.

        None when it is folded: whoever waits besides has a message too. A commit of people waits for its own
        turn: links and rosters have to follow it first. `Unavailable` while the commit is not visible.
        """
        if await self._is_folded(scope, ingest_id):
            return None
        page = await self._ingests.query(
            scope,
            "c.kind = @kind AND c.state = @state AND NOT IS_DEFINED(c.tableVersions.person)",
            {"kind": INGEST, "state": IngestState.COMMITTED},
            level=None,
            order_by="c.ingestId",
            select="c.ingestId",
            limit=_TOGETHER,
        )
        ingest_ids = tuple(dict.fromkeys([ingest_id, *(str(item["ingestId"]) for item in page.items)]))
        manifests = await asyncio.gather(*(self._manifest(scope, each) for each in ingest_ids))
        results, answers = (
            CommittedChange.together([_changed(manifest, table) for manifest in manifests])
            for table in (TableName.RESULTS, TableName.ITEM_RESPONSE)
        )
        return WaitingChanges(ingest_ids, results, answers)

    async def mark_folded(self, scope: TenantScope, ingest_id: str) -> None:
        """Note that the rollups hold the ingest; a repetition changes nothing."""
        entry = await proven(self._ingests, scope, ingest_id)
        if entry.value.state is IngestState.FOLDED:
            return
        folded = entry.value.to(IngestState.FOLDED, self._clock.now())
        try:
            await self._ingests.replace(scope, ingest_document(folded), ingest_id, entry.etag)
        except PreconditionFailed as moved:
            raise Unavailable("the ingest changed while it was folded") from moved

    async def _is_folded(self, scope: TenantScope, ingest_id: str) -> bool:
        ingest = (await proven(self._ingests, scope, ingest_id)).value
        if ingest.state not in WITH_FACTS:
            raise Unavailable("the commit is not visible yet")
        return ingest.state is IngestState.FOLDED

    async def _manifest(self, scope: TenantScope, ingest_id: str) -> Manifest:
        return read_manifest((await self._ingests.read(scope, MANIFEST, ingest_id)).document)


def _changed(manifest: Manifest, table: TableName) -> CommittedChange:
    """Return what a commit changed in a table."""
    changed = (*manifest.added, *manifest.removed)
    paths = tuple(part.path for part in changed if part.table is table)
    restructured = any(part.table in _STRUCTURE for part in changed)
    return CommittedChange(manifest.versions.get(table, _UNTOUCHED), paths, restructured)
