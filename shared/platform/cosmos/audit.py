"""The audit in Cosmos: segments by month, seals and the head beside each other under `seals`."""

from collections.abc import AsyncIterator, Mapping
from contextlib import suppress

from shared.audit.chain import Segment
from shared.audit.ports import StoredSegment
from shared.audit.sealing import Head, Seal
from shared.kernel.errors import NotFound
from shared.kernel.events import Json
from shared.kernel.stamp import Owner
from shared.platform.cosmos.audit_documents import read_seal, read_segment, seal_document, segment_document
from shared.platform.cosmos.operations import Create, Document, Patch, Replace
from shared.platform.cosmos.scoped import ScopedContainer

_SEALS = "seals"
_HEAD = "head"


class CosmosAudit:
    """Implements `AuditStore` on the container `audit`, keyed `[/tenantId, /month]`."""

    def __init__(self, container: ScopedContainer) -> None:
        self._container = container

    async def append(self, owner: Owner, segment: Segment) -> None:
        """Create the segment's document; `Conflict` when it exists."""
        await self._container.create(owner, segment_document(segment), segment.month)

    async def head(self, owner: Owner) -> Head:
        """Return the owner's head, the empty one before the first seal."""
        stored = await self._container.find(owner, _HEAD, _SEALS)
        if stored is None:
            return Head()
        return Head(int(str(stored.document["number"])), str(stored.document["mac"]), stored.etag)

    async def unsealed(self, owner: Owner, limit: int) -> list[Segment]:
        """Return up to `limit` unmarked segments by id."""
        found: list[Segment] = []
        async for document in self._in_order(
            owner, "c.kind = 'segment' AND NOT IS_DEFINED(c.sealedBy)", None
        ):
            found.append(read_segment(document))
            if len(found) == limit:
                break
        return found

    async def add_seal(self, owner: Owner, seal: Seal, head: Head) -> None:
        """Write seal and head in one batch; `Conflict` or `PreconditionFailed` when another came first."""
        newest: Document = {"id": _HEAD, "kind": "head", "number": seal.number, "mac": seal.mac}
        guarded = Replace(newest, head.version) if head.version else Create(newest)
        await self._container.batch(owner, _SEALS, [Create(seal_document(seal)), guarded])

    async def mark_sealed(self, owner: Owner, seal: Seal) -> None:
        """Mark each covered segment; one that is gone is left for verification to report."""
        for cover in seal.covers:
            with suppress(NotFound):
                mark = Patch(cover.segment, {"/sealedBy": seal.number})
                await self._container.batch(owner, cover.month, [mark])

    async def seal_at(self, owner: Owner, number: int) -> Seal:
        """Return one seal; `NotFound`."""
        return read_seal((await self._container.read(owner, f"seal:{number:010d}", _SEALS)).document)

    async def seals(self, owner: Owner) -> AsyncIterator[Seal]:
        """Go through the seals by number."""
        async for document in self._in_order(owner, "c.kind = 'seal'", _SEALS):
            yield read_seal(document)

    async def segments(self, owner: Owner) -> AsyncIterator[StoredSegment]:
        """Go through the segments of every month by id."""
        async for document in self._in_order(owner, "c.kind = 'segment'", None):
            sealed_by = document.get("sealedBy")
            yield StoredSegment(read_segment(document), sealed_by if isinstance(sealed_by, int) else None)

    async def claimants(self, owner: Owner, number: int) -> Mapping[str, str]:
        """Return id and last hash of the segments marked with the seal `number`."""
        claims = {}
        where = "c.kind = 'segment' AND c.sealedBy = @number"
        async for document in self._in_order(owner, where, None, number=number):
            claims[str(document["id"])] = read_segment(document).last
        return claims

    def _in_order(
        self, owner: Owner, where: str, level: str | None, **parameters: Json
    ) -> AsyncIterator[Document]:
        return self._container.walk(owner, where, parameters, level=level, order_by="c.id")
