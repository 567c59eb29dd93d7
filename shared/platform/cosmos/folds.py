"""The ingests of the container `ingests`, as folding sees them: commits that wait for their rollups."""

from typing import Final

from shared.analytics.ports import CommittedChange
from shared.ingestion.documents import INGEST, ingest_document, read_ingest
from shared.ingestion.model import Ingest, IngestState
from shared.ingestion.ports import Versioned
from shared.ingestion.table_names import TableName
from shared.kernel.clock import Clock
from shared.kernel.errors import PreconditionFailed, Unavailable
from shared.kernel.scope import TenantScope
from shared.platform.cosmos.commits import MANIFEST, read_manifest
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
    """Implements `Commits` of one table over the container `ingests`, keyed by ingest."""

    def __init__(self, ingests: ScopedContainer, clock: Clock, table: TableName = TableName.RESULTS) -> None:
        self._ingests = ingests
        self._clock = clock
        self._table = table

    async def waiting(self, scope: TenantScope, ingest_id: str) -> tuple[str, ...]:
        """Return the ingest, and the oldest of those that may be folded with it.

        A commit of people waits for its own turn: links and rosters have to follow it first.
        """
        page = await self._ingests.query(
            scope,
            "c.kind = @kind AND c.state = @state AND NOT IS_DEFINED(c.tableVersions.person)",
            {"kind": INGEST, "state": IngestState.COMMITTED},
            level=None,
            order_by="c.ingestId",
            select="c.ingestId",
            limit=_TOGETHER,
        )
        return tuple(dict.fromkeys([ingest_id, *(str(item["ingestId"]) for item in page.items)]))

    async def change(self, scope: TenantScope, ingest_id: str) -> CommittedChange | None:
        """Return what a commit changed, None when it is folded; `Unavailable` while it is not visible."""
        ingest = (await self._get(scope, ingest_id)).value
        if ingest.state is IngestState.FOLDED:
            return None
        if ingest.state is not IngestState.COMMITTED:
            raise Unavailable("the commit is not visible yet")
        stored = await self._ingests.read(scope, MANIFEST, ingest_id)
        manifest = read_manifest(stored.document)
        changed = (*manifest.added, *manifest.removed)
        paths = tuple(part.path for part in changed if part.table is self._table)
        restructured = any(part.table in _STRUCTURE for part in changed)
        return CommittedChange(manifest.versions.get(self._table, _UNTOUCHED), paths, restructured)

    async def mark_folded(self, scope: TenantScope, ingest_id: str) -> None:
        """Note that the rollups hold the ingest; a repetition changes nothing."""
        entry = await self._get(scope, ingest_id)
        if entry.value.state is IngestState.FOLDED:
            return
        folded = entry.value.to(IngestState.FOLDED, self._clock.now())
        try:
            await self._ingests.replace(scope, ingest_document(folded), ingest_id, entry.etag)
        except PreconditionFailed as moved:
            raise Unavailable("the ingest changed while it was folded") from moved

    async def _get(self, scope: TenantScope, ingest_id: str) -> Versioned[Ingest]:
        stored = await self._ingests.read(scope, INGEST, ingest_id)
        return Versioned(read_ingest(stored.document), stored.etag)
