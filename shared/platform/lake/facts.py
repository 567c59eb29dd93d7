"""Fact tables for reading: the files of a snapshot, scanned in place by Polars."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl
from deltalake import DeltaTable

from shared.analytics.ports import FactFile
from shared.analytics.structure import Structure
from shared.ingestion.tables import RESULTS, Table
from shared.kernel.scope import TenantScope
from shared.platform.blob.lake import container_of
from shared.platform.lake.access import LakeAccess
from shared.platform.lake.errors import translated
from shared.platform.lake.newest import of_newest
from shared.platform.lake.people import LakePeople
from shared.platform.lake.small_parts import MOST_AT_ONCE, small_parts
from shared.platform.lake.structure import LakeStructure

_NO_VERSION: Final = -1
_BEYOND: Final = "\U0010ffff"
"""No text comes after it."""
_FEW: Final = 1_000_000
"""Bytes of files that are kept whole of a large table: those that came last."""


@dataclass(frozen=True, slots=True)
class LakeSnapshot:
    """One version of the facts of a tenant. Holds no handle: each scan signs its own access."""

    version: int
    files: tuple[FactFile, ...]
    _access: LakeAccess
    _scope: TenantScope
    _links: pl.DataFrame
    _schema: pl.Schema

    async def scan(self, paths: Sequence[str]) -> pl.LazyFrame:
        """Return a lazy frame over the rows of files, without tombstones; learners as the roster knows them.

        A part that was written before a column existed has nulls in it. `row` is the position among all
        rows of the files, tombstones included.
        """
        if not paths:
            return pl.LazyFrame(schema={"row": pl.UInt32(), **self._schema})
        rows = pl.scan_parquet(
            await self._whole(paths) or [f"az://{container_of(self._scope)}/{path}" for path in paths],
            schema=self._schema,
            missing_columns="insert",
            hive_partitioning=False,
            row_index_name="row",
            storage_options=await self._access.options(self._scope),
        ).filter(~pl.col("deleted").fill_null(value=False))
        return rows if self._links.is_empty() else self._resolved(rows)

    async def _whole(self, paths: Sequence[str]) -> list[bytes] | None:
        """Return files that are kept whole: few small ones, and all of a small table; None for others."""
        sizes = {file.path: file.size for file in self.files}
        wanted = [(path, sizes.get(path)) for path in paths]
        if _together(size for _, size in wanted) > _FEW and _together(sizes.values()) > MOST_AT_ONCE:
            return None
        with translated():
            return await small_parts(self._access, self._scope, wanted)

    def _resolved(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """Put the person of the roster in the place of each learner who is linked to one."""
        linked = rows.join(self._links.lazy(), on="learner", how="left")
        return linked.with_columns(pl.coalesce("person", "learner").alias("learner")).drop("person")

    async def collect(self, frame: pl.LazyFrame) -> pl.DataFrame:
        """Compute a frame made from a scan, off the event loop; `NotFound` for a file that is gone."""
        with translated():
            return await asyncio.to_thread(frame.collect, engine="streaming")


class LakeFacts:
    """Implements `Facts` of one table over the lake containers of one storage account.

    Files know the range of the values in column `found_by`.
    """

    def __init__(self, access: LakeAccess, table: Table = RESULTS, found_by: str = "course") -> None:
        self._access = access
        self._table = table
        self._found_by = found_by
        self._people = LakePeople(access)
        self._structure = LakeStructure(access)

    async def snapshot(self, scope: TenantScope) -> LakeSnapshot:
        """Return the newest version; version -1, without files, before the first commit."""
        found = await of_newest(self._access, scope, self._table.name, self._files)
        version, files = found or (_NO_VERSION, ())
        _, links = await self._people.links(scope)
        resolving = links.select("learner", "person")
        return LakeSnapshot(version, files, self._access, scope, resolving, self._table.schema)

    async def structure(self, scope: TenantScope) -> Structure:
        """Return where results belong, as the newest versions of its tables say; empty without any."""
        return await self._structure.read(scope)

    def _files(self, handle: DeltaTable) -> tuple[int, tuple[FactFile, ...]]:
        rows = pl.DataFrame(handle.get_add_actions(flatten=True)).iter_rows(named=True)
        return handle.version(), tuple(sorted(map(self._file, rows), key=lambda file: file.path))

    def _file(self, row: dict[str, Any]) -> FactFile:
        # Without extremes (nothing but tombstones, or from before they were kept) a file may hold anything.
        first, last = (row.get(f"{end}.{self._found_by}") for end in ("min", "max"))
        oldest, newest = (row.get(f"{end}.ingest_id") for end in ("min", "max"))
        return FactFile(
            f"{self._table.name}/{row['path']}",
            row["num_records"],
            first or "",
            last or _BEYOND,
            owner=oldest if oldest == newest else None,
            size=row["size_bytes"],
        )


def _together(sizes: Iterable[int | None]) -> int:
    return sum(size or 0 for size in sizes)
