"""Fact tables for writing: Delta Lake through delta-rs, one transaction upon one snapshot.

delta-rs checks almost nothing: it commits a file that is missing, removes one that is not live, and resolves
a race by trying again on top of whatever came first. So automatic retries are off, and the callers check.
"""

import asyncio
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

import polars as pl
from deltalake import DeltaTable, Field, Schema
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError
from deltalake.schema import PrimitiveType
from deltalake.transaction import (
    AddAction,
    CommitProperties,
    PostCommitHookProperties,
    RemoveAction,
    Transaction,
)

from shared.ingestion.committing.ports import Inspection, LiveFile, TableChange, TableSnapshot
from shared.ingestion.ports import BlobFacts
from shared.ingestion.table_names import TableName
from shared.ingestion.tables import DECIMAL, PARTITION, TABLES, TIMESTAMP
from shared.kernel.clock import Clock
from shared.kernel.errors import PreconditionFailed
from shared.kernel.scope import TenantScope
from shared.platform.lake.access import LakeAccess, table_uri
from shared.platform.lake.errors import translated
from shared.platform.lake.kept import CommittedHandle, KeptHandle
from shared.platform.lake.newest import move_on
from shared.platform.lake.parts import inspect, rows_by_ingest
from shared.platform.lake.reached import ReachedVersions

DELTA_TYPES: Final[Mapping[pl.DataType, str]] = {
    pl.String(): "string",
    pl.Boolean(): "boolean",
    pl.Int32(): "integer",
    pl.Int64(): "long",
    DECIMAL: "decimal(18,4)",
    TIMESTAMP: "timestamp",
}

_TABLE_PROPERTIES: Final = {"delta.setTransactionRetentionDuration": "interval 90 days"}
"""After that, the ingests themselves remember that they were committed; those of sources never expire."""

_HOOKS: Final = PostCommitHookProperties(create_checkpoint=True, cleanup_expired_logs=False)

_LEAST: Final = "min."
_FOR_GOOD: Final = ("source:", "snapshot:")
_HOUR: Final = timedelta(hours=1)


class DeltaSnapshot:
    """One version of a table, by a handle that nobody else commits through.

    `kept` is what may be gone on with after a commit; None when nobody is to.
    """

    def __init__(self, table: TableName, handle: DeltaTable, kept: CommittedHandle | None = None) -> None:
        self.table = table
        self.handle = handle
        self.kept = kept
        self.version = handle.version()
        self.files = _live_files(handle)

    async def transactions(self, app_ids: Iterable[str]) -> dict[str, int]:
        """Return the versions that applications reached, without those that never committed."""
        every = None if self.kept is None else await self.kept.reached.at(self.version)
        if every is None:
            return await asyncio.to_thread(self._transactions, sorted(app_ids))
        return {app_id: every[app_id] for app_id in app_ids if app_id in every}

    def _transactions(self, app_ids: Iterable[str]) -> dict[str, int]:
        reached = {app_id: self.handle.transaction_version(app_id) for app_id in app_ids}
        return {app_id: version for app_id, version in reached.items() if version is not None}


