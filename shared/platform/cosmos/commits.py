"""The ingests of the container `ingests`, as committing sees them: waiting ones in, manifests out."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from shared.ingestion.committing.ports import Manifest
from shared.ingestion.documents import INGEST, chunk_id, ingest_document, read_chunk, read_ingest
from shared.ingestion.events import Outgoing
from shared.ingestion.model import ChunkDone, Ingest, IngestState, Part
from shared.ingestion.ports import Versioned
from shared.ingestion.table_names import TableName
from shared.kernel.errors import Unavailable
from shared.kernel.events import Json
from shared.kernel.scope import TenantScope
from shared.messaging.outbox import outbox_document
from shared.platform.cosmos.ingests import CosmosIngests
from shared.platform.cosmos.operations import Create, Operation, Replace
from shared.platform.cosmos.scoped import ScopedContainer

MANIFEST: Final = "manifest"
_AT_ONCE: Final = 50


def manifest_document(manifest: Manifest) -> dict[str, Json]:
    """Write a manifest."""
    return {"id": MANIFEST, "kind": MANIFEST, "manifest": asdict(manifest)}


def read_manifest(document: Mapping[str, Any]) -> Manifest:
    """Read a manifest."""
    manifest = document["manifest"]
    return Manifest(
        versions={TableName(table): version for table, version in manifest["versions"].items()},
        added=tuple(Part(**part) for part in manifest["added"]),
        removed=tuple(Part(**part) for part in manifest["removed"]),
    )


async def proven(ingests: ScopedContainer, scope: TenantScope, ingest_id: str) -> Versioned[Ingest]:
    """Return an ingest that a message, or the log of a table, proves to be there.

    `Unavailable` while it is not visible: another process wrote it, perhaps just now.
    """
    found = await CosmosIngests(ingests).find(scope, ingest_id)
    if found is None:
        raise Unavailable("the ingest is not visible yet")
    return found


class CosmosCommitLedger:
    """Implements `CommitLedger` over the container `ingests`, keyed by ingest."""

    def __init__(self, ingests: ScopedContainer) -> None:
        self._ingests = ingests

    async def worked(self, scope: TenantScope) -> Sequence[Versioned[Ingest]]:
        """Return the oldest ingests that wait to be committed, up to 50, oldest first."""
        page = await self._ingests.query(
            scope,
            "c.kind = @kind AND c.state = @state",
            {"kind": INGEST, "state": IngestState.WORKED},
            level=None,
            order_by="c.ingestId",
            limit=_AT_ONCE,
        )
        return [Versioned(read_ingest(item), str(item["_etag"])) for item in page.items]

    async def get(self, scope: TenantScope, ingest_id: str) -> Versioned[Ingest]:
        """Return an ingest that is proven to be there; `Unavailable` while it is not visible."""
        return await proven(self._ingests, scope, ingest_id)

    async def chunks(
        self, scope: TenantScope, ingest_id: str, *, single: bool = False
    ) -> tuple[ChunkDone, ...]:
        """Return the completion marks of an ingest, in order; of a `single` chunk where there is but one."""
        if single:
            # Most files have one: to read it by its name takes a third of what a query takes.
            only = await self._ingests.find(scope, chunk_id(0), ingest_id)
            return (read_chunk(only.document),) if only else ()
        marks = self._ingests.walk(scope, "c.kind = @kind", {"kind": "chunk"}, level=ingest_id)
        return tuple(sorted([read_chunk(mark) async for mark in marks], key=lambda done: done.n))

    async def close(
        self,
        scope: TenantScope,
        ingest: Ingest,
        etag: str,
        *,
        manifest: Manifest | None = None,
        outgoing: Sequence[Outgoing] = (),
    ) -> None:
        """Replace the ingest and create its manifest and events in one batch; `PreconditionFailed`."""
        operations: list[Operation] = [Replace(ingest_document(ingest), etag)]
        if manifest is not None:
            operations.append(Create(manifest_document(manifest)))
        operations += [
            Create(outbox_document(out.event, out.destination, out.session_id)) for out in outgoing
        ]
        await self._ingests.batch(scope, ingest.id, operations)
