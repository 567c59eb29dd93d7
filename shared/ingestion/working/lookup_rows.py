"""Gathers what a chunk looks up in: the rows of the other part in its own file, else committed ones.

A file of changes may name a line item that an older file stated. Such rows are read in the versions of the
tables that the plan pinned, so that a chunk gives the same facts whenever it is worked.
"""

import asyncio
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, Protocol

import polars as pl

from shared.ingestion import policies
from shared.ingestion.committing.merge_ports import RowStore
from shared.ingestion.committing.merging import NEWEST_LAST
from shared.ingestion.committing.ports import LiveFile, TableSnapshot
from shared.ingestion.mapping.feed import Mapping
from shared.ingestion.mapping.parts import Lookup
from shared.ingestion.model import Ingest, Plan
from shared.ingestion.reading.chunks import read
from shared.ingestion.reading.planned_lines import PlannedLines
from shared.ingestion.table_names import TableName
from shared.ingestion.tables import TABLES
from shared.ingestion.working.binding import Binding
from shared.ingestion.working.lookups import sought
from shared.ingestion.working.work import Task, normalise
from shared.kernel.clock import Clock
from shared.kernel.recent import Recent
from shared.kernel.scope import TenantScope

_KEPT: Final = 2
"""Files whose lookups are held in memory: chunks of two dumps may take turns."""
_KEPT_FOR: Final = timedelta(minutes=5)


class PinnedTables(Protocol):
    """The tables of a tenant, as lookups see them."""

    async def newest(self, scope: TenantScope, table: TableName) -> TableSnapshot | None:
        """Return the newest version by a fresh handle, None before the first commit."""
        ...

    async def as_of(self, scope: TenantScope, table: TableName, version: int) -> TableSnapshot:
        """Return a past version."""
        ...


@dataclass(frozen=True, slots=True)
class _Other:
    """What is to be known of another part: its rows in the file, and the committed files of its table."""

    stated: pl.DataFrame
    committed: tuple[LiveFile, ...]


class LookupRows:
    """The rows that chunks look up in. What the chunks of a file share is read once, not with each."""

    def __init__(self, lines: PlannedLines, tables: PinnedTables, store: RowStore, clock: Clock) -> None:
        self._lines = lines
        self._tables = tables
        self._store = store
        self._others: Recent[str, _Other] = Recent(clock, _KEPT_FOR, _KEPT)

    async def pins(self, scope: TenantScope, mapping: Mapping, parts: Iterable[str]) -> dict[TableName, int]:
        """Return the versions of the tables that parts of a file may look up in."""
        looking = [mapping.by_part[part] for part in parts]
        wanted = {mapping.by_part[part.lookup.part].table for part in looking if part.lookup}
        newest = {table: await self._tables.newest(scope, table) for table in sorted(wanted)}
        return {table: snapshot.version for table, snapshot in newest.items() if snapshot}

    async def known(
        self, scope: TenantScope, ingest: Ingest, plan: Plan, task: Task, data: bytes | None
    ) -> pl.DataFrame | None:
        """Return the rows that the task's chunk looks up in, None when its part looks up nothing.

        `data` are the bytes of the chunk; None, when they are better not read here, asks for all rows.
        `FileRefused` when there are more rows than a worker shall hold.
        """
        lookup = task.part.lookup
        if lookup is None:
            return None
        other = await self._other(scope, ingest, plan, task, lookup)
        keys = None if data is None else await asyncio.to_thread(_sought, data, task, lookup)
        if keys is not None:
            keys = keys.filter(~keys.is_in(other.stated[lookup.on].implode()))
        files = [file for file in other.committed if keys is None or file.may_hold(lookup.on, keys.to_list())]
        if not files:
            return other.stated
        if keys is None:
            policies.check_lookup(lookup.part, sum(file.size for file in files))
        table = task.mapping.by_part[lookup.part].table
        query = _Committed(task.mapping.id, lookup, keys)
        found = await self._store.read(scope, table, [file.path for file in files], query)
        return pl.concat([found.select(other.stated.columns), other.stated])

    async def _other(
        self, scope: TenantScope, ingest: Ingest, plan: Plan, task: Task, lookup: Lookup
    ) -> _Other:
        table = task.mapping.by_part[lookup.part].table
        version = plan.references.get(table)
        pins = f"{task.mapping.id} {task.mapping.version} {version}"
        key = scope.key("lookup", ingest.id, task.part.name, pins)
        other = self._others.get(key)
        if other is None:
            stated = await self._stated(scope, ingest, plan, task, lookup)
            snapshot = None if version is None else await self._tables.as_of(scope, table, version)
            other = _Other(stated, snapshot.files if snapshot else ())
            self._others.put(key, other)
        return other

    async def _stated(
        self, scope: TenantScope, ingest: Ingest, plan: Plan, task: Task, lookup: Lookup
    ) -> pl.DataFrame:
        """Return what the file itself states, the columns that are taken only."""
        chunks = [chunk for chunk in plan.chunks if plan.member_of(chunk).part == lookup.part]
        policies.check_lookup(lookup.part, sum(chunk.length for chunk in chunks))
        columns = _columns(lookup)
        schema = TABLES[task.mapping.by_part[lookup.part].table].schema
        found = [pl.DataFrame(schema={name: schema[name] for name in columns})]
        for chunk in chunks:
            member = plan.member_of(chunk)
            data = await self._lines.of(scope, ingest, member).read(chunk.offset, chunk.length)
            work = await asyncio.to_thread(normalise, data, replace(task, chunk=chunk, member=member))
            found.append(work.facts.select(columns))
        return pl.concat(found).unique(lookup.on, keep="last", maintain_order=True)


@dataclass(frozen=True, slots=True)
class _Committed:
    """The query for committed rows of a feed: the newest of each key that is no tombstone."""

    feed: str
    lookup: Lookup
    keys: pl.Series | None

    def __call__(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        on = self.lookup.on
        asked = pl.lit(value=True) if self.keys is None else pl.col(on).is_in(self.keys.implode())
        newest = rows.filter(pl.col("feed") == self.feed, asked).sort(NEWEST_LAST, nulls_last=False)
        last = newest.unique(on, keep="last", maintain_order=True)
        return last.filter(~pl.col("deleted").fill_null(value=False)).select(_columns(self.lookup))


def _columns(lookup: Lookup) -> list[str]:
    return list(dict.fromkeys([lookup.on, *lookup.take.values()]))


def _sought(data: bytes, task: Task, lookup: Lookup) -> pl.Series:
    binding = Binding(task.part, task.mapping.missing, task.member.layout)
    columns: Collection[int] = [binding.positions[lookup.on]]
    return sought(read(data, task.chunk, binding.layout, columns).rows, lookup, binding)
