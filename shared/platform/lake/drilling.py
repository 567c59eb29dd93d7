"""Fact tables for drill-down: versions with their files and statistics, scanned in place by Polars."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError, TableNotFoundError

from shared.analytics.drilling.model import PLACE, DataFile, Kind, Shape, Versions
from shared.analytics.drilling.people import People
from shared.ingestion.linking.matching import LINKS
from shared.ingestion.linking.ports import NO_LINKS
from shared.ingestion.table_names import TableName
from shared.ingestion.tables import DECIMAL, NAME, PARTITION, TABLES, TIMESTAMP, Table
from shared.kernel.errors import NotFound
from shared.kernel.scope import TenantScope
from shared.platform.blob.lake import container_of
from shared.platform.lake.access import LakeAccess, table_uri
from shared.platform.lake.errors import translated
from shared.platform.lake.people import LakePeople

_NO_VERSION: Final = -1
_LEAST: Final = "min."
_NOT_ASKED: Final = frozenset({"deleted", NAME})
"""Columns that answers have no use for: tombstones are left out, and nobody reads what is sealed."""

_KINDS: Final[Mapping[pl.DataType, Kind]] = {
    pl.String(): Kind.TEXT,
    pl.Int32(): Kind.INTEGER,
    pl.Int64(): Kind.INTEGER,
    DECIMAL: Kind.DECIMAL,
    TIMESTAMP: Kind.TIMESTAMP,
    pl.Boolean(): Kind.BOOLEAN,
}


@dataclass(frozen=True, slots=True)
class LakeTableVersion:
    """Implements `TableVersion`. Holds no handle: each scan signs its own access."""

    access: LakeAccess
    scope: TenantScope
    table: Table
    versions: Versions
    files: tuple[DataFile, ...]
    people: People

    async def scan(self, files: Sequence[DataFile], first_place: int) -> pl.LazyFrame:
        """Return the rows of files without tombstones; a part that is older than a column has nulls in it."""
        schema = self.table.schema
        if not files:
            return pl.LazyFrame(schema={PLACE: pl.get_index_type(), **schema})
        folder = f"az://{container_of(self.scope)}/{self.table.name}"
        rows = pl.scan_parquet(
            [f"{folder}/{file.path}" for file in files],
            schema=schema,
            missing_columns="insert",
            hive_partitioning=False,
            row_index_name=PLACE,
            row_index_offset=first_place,
            storage_options=await self.access.options(self.scope),
        )
        return rows.filter(~pl.col("deleted").fill_null(value=False))

    async def collect(self, frame: pl.LazyFrame) -> pl.DataFrame:
        """Compute a frame made from a scan, off the event loop; `NotFound` for a file that is gone."""
        with translated():
            return await asyncio.to_thread(frame.collect, engine="streaming")


class LakeFactTables:
    """Implements `FactTables` over the lake containers of one storage account."""

    def __init__(self, access: LakeAccess) -> None:
        self._access = access
        self._people = LakePeople(access)

    def shape(self, table: str) -> Shape:
        """Return the shape of a canonical table; `NotFound`."""
        return shape_of(_table(table).name)

    async def open(self, scope: TenantScope, table: str, at: Versions | None = None) -> LakeTableVersion:
        """Return a version by a fresh handle: the newest, or that of a moment; `NotFound` when it is gone."""
        await self._access.ensure_container(scope)
        options = await self._access.options(scope)
        known = _table(table)
        uri, wanted = table_uri(scope, table), at.table if at else None
        with translated():
            version, files = await asyncio.to_thread(_files, uri, options, wanted)
        links_version, people = await self._links(scope, at)
        versions = Versions(version, links_version)
        return LakeTableVersion(self._access, scope, known, versions, files, people)

    async def _links(self, scope: TenantScope, at: Versions | None) -> tuple[int, People]:
        if at is not None and at.links == NO_LINKS:
            return NO_LINKS, People(pl.DataFrame(schema=LINKS))
        try:
            version, links = await self._people.links(scope, at.links if at else None)
        except DeltaError as error:
            if at is None:
                raise
            raise NotFound from error
        return version, People(links)


def _table(name: str) -> Table:
    if name not in TableName:
        raise NotFound
    return TABLES[TableName(name)]


def shape_of(name: TableName) -> Shape:
    """Return the canonical table `name` as it may be asked for."""
    table = TABLES[name]
    columns = {column: _KINDS[kind] for column, kind in table.schema.items() if column not in _NOT_ASKED}
    usual = tuple(column for column in table.stated if column in columns)
    return Shape(table.name, columns, usual, table.people)


def _files(uri: str, options: dict[str, str], version: int | None) -> tuple[int, tuple[DataFile, ...]]:
    try:
        handle = DeltaTable(uri, version=version, storage_options=options)
    except TableNotFoundError:
        return _NO_VERSION, ()
    except DeltaError as error:
        if version is None:
            raise
        raise NotFound from error
    rows = pl.DataFrame(handle.get_add_actions(flatten=True))
    texts = [name.removeprefix(_LEAST) for name, kind in rows.schema.items() if _is_extreme(name, kind)]
    files = (_file(row, texts) for row in rows.iter_rows(named=True))
    return handle.version(), tuple(sorted(files, key=lambda file: file.path))


def _file(row: Mapping[str, Any], texts: Sequence[str]) -> DataFile:
    extremes = {name: (row[f"{_LEAST}{name}"], row[f"max.{name}"]) for name in texts}
    return DataFile(
        path=row["path"],
        size=row["size_bytes"],
        rows=row["num_records"],
        source=row[f"partition.{PARTITION}"],
        extremes={name: ends for name, ends in extremes.items() if None not in ends},
    )


def _is_extreme(name: str, kind: pl.DataType) -> bool:
    return name.startswith(_LEAST) and kind == pl.String()
