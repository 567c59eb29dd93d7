"""The repository of ingests over the container `ingests`, keyed by tenant and ingest."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Final

from shared.ingestion.documents import (
    HEADS,
    INGEST,
    PLAN,
    UPLOAD,
    chunk_document,
    chunk_id,
    ingest_document,
    plan_document,
    read_chunk,
    read_ingest,
    read_plan,
    read_upload,
    upload_document,
)
from shared.ingestion.events import Outgoing
from shared.ingestion.model import OPEN, ChunkDone, Ingest, Plan, Upload
from shared.ingestion.ports import Listed, PlannedFile, Versioned
from shared.kernel.clock import rfc3339
from shared.kernel.events import Json
from shared.kernel.scope import TenantScope
from shared.messaging.outbox import outbox_document
from shared.platform.cosmos.operations import Create, Operation, Patch, Replace
from shared.platform.cosmos.scoped import ScopedContainer

_STUCK_AT_ONCE: Final = 100
_BECAME_INGEST: Final = Patch(UPLOAD, {"/landed": True})


class CosmosIngests:
    """Implements `Ingests`."""

    def __init__(self, ingests: ScopedContainer) -> None:
        self._ingests = ingests

    async def add_upload(self, scope: TenantScope, upload: Upload) -> None:
        """Store an upload record; `Conflict` when the id exists."""
        await self._ingests.create(scope, upload_document(upload), upload.id)

    async def find_upload(self, scope: TenantScope, upload_id: str) -> Upload | None:
        """Return an upload record, None when there is none."""
        stored = await self._ingests.find(scope, UPLOAD, upload_id)
        return read_upload(stored.document) if stored else None

    async def add(self, scope: TenantScope, ingest: Ingest, outgoing: Sequence[Outgoing]) -> None:
        """Store a new ingest with its events; `Conflict` when the upload became an ingest before."""
        operations: list[Operation] = [Create(ingest_document(ingest)), _BECAME_INGEST]
        await self._ingests.batch(scope, ingest.id, [*operations, *_outbox(outgoing)])

    async def overlooked(self, scope: TenantScope, since: datetime, until: datetime) -> AsyncIterator[Upload]:
        """Go through the uploads that were recorded between two moments and have not become ingests."""
        where = (
            "c.kind = @kind AND c.createdAt > @since AND c.createdAt <= @until AND NOT IS_DEFINED(c.landed)"
        )
        values: dict[str, Json] = {"kind": UPLOAD, "since": rfc3339(since), "until": rfc3339(until)}
        async for document in self._ingests.walk(scope, where, values, level=None):
            yield read_upload(document)

    async def find(self, scope: TenantScope, ingest_id: str) -> Versioned[Ingest] | None:
        """Return an ingest, None when there is none."""
        stored = await self._ingests.find(scope, INGEST, ingest_id)
        return Versioned(read_ingest(stored.document), stored.etag) if stored else None

    async def get(self, scope: TenantScope, ingest_id: str) -> Versioned[Ingest]:
        """Return an ingest; `NotFound`."""
        stored = await self._ingests.read(scope, INGEST, ingest_id)
        return Versioned(read_ingest(stored.document), stored.etag)

    async def save(
        self,
        scope: TenantScope,
        ingest: Versioned[Ingest],
        *,
        beside: Plan | ChunkDone | None = None,
        outgoing: Sequence[Outgoing] = (),
    ) -> Versioned[Ingest]:
        """Replace an ingest and, in the same batch, create its plan or a chunk mark and the events."""
        operations: list[Operation] = [Replace(ingest_document(ingest.value), ingest.etag)]
        match beside:
            case Plan():
                operations.append(Create(plan_document(beside)))
            case ChunkDone():
                operations.append(Create(chunk_document(beside)))
        etags = await self._ingests.batch(scope, ingest.value.id, [*operations, *_outbox(outgoing)])
        return Versioned(ingest.value, etags[0])

    async def plan(self, scope: TenantScope, ingest_id: str) -> Plan:
        """Return the plan of an ingest; `NotFound`."""
        return read_plan((await self._ingests.read(scope, PLAN, ingest_id)).document)

    async def find_chunk(self, scope: TenantScope, ingest_id: str, n: int) -> ChunkDone | None:
        """Return the completion mark of a chunk, None while it is not done."""
        stored = await self._ingests.find(scope, chunk_id(n), ingest_id)
        return read_chunk(stored.document) if stored else None

    async def chunks_done(self, scope: TenantScope, ingest_id: str) -> frozenset[int]:
        """Return the numbers of the chunks that have a completion mark."""
        return frozenset(await self._chunk_numbers(scope, ingest_id, "c.kind = @kind", {"kind": "chunk"}))

    async def chunks_with_rejects(self, scope: TenantScope, ingest_id: str, first: int) -> tuple[int, ...]:
        """Return, in order, the numbers from `first` on of the chunks that are done and rejected records."""
        where = "c.kind = @kind AND c.n >= @first AND c.rejected > 0"
        found = await self._chunk_numbers(scope, ingest_id, where, {"kind": "chunk", "first": first})
        return tuple(sorted(found))

    async def page(self, scope: TenantScope, limit: int, cursor: str | None) -> Listed[Ingest]:
        """Return ingests of the tenant, newest first."""
        page = await self._ingests.query(
            scope,
            "c.kind = @kind",
            {"kind": INGEST},
            level=None,
            order_by="c.landedAt DESC",
            limit=limit,
            continuation=cursor,
        )
        return Listed(tuple(map(read_ingest, page.items)), page.continuation)

    async def stuck(self, scope: TenantScope, since: datetime) -> tuple[Versioned[Ingest], ...]:
        """Return up to 100 ingests that are not in a final state and made no progress after `since`."""
        page = await self._ingests.query(
            scope,
            "c.kind = @kind AND ARRAY_CONTAINS(@open, c.state) AND c.progressedAt <= @since",
            {"kind": INGEST, "open": [*sorted(OPEN)], "since": rfc3339(since)},
            level=None,
            limit=_STUCK_AT_ONCE,
        )
        return tuple(Versioned(read_ingest(item), str(item["_etag"])) for item in page.items)

    async def planned_file(self, scope: TenantScope, source: str) -> Versioned[PlannedFile] | None:
        """Return the newest planned file of a source, None before the first."""
        stored = await self._ingests.find(scope, _planned_id(source), HEADS)
        if stored is None:
            return None
        document, restated = stored.document, stored.document.get("restated")
        planned = PlannedFile(
            str(document["newest"]), str(document["sha256"]), None if restated is None else str(restated)
        )
        return Versioned(planned, stored.etag)

    async def note_planned(
        self, scope: TenantScope, source: str, planned: PlannedFile, etag: str | None
    ) -> None:
        """Make `planned` the newest planned file of the source; etag None creates."""
        document: dict[str, Json] = {
            "id": _planned_id(source),
            "kind": "planned",
            "newest": planned.ingest_id,
            "sha256": planned.sha256,
            "restated": planned.restated,
        }
        if etag is None:
            await self._ingests.create(scope, document, HEADS)
        else:
            await self._ingests.replace(scope, document, HEADS, etag)

    async def _chunk_numbers(
        self, scope: TenantScope, ingest_id: str, where: str, parameters: dict[str, Json]
    ) -> list[int]:
        marks = self._ingests.walk(scope, where, parameters, level=ingest_id, select="c.n")
        return [int(str(mark["n"])) async for mark in marks]


def _planned_id(source: str) -> str:
    return f"planned:{source}"


def _outbox(outgoing: Sequence[Outgoing]) -> list[Operation]:
    return [Create(outbox_document(o.event, o.destination, o.session_id)) for o in outgoing]
