"""Compaction: many small files of one source become few, and no row comes, goes or changes.

Each batch is one transaction upon the snapshot it was read from. It loses every race against a commit, and
what it wrote then is never seen; the next round starts over from what is there.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from shared.ingestion.committing.merge_ports import RowStore
from shared.ingestion.committing.ports import LiveFile, TableChange, TableSnapshot
from shared.ingestion.table_names import TableName
from shared.ingestion.tables import TABLES
from shared.kernel.errors import Conflict, PreconditionFailed
from shared.kernel.ids import new_id
from shared.kernel.scope import TenantScope

if TYPE_CHECKING:
    import polars as pl

_SORTED_BY: Final = ("course", "learner")
"""By these files are told apart; a table without them is sorted by its first column."""


@dataclass(frozen=True, slots=True)
class CompactionPolicy:
    """Files of at most `small` rows are merged, at least `fewest` at once, into files of at most `rows`."""

    small: int = 250_000
    fewest: int = 4
    rows: int = 1_000_000


class CompactedTables(Protocol):
    """The tables of a tenant, as compaction sees them."""

    async def newest(self, scope: TenantScope, table: TableName) -> TableSnapshot | None:
        """Return the newest version by a fresh handle, None before the first commit."""
        ...

    async def commit(self, scope: TenantScope, snapshot: TableSnapshot, change: TableChange) -> int:
        """Apply `change` right upon `snapshot`; `PreconditionFailed` when anybody committed since."""
        ...


@dataclass(frozen=True, slots=True)
class Compacted:
    """How many files became how many."""

    files: int = 0
    into: int = 0


def batches(files: Sequence[LiveFile], policy: CompactionPolicy) -> Iterator[tuple[LiveFile, ...]]:
    """Yield the files to merge with each other: small ones of one source, in a fixed order."""
    by_source: dict[str, list[LiveFile]] = {}
    for file in sorted(files, key=lambda file: file.path):
        if file.rows <= policy.small:
            by_source.setdefault(file.source, []).append(file)
    for small in by_source.values():
        yield from (batch for batch in _runs(small, policy.rows) if len(batch) >= policy.fewest)


def _runs(files: Sequence[LiveFile], rows: int) -> Iterator[tuple[LiveFile, ...]]:
    run: list[LiveFile] = []
    for file in files:
        if run and sum(one.rows for one in run) + file.rows > rows:
            yield tuple(run)
            run = []
        run.append(file)
    yield tuple(run)


class Compactor:
    """Compacts the tables of one tenant at a time."""

    def __init__(
        self, tables: CompactedTables, store: RowStore, policy: CompactionPolicy | None = None
    ) -> None:
        self._tables = tables
        self._store = store
        self._policy = policy or CompactionPolicy()

    async def compact(self, scope: TenantScope) -> Compacted:
        """Merge small files of every table; one that is committed to meanwhile waits for the next time."""
        files = into = 0
        for table in TableName:
            snapshot = await self._tables.newest(scope, table)
            for batch in list(batches(snapshot.files, self._policy)) if snapshot else ():
                current = await self._tables.newest(scope, table)
                if current is None or not set(_paths(batch)) <= set(_paths(current.files)):
                    break
                if not await self._merge(scope, table, current, batch):
                    break
                files, into = files + len(batch), into + 1
        return Compacted(files, into)

    async def _merge(
        self, scope: TenantScope, table: TableName, snapshot: TableSnapshot, batch: Sequence[LiveFile]
    ) -> bool:
        """Replace a batch by one file; False when somebody else committed first."""
        rows = await self._store.read(scope, table, _paths(batch), lambda found: _sorted(found, table))
        if rows.height != sum(file.rows for file in batch):
            raise Conflict(f"table {table}: the files hold other rows than the log says")
        source = batch[0].source
        # A name that never was: a vacuum may be about to delete what an attempt that failed has left.
        path = f"source={source}/compacted-{new_id()}.parquet"
        columns = sorted({name for file in batch for name in file.extremes})
        seen = await self._store.write(scope, table, path, rows, columns)
        merged = LiveFile(path, seen.size, seen.rows, source, seen.extremes)
        try:
            await self._tables.commit(
                scope, snapshot, TableChange((merged,), tuple(batch), {}, changes_data=False)
            )
        except PreconditionFailed:
            return False
        return True


def _paths(files: Sequence[LiveFile]) -> list[str]:
    return [file.path for file in files]


def _sorted(rows: "pl.LazyFrame", table: TableName) -> "pl.LazyFrame":
    present = [name for name in _SORTED_BY if name in TABLES[table].schema]
    order = present or [next(iter(TABLES[table].stated))]
    return rows.drop("file", "row").sort(*order, "ingest_id", "chunk", "record", maintain_order=True)