class DeltaTables:
    """Implements `CommitTables` over the lake containers of one storage account."""

    def __init__(self, access: LakeAccess, clock: Clock) -> None:
        self._access = access
        self._clock = clock

    async def open(self, scope: TenantScope, table: TableName) -> DeltaSnapshot:
        """Return the newest version; creates container and table on first use, adds missing columns.

        The handle of the last commit is moved on. Until the next commit it is kept for readers only, so that
        nobody else commits through it.
        """
        kept = self._access.kept.committed.get(scope.key(table))
        self._access.kept.committed.forget(scope.key(table))
        with translated():
            if kept is not None and self._clock.now() < kept.shared.until:
                async with kept.shared.turn:
                    await move_on(self._access, scope, table, kept.shared)
                    return await asyncio.to_thread(DeltaSnapshot, table, kept.shared.handle, kept)
            until = self._access.kept.until()
            await self._access.ensure_container(scope)
            options = await self._access.options(scope, write=True)
            handle = await asyncio.to_thread(_opened, table_uri(scope, table), table, options)
            reached = ReachedVersions(self._access, scope, table)
            kept = CommittedHandle(KeptHandle(handle, until), reached)
            return await asyncio.to_thread(DeltaSnapshot, table, handle, kept)

    async def newest(self, scope: TenantScope, table: TableName) -> DeltaSnapshot | None:
        """Return the newest version by a fresh handle, None before the first commit."""
        handle = await self._newest(scope, table)
        if handle is None:
            return None
        with translated():
            return await asyncio.to_thread(DeltaSnapshot, table, handle)

    async def as_of(self, scope: TenantScope, table: TableName, version: int) -> DeltaSnapshot:
        """Return a past version."""
        options = await self._access.options(scope)
        uri = table_uri(scope, table)
        with translated():
            return await asyncio.to_thread(
                lambda: DeltaSnapshot(table, DeltaTable(uri, version=version, storage_options=options))
            )

    async def read_since(self, scope: TenantScope, table: str, age: timedelta) -> frozenset[str]:
        """Return the files that a version of the last `age` consists of, relative to the table's folder."""
        handle = await self._newest(scope, table)
        if handle is None:
            return frozenset()
        with translated():
            return await asyncio.to_thread(_read_since, handle, age)

    async def _newest(self, scope: TenantScope, table: str) -> DeltaTable | None:
        await self._access.ensure_container(scope)
        options = await self._access.options(scope, write=True)
        uri = table_uri(scope, table)
        with translated():
            try:
                return await asyncio.to_thread(lambda: DeltaTable(uri, storage_options=options))
            except TableNotFoundError:
                return None

    async def inspect(
        self, scope: TenantScope, table: TableName, path: str, columns: Collection[str]
    ) -> Inspection:
        """Read size, footer and extremes of a part; `NotFound`, or `InvalidInput` when it is no Parquet."""
        return await inspect(self._access, scope, f"{table}/{path}", columns)

    async def stored(self, scope: TenantScope, table: TableName, prefix: str) -> dict[str, BlobFacts]:
        """Return size and ETag of the blobs in the table's folder whose paths begin with `prefix`."""
        found = await self._access.stored(scope, f"{table}/{prefix}")
        return {path.removeprefix(f"{table}/"): facts for path, facts in found.items()}

    async def rows_by_ingest(self, scope: TenantScope, table: TableName, path: str) -> Mapping[str, int]:
        """Count the rows of a file by ingest; `NotFound`."""
        return await rows_by_ingest(self._access, scope, f"{table}/{path}")

    async def commit(self, scope: TenantScope, snapshot: TableSnapshot, change: TableChange) -> int:
        """Apply `change` right upon `snapshot`; `PreconditionFailed` when anybody committed since."""
        if not isinstance(snapshot, DeltaSnapshot):
            raise TypeError("the snapshot was not opened here")
        now, kept = int(self._clock.now().timestamp() * 1000), snapshot.kept
        with translated():
            if kept is None:
                await asyncio.to_thread(_commit, snapshot, change, now)
                return snapshot.version + 1
            async with kept.shared.turn:
                try:
                    await asyncio.to_thread(_commit, snapshot, change, now)
                except BaseException:
                    self._access.kept.forget(scope, snapshot.table)
                    raise
        kept.reached.committed(snapshot.version + 1, change.transactions)
        shared = replace(kept.shared, newest=snapshot.version + 1)
        self._access.kept.committed.put(scope.key(snapshot.table), replace(kept, shared=shared))
        self._access.kept.handles.put(scope.key(snapshot.table), shared)
        return snapshot.version + 1


