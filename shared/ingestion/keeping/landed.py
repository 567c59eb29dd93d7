"""Deletes landed files, and what is noted of their ingests, once nothing can be made of them any more.

A replay is an ingest of the file of an earlier one, and stands right after it: a file stays until all of them
are over. What is noted goes before the file, the newest ingest first, so that a round which is cut off finds
by the file what is left to do.
"""

from collections.abc import AsyncIterator, Mapping, Sequence

from shared.ingestion.keeping.deleting import Dead, Deleter
from shared.ingestion.keeping.horizons import READ_FOR, Horizons
from shared.ingestion.keeping.ports import Deletions, KeptBlobs, KeptIngests, KeptTables
from shared.ingestion.model import Ingest
from shared.ingestion.table_names import TableName
from shared.kernel.ids import id_after, is_id
from shared.kernel.scope import TenantScope


class LandedFiles:
    """The landed files of one tenant at a time."""

    def __init__(self, tables: KeptTables, blobs: KeptBlobs, ingests: KeptIngests, audit: Deletions) -> None:
        self._tables = tables
        self._blobs = blobs
        self._ingests = ingests
        self._audit = audit
        self._deleter = Deleter(blobs, audit, "landed.delete")

    async def expire(self, scope: TenantScope, horizons: Horizons) -> int:
        """Delete what is over and return how many files went. `horizons` were taken before."""
        return await self._deleter.delete(scope, self._over(scope, horizons))

    async def forget_unsent(self, scope: TenantScope, horizons: Horizons) -> int:
        """Forget uploads that never became ingests, after their files, if any; return how many."""
        forgotten = 0
        async for upload_id in self._ingests.unsent(scope, horizons.unsent):
            await self._audit.allowed(scope, "upload.forget", f"upload:{upload_id}")
            await self._ingests.forget(scope, upload_id)
            forgotten += 1
        return forgotten

    async def _over(self, scope: TenantScope, horizons: Horizons) -> AsyncIterator[Dead]:
        live: Mapping[str, str] | None = None
        async for blob in self._blobs.under(scope, ""):
            owner = blob.path.split("/")[1]
            if not is_id(owner) or blob.age <= READ_FOR:
                continue
            ingests = await self._of_file(scope, owner)
            if not all(map(horizons.is_over, ingests)) or not (ingests or horizons.is_forgotten(owner)):
                continue
            live = await self._live(scope) if live is None else live
            if any(live.get(_source(ingest), "~") <= ingest.id for ingest in ingests):
                continue
            await self._forget(scope, ingests)
            yield Dead(blob, f"upload:{owner}")

    async def _live(self, scope: TenantScope) -> Mapping[str, str]:
        """Return of each source the oldest ingest that has rows still: its removal may have lost a race."""
        oldest = dict[str, str]()
        for table in TableName:
            snapshot = await self._tables.newest(scope, table)
            for file in snapshot.files if snapshot else ():
                first = file.extremes["ingest_id"][0]
                oldest[file.source] = min(first, oldest.get(file.source, first))
        return oldest

    async def _of_file(self, scope: TenantScope, owner: str) -> Sequence[Ingest]:
        """Return the ingest of a file and those that replayed it, one right after the other."""
        ingests = list[Ingest]()
        while found := await self._ingests.find(scope, owner):
            ingests.append(found.value)
            owner = id_after(owner)
        return ingests

    async def _forget(self, scope: TenantScope, ingests: Sequence[Ingest]) -> None:
        for ingest in reversed(ingests):
            await self._audit.allowed(scope, "ingest.forget", f"ingest:{ingest.id}")
            await self._ingests.forget(scope, ingest.id)


def _source(ingest: Ingest) -> str:
    return ingest.recognition.source if ingest.recognition else ""
