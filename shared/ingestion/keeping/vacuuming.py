"""Deletes the blobs of a lake that nobody reads: parts without a reference, entries of logs, lines, rejects.

What an ingest on its way may have written is never touched, nor what a version of the last days consists of.
No name that was vacuumed is ever used again, for parts are named by their ingest or by a new id.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Final

from shared.ingestion.keeping.deleting import Dead, Deleter
from shared.ingestion.keeping.horizons import ENDED_FOR, READ_FOR, Horizons
from shared.ingestion.keeping.logs import superseded_entries
from shared.ingestion.keeping.ports import Deletions, KeptBlobs, KeptIngests, KeptTables
from shared.ingestion.lake_paths import REJECTS, STAGED
from shared.ingestion.model import WITH_FACTS
from shared.ingestion.table_names import LINK_TABLE, TableName
from shared.kernel.ids import is_id, least_id
from shared.kernel.scope import TenantScope

_ID_LENGTH: Final = 36
_FILES: Final[Mapping[str, str]] = {**dict.fromkeys(TableName, "source="), LINK_TABLE: "part-"}
"""The tables, and how the paths of their files begin."""


class Vacuum:
    """Vacuums the lake of one tenant at a time."""

    def __init__(self, tables: KeptTables, blobs: KeptBlobs, ingests: KeptIngests, audit: Deletions) -> None:
        self._tables = tables
        self._blobs = blobs
        self._ingests = ingests
        self._deleter = Deleter(blobs, audit, "lake.vacuum")

    async def vacuum(self, scope: TenantScope, horizons: Horizons) -> int:
        """Delete what nobody reads and return how many blobs went. `horizons` were taken before."""
        return await self._deleter.delete(scope, self._dead(scope, horizons))

    async def _dead(self, scope: TenantScope, horizons: Horizons) -> AsyncIterator[Dead]:
        for table, beginning in _FILES.items():
            async for dead in self._dead_parts(scope, table, beginning, horizons):
                yield dead
            async for dead in superseded_entries(self._blobs, scope, table, horizons):
                yield dead
        for folder in (STAGED, REJECTS):
            async for dead in self._dead_lines(scope, folder, horizons):
                yield dead

    async def _dead_parts(
        self, scope: TenantScope, table: str, beginning: str, horizons: Horizons
    ) -> AsyncIterator[Dead]:
        if horizons.fold_is_late:
            return
        read = await self._tables.read_since(scope, table, READ_FOR)
        async for blob in self._blobs.under(scope, f"{table}/{beginning}"):
            path = blob.path.removeprefix(f"{table}/")
            owner = path.rpartition("/")[2][:_ID_LENGTH]
            if blob.age > READ_FOR and path not in read and owner not in horizons.open:
                yield Dead(blob, f"parts:{owner if is_id(owner) else table}")

    async def _dead_lines(self, scope: TenantScope, folder: str, horizons: Horizons) -> AsyncIterator[Dead]:
        ended, asked = False, ""
        async for blob in self._blobs.under(scope, f"{folder}/"):
            owner = blob.path.split("/")[1]
            if owner != asked:
                asked, ended = owner, await self._is_over(scope, owner, horizons)
            if ended and blob.age > READ_FOR:
                yield Dead(blob, f"{folder}:{owner}")

    async def _is_over(self, scope: TenantScope, owner: str, horizons: Horizons) -> bool:
        """Tell whether nobody will ask for lines of an ingest: it came to nothing, or its rows expired."""
        if owner in horizons.open or owner >= least_id(horizons.now - READ_FOR):
            return False
        found = await self._ingests.find(scope, owner)
        if found is None or found.value.state not in WITH_FACTS:
            return owner < least_id(horizons.now - ENDED_FOR)
        return owner < horizons.of_source(found.value.recognised.source)
