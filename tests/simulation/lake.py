"""The lakes of tenants: blobs that are written once, fact tables of optimistic commits, and their readers."""

import io
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import polars as pl

from shared.analytics.ports import FactFile
from shared.analytics.rosters.ports import PeopleVersion
from shared.analytics.structure import Structure
from shared.ingestion.committing.merge_ports import Query
from shared.ingestion.committing.ports import Inspection, TableChange, TableSnapshot
from shared.ingestion.linking.matching import LINKS
from shared.ingestion.ports import BlobFacts
from shared.ingestion.table_names import TableName
from shared.ingestion.tables import RESULTS, TABLES, Table
from shared.kernel.errors import NotFound
from shared.kernel.scope import TenantScope
from tests.fixtures.commits import MemorySnapshot, MemoryTables
from tests.fixtures.ingestion import MemoryLake, etag_of

_NO_VERSION = -1


@dataclass(slots=True)
class Lake:
    """All files and tables, without weather. Implements `CommitTables`, `RowStore` and `Facts`."""

    blobs: MemoryLake = field(default_factory=MemoryLake)
    tables: dict[str, MemoryTables] = field(default_factory=dict)
    _frames: dict[tuple[str, str], pl.DataFrame] = field(default_factory=dict)

    def of(self, tenant: str) -> MemoryTables:
        """Return the tables of a tenant."""
        return self.tables.setdefault(tenant, MemoryTables())

    async def structure(self, _scope: TenantScope) -> Structure:
        """Return nothing: simulated districts have no roster."""
        return Structure()

    def frame(self, tenant: str, path: str) -> pl.DataFrame:
        """Return the rows of a file; `NotFound`."""
        key = (tenant, path)
        if key not in self._frames:
            if key not in self.blobs.blobs:
                raise NotFound
            self._frames[key] = pl.read_parquet(io.BytesIO(self.blobs.blobs[key]), hive_partitioning=False)
        return self._frames[key]

    async def open(self, scope: TenantScope, table: TableName) -> MemorySnapshot:
        return self.of(scope.tenant_id).tables[table][-1]

    async def newest(self, scope: TenantScope, table: TableName) -> MemorySnapshot | None:
        return await self.of(scope.tenant_id).newest(scope, table)

    async def as_of(self, scope: TenantScope, table: TableName, version: int) -> MemorySnapshot:
        return await self.of(scope.tenant_id).as_of(scope, table, version)

    async def inspect(
        self, scope: TenantScope, table: TableName, path: str, columns: Collection[str]
    ) -> Inspection:
        path = f"{table}/{path}"
        frame = self.frame(scope.tenant_id, path)
        kinds = {name: str(kind) for name, kind in frame.schema.items()}
        values = {name: frame[name].drop_nulls().to_list() for name in columns if name in kinds}
        extremes = {name: (min(found), max(found)) for name, found in values.items() if found}
        return Inspection(len(self.blobs.blobs[scope.tenant_id, path]), frame.height, kinds, extremes)

    async def stored(self, scope: TenantScope, table: TableName, prefix: str) -> dict[str, BlobFacts]:
        return {
            path.removeprefix(f"{table}/"): BlobFacts(len(content), etag_of(content))
            for (tenant, path), content in self.blobs.blobs.items()
            if tenant == scope.tenant_id and path.startswith(f"{table}/{prefix}")
        }

    async def rows_by_ingest(self, scope: TenantScope, table: TableName, path: str) -> dict[str, int]:
        frame = self.frame(scope.tenant_id, f"{table}/{path}")
        return dict(frame.group_by("ingest_id").len().iter_rows())

    async def commit(self, scope: TenantScope, snapshot: TableSnapshot, change: TableChange) -> int:
        return await self.of(scope.tenant_id).commit(scope, snapshot, change)

    async def read(
        self, scope: TenantScope, table: TableName, paths: Sequence[str], query: Query
    ) -> pl.DataFrame:
        schema = {**TABLES[table].schema, "file": pl.UInt32(), "row": pl.UInt32()}
        frames = [
            self.frame(scope.tenant_id, f"{table}/{path}")
            .with_row_index("row")
            .with_columns(file=pl.lit(at, dtype=pl.UInt32))
            .select(*schema)
            for at, path in enumerate(paths)
        ]
        return query(pl.concat([pl.DataFrame(schema=schema), *frames]).lazy()).collect()

    async def write(
        self, scope: TenantScope, table: TableName, path: str, rows: pl.DataFrame, columns: Collection[str]
    ) -> Inspection:
        await self.blobs.create(scope, f"{table}/{path}", parquet(rows))
        return await self.inspect(scope, table, path, columns)

    async def snapshot(self, scope: TenantScope) -> "FactsAt":
        return self.facts(scope, RESULTS, "course")

    def facts(self, scope: TenantScope, table: Table, found_by: str) -> "FactsAt":
        """Return the newest version of a table, its files found by the range of a column."""
        newest = self.of(scope.tenant_id).tables[table.name][-1]
        files = []
        for file in newest.files:
            first, last = file.extremes.get(found_by, ("", ""))
            files.append(FactFile(f"{table.name}/{file.path}", file.rows, first, last))
        return FactsAt(self, scope.tenant_id, newest.version or _NO_VERSION, tuple(files), table.schema)


