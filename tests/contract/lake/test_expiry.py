"""What expires, against Azurite and a Cosmos dialect, or real accounts: logs, files, notes of ingests."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from azure.core.exceptions import ResourceExistsError

from shared.ingestion.keeping.horizons import LOG_FOR, Horizons
from shared.ingestion.keeping.ports import StoredBlob
from shared.ingestion.keeping.vacuuming import Vacuum
from shared.ingestion.mapping.catalogue import Catalogue
from shared.ingestion.table_names import TableName
from shared.kernel.errors import TenantBreach
from shared.kernel.scope import TenantScope
from shared.platform.blob.account import BlobAccount
from shared.platform.blob.grants import LANDING
from shared.platform.blob.kept import AzureKeptBlobs, AzureLandedBlobs
from shared.platform.cosmos.keeping import CosmosKeptIngests
from tests.contract.lake.conftest import CLOCK, District, Districts
from tests.fixtures.facts import fact, ingest_id, learner_id
from tests.fixtures.keeping import Told

FIRST, SECOND, THIRD = map(ingest_id, range(3))
SOURCE = "canvas-gradebook.algebra"
AGE = LOG_FOR + timedelta(days=1)


class _Aged(AzureKeptBlobs):
    """The log of a table as it is found a month later; all else is as new as it is."""

    async def _later(self, scope: TenantScope, folder: str) -> AsyncIterator[StoredBlob]:
        async for blob in super().under(scope, folder):
            yield replace(blob, age=blob.age + AGE) if "/_delta_log/" in blob.path else blob

    def under(self, scope: TenantScope, folder: str) -> AsyncIterator[StoredBlob]:
        return self._later(scope, folder)


async def _commit(district: District, ingest: str, source: str) -> None:
    await district.work(ingest, source, [fact(ingest, learner_id(1), source=source)])
    await district.commit(ingest)


async def test_a_table_is_read_and_committed_to_when_its_log_begins_at_a_checkpoint(
    districts: Districts, district: District, account: BlobAccount
) -> None:
    await _commit(district, FIRST, SOURCE)
    await _commit(district, SECOND, f"{SOURCE}-2")
    newest = await district.tables.newest(district.scope, TableName.RESULTS)
    assert newest is not None
    await asyncio.to_thread(newest.handle.create_checkpoint)
    await _commit(district, THIRD, f"{SOURCE}-3")
    before = await district.live()
    log = [blob.path async for blob in AzureKeptBlobs(account).under(district.scope, "results/_delta_log/")]
    told = Told()
    vacuum = Vacuum(district.tables, _Aged(account), CosmosKeptIngests(district.ingests), told)

    gone = await vacuum.vacuum(district.scope, Horizons(CLOCK.now(), Catalogue.built_in(), {}))

    left = [blob.path async for blob in AzureKeptBlobs(account).under(district.scope, "results/_delta_log/")]
    assert set(log) - set(left) == {f"results/_delta_log/{n:020}.json" for n in range(newest.version)}
    assert (gone, told.audited) == (newest.version, ["lake.vacuum log:results"])
    fresh = districts.reopened(district)
    assert await fresh.live() == before
    snapshot = await fresh.tables.open(district.scope, TableName.RESULTS)
    assert set(await snapshot.transactions({f"ingest:{FIRST}", f"ingest:{THIRD}"})) == {
        f"ingest:{FIRST}",
        f"ingest:{THIRD}",
    }
    await _commit(fresh, ingest_id(3), f"{SOURCE}-4")
    assert len(await fresh.live()) == len(before) + 1


async def test_a_landed_file_is_deleted_by_its_tenant_only(
    districts: Districts, account: BlobAccount
) -> None:
    mine, other = districts.new().scope, districts.new().scope
    blobs, container = AzureLandedBlobs(account), account.service.get_container_client(LANDING)
    with suppress(ResourceExistsError):
        await container.create_container()
    for scope in (mine, other):
        await container.upload_blob(f"{scope.tenant_id}/{FIRST}/grades.csv", b"a")

    [seen] = [blob async for blob in blobs.under(mine, "")]
    with pytest.raises(TenantBreach):
        await blobs.remove(other, seen)
    await blobs.remove(mine, seen)
    await blobs.remove(mine, seen)

    assert [blob async for blob in blobs.under(mine, "")] == []
    assert len([blob async for blob in blobs.under(other, "")]) == 1


async def test_all_that_is_noted_of_an_ingest_is_forgotten_and_nothing_else(districts: Districts) -> None:
    mine, other = districts.new(), districts.new()
    for district in (mine, other):
        await _commit(district, FIRST, SOURCE)
    await _commit(mine, SECOND, SOURCE)
    ingests = CosmosKeptIngests(mine.ingests)

    for _ in range(2):
        await ingests.forget(mine.scope, FIRST)

    async def noted(district: District, ingest: str) -> int:
        found = district.ingests.walk(district.scope, "true", {}, level=ingest)
        return len([document async for document in found])

    assert await ingests.find(mine.scope, FIRST) is None
    assert await noted(mine, FIRST) == 0
    assert await noted(mine, SECOND) == await noted(other, FIRST) > 2
