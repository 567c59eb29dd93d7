"""Handles that stay open between commits and folds see what is new, and go before their access ends."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import polars as pl
import pytest

from shared.ingestion.committing.ports import TableChange
from shared.ingestion.table_names import TableName
from shared.kernel.errors import PreconditionFailed
from shared.platform.blob.account import BlobAccount
from shared.platform.blob.lake import AzureLakeBlobs
from shared.platform.lake.access import LakeAccess
from shared.platform.lake.facts import LakeFacts
from shared.platform.lake.folders import Folders
from shared.platform.lake.kept import LIFETIME
from shared.platform.lake.tables import DeltaTables
from shared.platform.lake.whole import read_whole
from tests.fixtures.facts import scope_of
from tests.fixtures.messaging import FixedClock

CHANGE = TableChange(additions=(), removals=(), transactions={"test": 1})


async def test_commits_go_on_with_one_handle_for_as_long_as_its_access_holds(account: BlobAccount) -> None:
    clock = FixedClock(datetime.now(UTC) - LIFETIME)
    access = LakeAccess(account, clock)
    scope, tables = scope_of(f"t-{uuid4().hex[:12]}"), DeltaTables(access, clock)
    first = await tables.open(scope, TableName.RESULTS)
    await tables.commit(scope, first, CHANGE)
    second = await tables.open(scope, TableName.RESULTS)
    assert (second.handle, second.version) == (first.handle, first.version + 1)
    await tables.commit(scope, second, CHANGE)
    clock.advance(LIFETIME)
    third = await tables.open(scope, TableName.RESULTS)
    assert third.handle is not first.handle
    assert third.version == second.version + 1


async def test_nobody_else_gets_the_handle_of_who_commits(account: BlobAccount) -> None:
    clock = FixedClock(datetime.now(UTC) - timedelta(minutes=1))
    access = LakeAccess(account, clock)
    scope, tables = scope_of(f"t-{uuid4().hex[:12]}"), DeltaTables(access, clock)
    await tables.commit(scope, await tables.open(scope, TableName.RESULTS), CHANGE)
    one, other = [await tables.open(scope, TableName.RESULTS) for _ in range(2)]
    assert one.handle is not other.handle


async def test_a_handle_knows_what_others_committed_as_the_log_tells_it(account: BlobAccount) -> None:
    clock = FixedClock(datetime.now(UTC) - timedelta(minutes=1))
    scope = scope_of(f"t-{uuid4().hex[:12]}")
    one, other = (DeltaTables(LakeAccess(account, clock), clock) for _ in range(2))
    for number, tables in enumerate((one, one, other, one, other, other, one)):
        opened = await tables.open(scope, TableName.RESULTS)
        reached = {f"ingest:{number}": number, "source:all": number}
        if number == 4:
            await asyncio.to_thread(opened.handle.create_checkpoint)
        await tables.commit(scope, opened, TableChange((), (), reached))
        fresh = await DeltaTables(LakeAccess(account, clock), clock).open(scope, TableName.RESULTS)
        by_delta = await tables.newest(scope, TableName.RESULTS)
        ids = [*(f"ingest:{n}" for n in range(8)), "source:all"]
        assert by_delta is not None
        assert await fresh.transactions(ids) == await by_delta.transactions(ids)
        kept = await tables.open(scope, TableName.RESULTS)
        assert await kept.transactions(ids) == await by_delta.transactions(ids)
        await tables.commit(scope, kept, CHANGE)


async def test_a_reader_that_stays_open_sees_each_commit(account: BlobAccount) -> None:
    clock = FixedClock(datetime.now(UTC) - timedelta(minutes=1))
    access = LakeAccess(account, clock)
    scope, tables, facts = scope_of(f"t-{uuid4().hex[:12]}"), DeltaTables(access, clock), LakeFacts(access)
    assert (await facts.snapshot(scope)).version == -1
    for _ in range(3):
        opened = await tables.open(scope, TableName.RESULTS)
        await tables.commit(scope, opened, CHANGE)
        assert (await facts.snapshot(scope)).version == opened.version + 1


async def test_a_table_that_another_makes_meanwhile_is_seen_by_who_reads_several_next(
    account: BlobAccount,
) -> None:
    clock = FixedClock(datetime.now(UTC) - timedelta(minutes=1))
    scope = scope_of(f"t-{uuid4().hex[:12]}")
    mine, others = (LakeAccess(account, clock) for _ in range(2))
    schema = pl.Schema({"org": pl.String()})

    async def version(table: TableName, folders: Folders) -> int:
        return (await read_whole(mine, scope, table, schema, folders=folders))[0]

    both = (TableName.ORG, TableName.COURSE)
    before = Folders(mine)
    assert [await version(table, before) for table in both] == [-1, -1]
    tables = DeltaTables(others, clock)
    await tables.commit(scope, await tables.open(scope, TableName.ORG), CHANGE)
    await AzureLakeBlobs(account).create(
        scope, f"{TableName.COURSE}/source=sis/part.parquet", b"not committed"
    )
    after = Folders(mine)
    assert [await version(table, after) for table in both] == [1, -1]


async def test_what_a_reader_saw_meanwhile_is_not_committed_upon(account: BlobAccount) -> None:
    clock = FixedClock(datetime.now(UTC) - timedelta(minutes=1))
    access = LakeAccess(account, clock)
    scope, tables, facts = scope_of(f"t-{uuid4().hex[:12]}"), DeltaTables(access, clock), LakeFacts(access)
    await tables.commit(scope, await tables.open(scope, TableName.RESULTS), CHANGE)
    opened = await tables.open(scope, TableName.RESULTS)
    other = DeltaTables(LakeAccess(account, clock), clock)
    await other.commit(scope, await other.open(scope, TableName.RESULTS), CHANGE)
    assert (await facts.snapshot(scope)).version == opened.version + 1
    with pytest.raises(PreconditionFailed):
        await tables.commit(scope, opened, CHANGE)
    again = await tables.open(scope, TableName.RESULTS)
    assert again.version == opened.version + 1
    await tables.commit(scope, again, CHANGE)
    assert (await facts.snapshot(scope)).version == again.version + 1


async def test_who_reads_by_the_handle_of_a_commit_gives_it_up_with_its_access(account: BlobAccount) -> None:
    clock = FixedClock(datetime.now(UTC) - LIFETIME)
    access = LakeAccess(account, clock)
    scope, tables, facts = scope_of(f"t-{uuid4().hex[:12]}"), DeltaTables(access, clock), LakeFacts(access)
    await tables.commit(scope, await tables.open(scope, TableName.RESULTS), CHANGE)
    clock.advance(LIFETIME / 2)
    await tables.commit(scope, await tables.open(scope, TableName.RESULTS), CHANGE)
    held = access.kept.handle(scope, TableName.RESULTS)
    clock.advance(LIFETIME / 2)
    version = (await facts.snapshot(scope)).version
    opened = access.kept.handle(scope, TableName.RESULTS)
    assert held is not None and opened is not None
    assert opened.handle is not held.handle
    assert opened.handle.version() == version == 2