@dataclass(frozen=True, slots=True)
class FactsAt:
    """One version of the facts of a tenant. Implements `FactSnapshot`."""

    lake: Lake
    tenant: str
    version: int
    files: tuple[FactFile, ...]
    schema: pl.Schema

    async def scan(self, paths: Sequence[str]) -> pl.LazyFrame:
        frames = [self.lake.frame(self.tenant, path) for path in paths]
        rows = pl.concat([pl.DataFrame(schema=self.schema), *frames])
        return rows.with_row_index("row").lazy().filter(~pl.col("deleted").fill_null(value=False))

    async def collect(self, frame: pl.LazyFrame) -> pl.DataFrame:
        return frame.collect()


@dataclass(frozen=True, slots=True)
class ItemResponses:
    """The item responses in the lakes. Implements `Facts`."""

    lake: Lake

    async def snapshot(self, scope: TenantScope) -> FactsAt:
        """Return the newest version."""
        return self.lake.facts(scope, TABLES[TableName.ITEM_RESPONSE], "line_item")


class NoNames:
    """Implements `PeopleNames`: nobody in simulated districts is called anything."""

    async def names(
        self, _scope: TenantScope, version: PeopleVersion | None = None
    ) -> tuple[PeopleVersion, pl.DataFrame]:
        """Return no names, in the versions that were asked for."""
        columns = dict.fromkeys(("person", "learner", "sealed"), pl.String())
        return version or PeopleVersion(0, 0), pl.DataFrame(schema=columns)


def parquet(frame: pl.DataFrame) -> bytes:
    """Return rows as a Parquet file."""
    out = io.BytesIO()
    frame.write_parquet(out)
    return out.getvalue()


@dataclass(slots=True)
class People:
    """`PeopleTables` of the lakes: links are kept beside them, version after version."""

    lake: Lake
    versions: dict[str, list[pl.DataFrame]] = field(default_factory=dict)

    async def people(self, scope: TenantScope) -> pl.DataFrame:
        """Return the rows of the live files."""
        schema = TABLES[TableName.PERSON].schema
        paths = self.lake.of(scope.tenant_id).live_of(TableName.PERSON)
        frames = [self.lake.frame(scope.tenant_id, f"{TableName.PERSON}/{path}") for path in paths]
        return pl.concat([pl.DataFrame(schema=schema), *frames]).sort("ingest_id", "chunk", "record")

    async def links(self, scope: TenantScope) -> tuple[int, pl.DataFrame]:
        """Return the newest links."""
        known = self.versions.get(scope.tenant_id, [])
        return len(known) - 1, known[-1] if known else pl.DataFrame(schema=LINKS)

    async def replace_links(self, scope: TenantScope, links: pl.DataFrame) -> int:
        """Keep the next version."""
        self.versions.setdefault(scope.tenant_id, []).append(links)
        return len(self.versions[scope.tenant_id]) - 1
