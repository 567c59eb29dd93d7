"""The lakes of tenants: blobs that are written once, fact tables of optimistic commits, and their readers."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from shared.analytics.ports import FactFile
from shared.ingestion.commit_ports import Inspection, TableChange, TableSnapshot
from shared.ingestion.facts import FACTS, TABLE
from shared.kernel.errors import NotFound
from shared.kernel.scope import TenantScope
from tests.fixtures.commits import MemorySnapshot, MemoryTables
from tests.fixtures.ingestion import MemoryLake

_NO_VERSION = -1


@dataclass(slots=True)
class Lake:
    """The files and tables of all tenants, without weather. Implements `CommitTables` and `Facts`."""

    blobs: MemoryLake = field(default_factory=MemoryLake)
    tables: dict[tuple[str, str], MemoryTables] = field(default_factory=dict)
    _frames: dict[tuple[str, str], pl.DataFrame] = field(default_factory=dict)

    def table(self, tenant: str, name: str = TABLE) -> MemoryTables:
        """Return a table, made when it is asked for first."""
        return self.tables.setdefault((tenant, name), MemoryTables())

    def frame(self, tenant: str, path: str) -> pl.DataFrame:
        """Return the rows of a file; `NotFound`."""
        key = (tenant, path)
        if key not in self._frames:
            if key not in self.blobs.blobs:
                raise NotFound
            self._frames[key] = pl.read_parquet(io.BytesIO(self.blobs.blobs[key]), hive_partitioning=False)
        return self._frames[key]

    async def open(self, scope: TenantScope, table: str) -> MemorySnapshot:
        return self.table(scope.tenant_id, table).versions[-1]

    async def as_of(self, scope: TenantScope, table: str, version: int) -> MemorySnapshot:
        return await self.table(scope.tenant_id, table).as_of(scope, table, version)

    async def inspect(self, scope: TenantScope, table: str, path: str) -> Inspection:
        return self._inspection(scope.tenant_id, f"{table}/{path}")

    async def commit(self, scope: TenantScope, snapshot: TableSnapshot, change: TableChange) -> int:
        return await self.table(scope.tenant_id).commit(scope, snapshot, change)

    async def snapshot(self, scope: TenantScope) -> "FactsAt":
        newest = self.table(scope.tenant_id).versions[-1]
        files = tuple(self._fact_file(scope.tenant_id, f"{TABLE}/{file.path}") for file in newest.files)
        return FactsAt(self, scope.tenant_id, newest.version or _NO_VERSION, files)

    def _inspection(self, tenant: str, path: str) -> Inspection:
        frame = self.frame(tenant, path)

        def extremes(name: str) -> tuple[str, str] | None:
            values = frame[name].to_list()
            return (min(values), max(values)) if values else None

        return Inspection(
            size=len(self.blobs.blobs[tenant, path]),
            rows=frame.height,
            columns={name: str(kind) for name, kind in frame.schema.items()},
            ingest_ids=extremes("ingest_id"),
            courses=extremes("course"),
        )

    def _fact_file(self, tenant: str, path: str) -> FactFile:
        seen = self._inspection(tenant, path)
        first, last = seen.courses or ("", "")
        return FactFile(path, seen.rows, first, last)


@dataclass(frozen=True, slots=True)
class FactsAt:
    """One version of the facts of a tenant. Implements `FactSnapshot`."""

    lake: Lake
    tenant: str
    version: int
    files: tuple[FactFile, ...]

    async def scan(self, paths: Sequence[str]) -> pl.LazyFrame:
        frames = [self.lake.frame(self.tenant, path) for path in paths]
        return pl.concat([pl.DataFrame(schema=FACTS), *frames]).lazy()

    async def collect(self, frame: pl.LazyFrame) -> pl.DataFrame:
        return frame.collect()


def parquet(frame: pl.DataFrame) -> bytes:
    """Return rows as a Parquet file."""
    out = io.BytesIO()
    frame.write_parquet(out)
    return out.getvalue()
