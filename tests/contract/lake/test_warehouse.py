"""Tools of the district read its tables in place: with its own credentials, alike, and nothing else."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from azure.core.exceptions import HttpResponseError
from azure.storage.blob import ContainerClient
from deltalake import DeltaTable

from shared.analytics.serving.warehouse import Warehouse, WarehouseGrant
from shared.ingestion.linking.matching import LINKS
from shared.platform.lake.people import LakePeople
from tests.contract.lake.conftest import CLOCK, District, Districts
from tests.fixtures.facts import fact, ingest_id, learner_id

A, B, C = (ingest_id(n) for n in range(3))
type Figures = list[tuple[Any, ...]]

_FIGURES = """
select course, count(*) as results, count(distinct coalesce(link.person, fact.learner)) as learners,
  sum(score)::decimal(38, 4) as points
from fact left join link on link.learner = fact.learner
where not coalesce(fact.deleted, false)
group by course order by course
"""


@pytest.fixture
async def north(districts: Districts) -> District:
    """Two courses; algebra was corrected once, one row is a tombstone, and two learners are one person."""
    district = districts.new()
    scores = [fact(A, learner_id(n), score=f"{n}.25", record=n + 2) for n in range(40)]
    await district.work(A, "gradebook.algebra", scores)
    await district.commit(A)
    corrected = [fact(B, learner_id(n), score=f"{n}.5", record=n + 2) for n in range(30)]
    await district.work(B, "gradebook.algebra", corrected[:20], [*corrected[20:29], _gone(corrected[29])])
    await district.commit(B)
    other = [fact(C, learner_id(n), "biology", source="gradebook.biology", record=n + 2) for n in range(7)]
    await district.work(C, "gradebook.biology", other)
    await district.commit(C)
    links = [("canvas", learner_id(n), learner_id(90), "username", "sis_id") for n in (1, 2)]
    await LakePeople(district.access).replace_links(
        district.scope, pl.DataFrame(links, schema=LINKS, orient="row")
    )
    return district


def _gone(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"deleted": True}


async def _grant(district: District) -> WarehouseGrant:
    return await Warehouse(district.access, CLOCK).credentials(district.scope, 1)


def _options(grant: WarehouseGrant) -> dict[str, str]:
    return {
        "azure_storage_account_name": grant.account,
        "azure_storage_endpoint": grant.endpoint,
        "azure_storage_sas_token": grant.signature,
        "allow_http": str(grant.endpoint.startswith("http://")).lower(),
    }


@contextmanager
def _container(grant: WarehouseGrant, name: str) -> Iterator[ContainerClient]:
    with ContainerClient.from_container_url(f"{grant.endpoint}/{name}?{grant.signature}") as client:
        yield client


def _by_polars(grant: WarehouseGrant) -> Figures:
    def table(name: str) -> pl.LazyFrame:
        return pl.scan_delta(f"az://{grant.container}/{name}", storage_options=_options(grant))

    fact = table("results").filter(~pl.col("deleted").fill_null(value=False))
    shown = fact.join(table("person_link").select("learner", "person"), on="learner", how="left")
    figures = shown.group_by("course").agg(
        pl.len().alias("results"),
        pl.coalesce("person", "learner").n_unique().alias("learners"),
        pl.col("score").sum().alias("points"),
    )
    return figures.sort("course").collect().rows()


def _by_duckdb(grant: WarehouseGrant, folder: Path) -> Figures:
    with duckdb.connect() as db:
        for name, table in (("fact", "results"), ("link", "person_link")):
            files = _fetched(grant, table, folder)
            db.read_parquet(files, union_by_name=True, hive_partitioning=False).create_view(name)
        return db.execute(_FIGURES).fetchall()


def _fetched(grant: WarehouseGrant, table: str, folder: Path) -> list[str]:
    """Fetch the files of the table's current version; the log says which they are."""
    handle = DeltaTable(f"az://{grant.container}/{table}", storage_options=_options(grant))
    paths = pl.DataFrame(handle.get_add_actions(flatten=True))["path"].to_list()
    fetched = []
    with _container(grant, grant.container) as container:
        for number, path in enumerate(paths):
            file = folder / f"{table}-{number}.parquet"
            file.write_bytes(container.download_blob(f"{table}/{path}").readall())
            fetched.append(str(file))
    return fetched


async def test_polars_over_the_table_and_duckdb_over_its_files_say_the_same(
    north: District, tmp_path: Path
) -> None:
    grant = await _grant(north)
    by_polars = await asyncio.to_thread(_by_polars, grant)
    by_duckdb = await asyncio.to_thread(_by_duckdb, grant, tmp_path)
    assert by_polars == by_duckdb
    assert [(course, results, learners) for course, results, learners, _ in by_polars] == [
        ("algebra", 29, 28),
        ("biology", 7, 6),
    ]


async def test_the_credentials_write_nothing_and_delete_nothing(north: District) -> None:
    grant = await _grant(north)
    with _container(grant, grant.container) as own:
        path = f"results/{(await north.live())[0]}"
        for act in (
            lambda: own.upload_blob("results/intruder.parquet", b"x"),
            lambda: own.upload_blob(path, b"x", overwrite=True),
            lambda: own.delete_blob(path),
            own.delete_container,
        ):
            with pytest.raises(HttpResponseError) as refusal:
                act()
            assert refusal.value.status_code == 403


async def test_the_credentials_of_a_district_open_no_other_ones_lake(
    north: District, districts: Districts
) -> None:
    grant, theirs = await _grant(districts.new()), await _grant(north)
    path = f"results/{(await north.live())[0]}"
    with _container(grant, theirs.container) as foreign:
        for act in (
            lambda: list(foreign.list_blob_names()),
            lambda: foreign.download_blob(path),
            lambda: foreign.upload_blob("results/intruder.parquet", b"x"),
        ):
            with pytest.raises(HttpResponseError) as refusal:
                act()
            assert refusal.value.status_code == 403
    with pytest.raises(OSError, match="403"):
        await asyncio.to_thread(
            DeltaTable, f"az://{theirs.container}/results", storage_options=_options(grant)
        )


async def test_the_credentials_hold_for_as_long_as_was_asked_and_show_no_key(
    north: District, blob_connection: str
) -> None:
    before = CLOCK.now()
    grant = await Warehouse(north.access, CLOCK).credentials(north.scope, 3)
    assert before <= grant.expires_at - timedelta(hours=3) <= CLOCK.now()
    assert blob_connection.partition("AccountKey=")[2].partition(";")[0] not in str(grant)
    expired = await north.access.grant_reading(north.scope, before - timedelta(seconds=1))
    with _container(expired, expired.container) as own, pytest.raises(HttpResponseError) as refusal:
        list(own.list_blob_names())
    assert refusal.value.status_code == 403
