"""One tenant's access reaches that tenant's lake only; others read the tables in place with it."""

import asyncio
from pathlib import Path
from uuid import uuid4

import duckdb
import polars as pl
import pytest
from azure.core.exceptions import HttpResponseError
from azure.storage.blob import ContainerClient
from deltalake import DeltaTable

from shared.ingestion.ports import BlobFacts
from shared.ingestion.table_names import TableName
from shared.kernel.errors import NotFound, Unavailable
from shared.platform.blob.account import BlobAccount
from shared.platform.blob.lake import container_of
from shared.platform.lake.access import LakeAccess, table_uri
from shared.platform.lake.tables import DeltaTables
from shared.settings import Endpoint
from tests.contract.lake.conftest import CLOCK, District, Districts
from tests.fixtures.facts import fact, ingest_id, learner_id, scope_of
from tests.fixtures.processes import free_port

A, B = ingest_id(0), ingest_id(1)


@pytest.fixture
async def north(districts: Districts) -> District:
    """A district with one committed file of three facts."""
    district = districts.new()
    await district.work(A, "gradebook.algebra", [fact(A, learner_id(n), score=str(n)) for n in range(3)])
    await district.commit(A)
    return district


async def test_the_options_hold_no_account_key(north: District, blob_connection: str) -> None:
    key = blob_connection.partition("AccountKey=")[2].partition(";")[0]
    for write in (False, True):
        assert key not in "".join((await north.access.options(north.scope, write=write)).values())


@pytest.mark.parametrize("write", [False, True])
async def test_the_access_of_a_tenant_cannot_read_the_table_of_another(
    north: District, districts: Districts, write: bool
) -> None:
    south = await districts.new().access.options(districts.new().scope, write=write)
    with pytest.raises(OSError, match="403"):
        await asyncio.to_thread(DeltaTable, table_uri(north.scope, "results"), storage_options=south)
    part = f"az://{container_of(north.scope)}/{(await _paths(north))[0]}"
    with pytest.raises(OSError, match="403"):
        await asyncio.to_thread(pl.scan_parquet(part, storage_options=south).collect)


async def test_the_access_of_a_tenant_cannot_list_or_write_in_another_ones_container(
    north: District, districts: Districts
) -> None:
    south = districts.new()
    with _container(
        await south.access.options(south.scope, write=True), container_of(north.scope)
    ) as foreign:
        with pytest.raises(HttpResponseError) as refusal:
            list(foreign.list_blob_names())
        assert refusal.value.status_code == 403
        with pytest.raises(HttpResponseError) as refusal:
            foreign.upload_blob("results/intruder.parquet", b"x")
        assert refusal.value.status_code == 403


@pytest.mark.parametrize("write", [False, True])
async def test_nobody_who_folds_or_commits_may_delete(north: District, write: bool) -> None:
    options = await north.access.options(north.scope, write=write)
    part = (await _paths(north))[0]
    with _container(options, container_of(north.scope)) as own, pytest.raises(HttpResponseError) as refusal:
        own.delete_blob(part)
    assert refusal.value.status_code == 403


async def test_read_access_cannot_write(north: District) -> None:
    options = await north.access.options(north.scope)
    with _container(options, container_of(north.scope)) as own, pytest.raises(HttpResponseError) as refusal:
        own.upload_blob("results/new.parquet", b"x")
    assert refusal.value.status_code == 403


def _container(options: dict[str, str], name: str) -> ContainerClient:
    url = f"{options['azure_storage_endpoint']}/{name}?{options['azure_storage_sas_token']}"
    return ContainerClient.from_container_url(url)


async def test_a_store_out_of_reach_is_unavailable() -> None:
    blobs = f"BlobEndpoint=http://127.0.0.1:{free_port()}/gone"
    account = BlobAccount(Endpoint(connection_string=f"AccountName=gone;AccountKey=eA==;{blobs}"))
    with pytest.raises(Unavailable):
        await DeltaTables(LakeAccess(account, CLOCK), CLOCK).as_of(
            scope_of("north-district"), TableName.RESULTS, 1
        )
    await account.close()


async def test_a_part_that_does_not_exist_is_not_found(north: District) -> None:
    with pytest.raises(NotFound):
        await north.tables.inspect(north.scope, TableName.RESULTS, "source=x/unknown.parquet", [])


async def test_a_listing_tells_the_etag_that_the_writer_was_told(north: District) -> None:
    prefix = f"source=x/{uuid4()}-"
    created = await north.blobs.create(north.scope, f"results/{prefix}000001.parquet", b"some part")
    assert created.etag
    assert await north.tables.stored(north.scope, TableName.RESULTS, prefix) == {
        f"{prefix}000001.parquet": BlobFacts(9, created.etag)
    }


async def test_polars_reads_the_table_in_place(north: District) -> None:
    options = await north.access.options(north.scope)
    table = pl.scan_delta(table_uri(north.scope, "results"), storage_options=options)
    total = await asyncio.to_thread(table.select(pl.col("score").sum()).collect)
    assert float(total.item()) == 3.0


async def test_duckdb_reads_the_files_of_the_current_version(north: District, tmp_path: Path) -> None:
    await north.work(B, "gradebook.algebra", [fact(B, learner_id(n), score="5") for n in range(2)])
    await north.commit(B)
    for number, path in enumerate(await _paths(north)):
        part = await (await north.access.blob(north.scope, path).download_blob()).readall()
        (tmp_path / f"{number}.parquet").write_bytes(part)
    with duckdb.connect() as db:
        sql = "select count(*), sum(score), min(source) from read_parquet($files)"
        found = db.execute(sql, {"files": f"{tmp_path}/*.parquet"}).fetchone()
    assert found is not None
    assert (found[0], float(found[1]), found[2]) == (2, 10.0, "gradebook.algebra")


async def _paths(district: District) -> list[str]:
    return [f"results/{path}" for path in await district.live()]
