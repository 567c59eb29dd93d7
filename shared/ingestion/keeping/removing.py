"""Removes rows whose time is over: expired ones, and tombstones that no late news can meet any more.

Like compaction it commits right upon what it read and loses every race. All files of a source are looked at
for one transaction, so that an ingest goes whole and a later correction finds what its manifest says.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import polars as pl

from shared.ingestion.committing.merge_ports import RowStore
from shared.ingestion.committing.ports import LiveFile, TableChange, TableSnapshot
from shared.ingestion.keeping.horizons import Horizons
from shared.ingestion.keeping.ports import Deletions, KeptTables, Readers, Removal, RemovalNotes
from shared.ingestion.table_names import TableName
from shared.kernel.clock import Clock
from shared.kernel.errors import PreconditionFailed
from shared.kernel.ids import least_id, new_id, uuid7_at
from shared.kernel.scope import TenantScope

_FILES_AT_ONCE: Final = 200
_GIVEN_UP_AFTER: Final = timedelta(hours=1)
"""When whoever noted a removal has certainly tried it, or never will."""


@dataclass(frozen=True, slots=True)
class Removed:
    """Rows that went, and how many transactions took them."""

    rows: int = 0
    transactions: int = 0


@dataclass(frozen=True, slots=True)
class _Going:
    """A file that loses rows: all of them, where nothing is left."""

    file: LiveFile
    left: LiveFile | None
    expired: tuple[str, ...]
    """The ingests of which rows expired; of others it loses tombstones only."""

    @property
    def rows(self) -> int:
        return self.file.rows - (self.left.rows if self.left else 0)


class Remover:
    """Removes rows of one tenant at a time."""

    def __init__(  # noqa: PLR0913, PLR0917 - the one place where removing is put together
        self,
        tables: KeptTables,
        store: RowStore,
        notes: RemovalNotes,
        readers: Readers,
        audit: Deletions,
        clock: Clock,
    ) -> None:
        self._tables = tables
        self._store = store
        self._notes = notes
        self._readers = readers
        self._audit = audit
        self._clock = clock

    async def finish(self, scope: TenantScope) -> None:
        """Do what has to follow removals that a crash cut off."""
        for removal in await self._notes.noted(scope):
            await self._follow(scope, removal)

    async def remove(self, scope: TenantScope, horizons: Horizons) -> Removed:
        """Remove what is over from every table; one committed to meanwhile waits for the next time."""
        done = Removed()
        for table in TableName:
            snapshot = await self._tables.newest(scope, table)
            for batch in _batches(table, snapshot.files, horizons) if snapshot else ():
                going = [gone for file in batch if (gone := await self._going(scope, table, file, horizons))]
                if not going:
                    continue
                snapshot = await self._tables.newest(scope, table)
                if snapshot is None or not await self._commit(scope, table, snapshot, going):
                    break
                done = Removed(done.rows + sum(it.rows for it in going), done.transactions + 1)
        return done

    async def _going(
        self, scope: TenantScope, table: TableName, file: LiveFile, horizons: Horizons
    ) -> _Going | None:
        least, greatest = file.extremes["ingest_id"]
        horizon = horizons.of_source(file.source)
        if least == greatest < horizon:
            return _Going(file, None, (least,))
        stays = horizons.staying(file.source, table)
        owners = await self._store.read(
            scope, table, [file.path], lambda rows: rows.filter(~stays).select("ingest_id").unique()
        )
        if owners.is_empty():
            return None
        expired = owners.to_series().sort().to_list()
        left = await self._left(scope, table, file, stays)
        return _Going(file, left, tuple(owner for owner in expired if owner < horizon))

    async def _left(
        self, scope: TenantScope, table: TableName, file: LiveFile, stays: pl.Expr
    ) -> LiveFile | None:
        """Write what is left of a file, under a name that never was: nobody else may be about to use it."""
        left = await self._store.read(
            scope, table, [file.path], lambda rows: rows.filter(stays).drop("file", "row")
        )
        if left.is_empty():
            return None
        path = f"source={file.source}/kept-{new_id()}.parquet"
        seen = await self._store.write(scope, table, path, left, sorted(file.extremes))
        return LiveFile(path, seen.size, seen.rows, file.source, seen.extremes)

    async def _commit(
        self, scope: TenantScope, table: TableName, snapshot: TableSnapshot, going: Sequence[_Going]
    ) -> bool:
        """Commit and do what follows; False when somebody else committed since the files were looked at."""
        removals = tuple(it.file for it in going)
        if not {file.path for file in removals} <= {file.path for file in snapshot.files}:
            return False
        removal = _removal(table, going, self._clock.now())
        await self._notes.note(scope, removal)
        additions = tuple(it.left for it in going if it.left)
        change = TableChange(additions, removals, {removal.transaction: snapshot.version + 1})
        try:
            await self._tables.commit(scope, snapshot, change)
        except PreconditionFailed:
            await self._notes.forget(scope, removal)
            return False
        await self._follow(scope, removal)
        return True

    async def _follow(self, scope: TenantScope, removal: Removal) -> None:
        """Tell audit and readers of a removal that took place; forget it, or one that never will."""
        snapshot = await self._tables.newest(scope, removal.table)
        reached = await snapshot.transactions([removal.transaction]) if snapshot else {}
        version = reached.get(removal.transaction)
        if version is None:
            if removal.id < least_id(self._clock.now() - _GIVEN_UP_AFTER):
                await self._notes.forget(scope, removal)
            return
        for deletion in removal.deletions:
            action, _, obj = deletion.partition(" ")
            await self._audit.allowed(scope, action, obj)
        if removal.table is TableName.PERSON:
            await self._readers.relink(scope)
        paths = [f"{removal.table}/{path}" for path in removal.paths]
        await self._readers.refold(scope, removal.table, paths, version)
        await self._notes.forget(scope, removal)


def _batches(table: TableName, files: Sequence[LiveFile], horizons: Horizons) -> Iterator[list[LiveFile]]:
    """Yield the old files of so many whole sources as one transaction takes."""
    by_source: dict[str, list[LiveFile]] = {}
    for file in sorted(files, key=lambda file: file.path):
        if file.extremes["ingest_id"][0] < horizons.first(file.source, table):
            by_source.setdefault(file.source, []).append(file)
    batch: list[LiveFile] = []
    for old in by_source.values():
        batch += old
        if len(batch) >= _FILES_AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _removal(table: TableName, going: Sequence[_Going], now: datetime) -> Removal:
    expired = sorted({owner for it in going for owner in it.expired})
    cleared = sorted({it.file.source for it in going if it.left or not it.expired})
    deletions = [f"retention.expire ingest:{owner}" for owner in expired]
    deletions += [f"tombstones.drop source:{source}" for source in cleared]
    paths = tuple(it.file.path for it in going)
    return Removal(uuid7_at(int(now.timestamp() * 1000)), table, paths, tuple(deletions))
