"""Keeping against Azurite and a Cosmos dialect, or real accounts: rows, rollups and blobs go together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from shared.analytics.folding.fold import Folder
from shared.analytics.model import course_shard
from shared.ingestion.keeping.keeper import Keeper
from shared.ingestion.keeping.landed import LandedFiles
from shared.ingestion.keeping.removing import Remover
from shared.ingestion.keeping.vacuuming import Vacuum
from shared.ingestion.linking.matching import LINKS
from shared.ingestion.mapping.catalogue import Catalogue
from shared.ingestion.table_names import LINK_TABLE, TableName
from shared.kernel.ids import uuid7_at
from shared.kernel.scope import TenantScope
from shared.platform.blob.account import BlobAccount
from shared.platform.blob.kept import AzureKeptBlobs, AzureLandedBlobs
from shared.platform.cosmos.keeping import CosmosKeptIngests, CosmosRemovalNotes
from shared.platform.lake.people import LakePeople
from shared.platform.lake.rows import LakeRows
from tests.contract.lake.conftest import CLOCK, District, Districts
from tests.fixtures.commits import part_path
from tests.fixtures.facts import fact, ingest_id, learner_id
from tests.fixtures.keeping import Told

ANCIENT = uuid7_at(1_400_000_000_000)
LATELY, WAITING = ingest_id(0), ingest_id(1)
SOURCE = "canvas-gradebook.algebra"


@dataclass(frozen=True, slots=True)
class _Folding:
    """`Readers` whose rollups are real."""

    folder: Folder

    async def refold(
        self, scope: TenantScope, table: TableName, paths: Sequence[str], table_version: int
    ) -> None:
        assert table is TableName.RESULTS
        await self.folder.refold(scope, paths, table_version)

    async def relink(self, scope: TenantScope) -> None:
        raise AssertionError(scope)


def _keeper(district: District, account: BlobAccount, told: Told) -> Keeper:
    notes, ingests = CosmosRemovalNotes(district.ingests), CosmosKeptIngests(district.ingests)
    folder = Folder(district.facts, district.rollups)
    rows = LakeRows(district.access)
    remover = Remover(district.tables, rows, notes, _Folding(folder), told, CLOCK)
    vacuum = Vacuum(district.tables, AzureKeptBlobs(account), ingests, told)
    landed = LandedFiles(district.tables, AzureLandedBlobs(account), ingests, told)
    return Keeper(ingests, remover, vacuum, landed, Catalogue.built_in(), CLOCK)


async def test_expired_rows_leave_table_and_rollups_and_another_tenant_keeps_everything(
    districts: Districts, account: BlobAccount
) -> None:
    mine, other = districts.new(), districts.new()
    for district in (mine, other):
        await district.work(
            ANCIENT, SOURCE, [fact(ANCIENT, learner_id(n), "algebra", source=SOURCE) for n in range(3)]
        )
        await district.commit(ANCIENT)
        await district.fold(ANCIENT)
    theirs = await other.rollups.find(other.scope, course_shard("algebra"), "overview")

    kept = await _keeper(mine, account, Told()).keep(mine.scope)

    assert (kept.removed.rows, await mine.live()) == (3, [])
    assert (await mine.rollups.head(mine.scope, course_shard("algebra"))).pages == frozenset()
    assert await other.live() != []
    assert await other.rollups.find(other.scope, course_shard("algebra"), "overview") == theirs


async def test_files_of_the_last_days_and_of_open_ingests_are_read_still(
    district: District, account: BlobAccount
) -> None:
    parts = await district.work(ANCIENT, SOURCE, [fact(ANCIENT, learner_id(1), source=SOURCE)])
    await district.commit(ANCIENT)
    orphan = await district.put(part_path(SOURCE, LATELY, 0), [fact(LATELY, learner_id(1), source=SOURCE)])
    await district.work(WAITING, SOURCE, [fact(WAITING, learner_id(1), source=SOURCE)])

    await _keeper(district, account, Told()).keep(district.scope)

    paths = [blob.path async for blob in AzureKeptBlobs(account).under(district.scope, "results/source=")]
    assert {parts[0].path, orphan.path} <= set(paths)
    read = await district.tables.read_since(district.scope, TableName.RESULTS, timedelta(days=7))
    assert read == {parts[0].path.removeprefix("results/")}
    assert await district.tables.read_since(district.scope, TableName.RESULTS, timedelta()) == frozenset()
    assert set(await CosmosKeptIngests(district.ingests).open(district.scope)) == {ANCIENT, WAITING}


async def test_links_of_the_last_days_are_read_still(district: District, account: BlobAccount) -> None:
    people = LakePeople(district.access)
    for learner in ("l1", "l2"):
        link = dict.fromkeys(LINKS, "x") | {"learner": learner}
        await people.replace_links(district.scope, pl.DataFrame([link], schema=LINKS))

    folder = f"{LINK_TABLE}/"
    files = [blob.path async for blob in AzureKeptBlobs(account).under(district.scope, f"{folder}part-")]
    lately = await district.tables.read_since(district.scope, LINK_TABLE, timedelta(days=7))
    now = await district.tables.read_since(district.scope, LINK_TABLE, timedelta())

    assert {path.removeprefix(folder) for path in files} == lately
    assert (len(lately), len(now), now < lately) == (2, 1, True)


async def test_a_blob_is_removed_in_the_version_that_was_seen_only(
    district: District, account: BlobAccount
) -> None:
    blobs, path = AzureKeptBlobs(account), "staged/one/000"
    await district.blobs.create(district.scope, path, b"a")
    [seen] = [blob async for blob in blobs.under(district.scope, "staged/")]
    await district.access.blob(district.scope, path).upload_blob(b"b", overwrite=True)
    await blobs.remove(district.scope, seen)
    [newer] = [blob async for blob in blobs.under(district.scope, "staged/")]
    await blobs.remove(district.scope, newer)
    await blobs.remove(district.scope, newer)
    assert [blob async for blob in blobs.under(district.scope, "staged/")] == []