def _opened(uri: str, table: TableName, options: dict[str, str]) -> DeltaTable:
    fields = _fields(table)
    try:
        handle = DeltaTable(uri, storage_options=options)
    except TableNotFoundError:
        handle = _create(uri, fields, options)
    known = {field.name for field in handle.schema().fields}
    missing = [field for field in fields if field.name not in known]
    if missing:
        handle.alter.add_columns(missing)
        handle = DeltaTable(uri, storage_options=options)
    return handle


def _create(uri: str, fields: list[Field], options: dict[str, str]) -> DeltaTable:
    try:
        return DeltaTable.create(
            uri,
            Schema(fields),
            mode="error",
            partition_by=[PARTITION],
            configuration=_TABLE_PROPERTIES,
            storage_options=options,
        )
    except DeltaError:
        # Another committer may have created it meanwhile; if it did not, opening says what is wrong.
        return DeltaTable(uri, storage_options=options)


def _fields(table: TableName) -> list[Field]:
    return [Field(name, PrimitiveType(DELTA_TYPES[kind])) for name, kind in TABLES[table].schema.items()]


def _live_files(handle: DeltaTable) -> tuple[LiveFile, ...]:
    actions = pl.DataFrame(handle.get_add_actions(flatten=True))
    texts = [name.removeprefix(_LEAST) for name, kind in actions.schema.items() if _is_extreme(name, kind)]
    return tuple(
        LiveFile(
            path=row["path"],
            size=row["size_bytes"],
            rows=row["num_records"],
            source=row[f"partition.{PARTITION}"],
            extremes={
                name: (row[f"{_LEAST}{name}"], row[f"max.{name}"])
                for name in texts
                if row[f"{_LEAST}{name}"] is not None
            },
        )
        for row in actions.iter_rows(named=True)
    )


def _is_extreme(name: str, kind: pl.DataType) -> bool:
    return name.startswith(_LEAST) and kind == pl.String()


def _read_since(handle: DeltaTable, age: timedelta) -> frozenset[str]:
    """Return the live files and those removed at most `age` ago: all that the log names but older ones."""
    live = pl.DataFrame(handle.get_add_actions())["path"]
    every = handle.vacuum(retention_hours=0, dry_run=True, enforce_retention_duration=False)
    older = handle.vacuum(retention_hours=int(age / _HOUR), dry_run=True, enforce_retention_duration=False)
    return frozenset(live) | (frozenset(every) - frozenset(older))


def _commit(snapshot: DeltaSnapshot, change: TableChange, now: int) -> None:
    handle = snapshot.handle
    if handle.version() != snapshot.version:
        # A reader has moved it on: somebody else committed.
        raise PreconditionFailed
    actions: list[AddAction | RemoveAction] = [
        _add(file, now, changes=change.changes_data) for file in change.additions
    ]
    actions += [
        RemoveAction(
            file.path,
            data_change=change.changes_data,
            deletion_timestamp=now,
            size=file.size,
            partition_values={PARTITION: file.source},
        )
        for file in change.removals
    ]
    # Those of sources must outlive the retention of application transactions: without a time they do.
    reached = [
        Transaction(app_id, version, None if app_id.startswith(_FOR_GOOD) else now)
        for app_id, version in change.transactions.items()
    ]
    try:
        handle.create_write_transaction(
            actions,
            mode="append",
            schema=handle.schema(),
            partition_by=[PARTITION],
            commit_properties=CommitProperties(max_commit_retries=0, app_transactions=reached),
            post_commithook_properties=_HOOKS,
        )
    except CommitFailedError as error:
        raise PreconditionFailed from error


def _add(file: LiveFile, now: int, *, changes: bool) -> AddAction:
    statistics = {
        "numRecords": file.rows,
        "minValues": {name: least for name, (least, _) in file.extremes.items()},
        "maxValues": {name: greatest for name, (_, greatest) in file.extremes.items()},
        "nullCount": {"ingest_id": 0},
    }
    return AddAction(
        path=file.path,
        size=file.size,
        partition_values={PARTITION: file.source},
        modification_time=now,
        data_change=changes,
        stats=json.dumps(statistics),
    )
