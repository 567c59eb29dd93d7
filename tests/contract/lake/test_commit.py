"""Commits against Azurite or a real account: what delta-rs does not check, and crashes at every point."""

import asyncio
import io
from collections.abc import Iterable

import pytest
from azure.core.exceptions import ResourceNotFoundError
from deltalake import DeltaTable, Field, Schema
from deltalake.schema import PrimitiveType

from shared.ingestion.committing.ports import Manifest, TableChange
from shared.ingestion.model import Part
from shared.ingestion.table_names import TableName
from shared.ingestion.tables import RESULTS
from shared.kernel.errors import PreconditionFailed
from shared.platform.cosmos.commits import MANIFEST, read_manifest
from shared.platform.lake.access import table_uri
from tests.contract.lake.conftest import District, Districts
from tests.fixtures.crash_points import Power, PowerCut, at_every_crash_point
from tests.fixtures.facts import Row, fact, frame, ingest_id, learner_id

A, B, C = (ingest_id(n) for n in range(3))
ALGEBRA, BIOLOGY = "gradebook.algebra", "gradebook.biology"


def _rows(ingest: str, count: int = 3, source: str = ALGEBRA) -> list[Row]:
    return [fact(ingest, learner_id(n), source=source, record=n + 2) for n in range(count)]


def _paths(parts: Iterable[Part]) -> list[str]:
    return sorted(part.path.removeprefix("results/") for part in parts)


async def test_the_first_commit_creates_the_table_and_a_repetition_changes_nothing(
    district: District,
) -> None:
    parts = await district.work(A, ALGEBRA, _rows(A), _rows(A, 2))
    await district.commit(A)
    await district.commit(A)
    snapshot = await district.tables.open(district.scope, TableName.RESULTS)
    assert (snapshot.version, await district.live()) == (1, _paths(parts))
    assert {(f.rows, f.source, f.owner) for f in snapshot.files} == {(3, ALGEBRA, A), (2, ALGEBRA, A)}
    assert await district.state(A) == "committed"


async def test_a_then_b_then_a_again_ends_at_a(district: District) -> None:
    for ingest in (A, B, C):
        parts = await district.work(ingest, ALGEBRA, _rows(ingest, 2 if ingest == B else 3))
        await district.commit(ingest)
    assert await district.live() == _paths(parts)
    assert (await _manifest(district, C)).versions == {TableName.RESULTS: 3}


async def test_two_committers_at_once_do_not_undo_each_other(district: District) -> None:
    algebra = await district.work(A, ALGEBRA, _rows(A))
    biology = await district.work(B, BIOLOGY, _rows(B, source=BIOLOGY))
    newer = await district.work(C, ALGEBRA, _rows(C))
    await asyncio.gather(*(district.commit(ingest) for ingest in (A, B, C)))
    assert await district.live() == _paths([*biology, *newer])
    assert algebra[0].path.removeprefix("results/") not in await district.live()
    assert [await district.state(i) for i in (A, B, C)] == ["superseded", "committed", "committed"]


async def test_a_commit_upon_an_older_version_is_refused(district: District) -> None:
    await district.work(A, ALGEBRA, _rows(A))
    stale = await district.tables.open(district.scope, TableName.RESULTS)
    await district.commit(A)
    with pytest.raises(PreconditionFailed):
        await district.tables.commit(district.scope, stale, TableChange((), (), {"ingest:x": 1}))


async def test_a_missing_a_truncated_and_a_foreign_part_fail_the_ingest_and_are_named(
    district: District,
) -> None:
    missing, cut, foreign = await district.work(A, ALGEBRA, _rows(A), _rows(A, 4), _rows(B, 5))
    await district.access.blob(district.scope, missing.path).delete_blob()
    blob = district.access.blob(district.scope, cut.path)
    content = await (await blob.download_blob()).readall()
    await blob.upload_blob(content[: cut.size // 2], overwrite=True)
    await district.commit(A)
    failure = (await district.ledger.get(district.scope, A)).value.failure
    assert failure is not None
    assert [(violation.place, violation.message) for violation in failure.violations] == [
        (missing.path, "is missing"),
        (cut.path, "is no readable Parquet file"),
        (foreign.path, "holds rows of another ingest"),
    ]
    assert await district.live() == []


async def test_a_file_without_facts_is_held_and_removes_nothing(district: District) -> None:
    old = await district.work(A, ALGEBRA, _rows(A))
    await district.commit(A)
    await district.work(B, ALGEBRA)
    await district.commit(B)
    assert (await district.live(), await district.state(B)) == (_paths(old), "failed")


async def test_what_was_committed_is_remembered_by_checkpoints(district: District) -> None:
    await district.work(A, ALGEBRA, _rows(A))
    await district.commit(A)
    snapshot = await district.tables.open(district.scope, TableName.RESULTS)
    await asyncio.to_thread(snapshot.handle.create_checkpoint)
    fresh = await district.tables.open(district.scope, TableName.RESULTS)
    ids = {f"ingest:{A}", f"source:{ALGEBRA}", "ingest:unknown"}
    assert set(await fresh.transactions(ids)) == {f"ingest:{A}", f"source:{ALGEBRA}"}


async def test_a_crash_at_any_point_of_a_correction_ends_as_an_undisturbed_run(districts: Districts) -> None:
    async def scenario(power: Power) -> None:
        district = districts.new()
        old = await district.work(A, ALGEBRA, _rows(A))
        await district.commit(A)
        new = await district.work(B, ALGEBRA, _rows(B, 2))
        try:
            await district.commit(B, power)
        except PowerCut:
            await district.commit(B)
        assert await district.live() == _paths(new)
        assert await district.state(B) == "committed"
        assert await _manifest(district, B) == Manifest({TableName.RESULTS: 2}, tuple(new), tuple(old))
        outbox = await district.ingests.query(
            district.scope, "c.kind = @kind", {"kind": "outbox"}, level=B, limit=10
        )
        assert len(outbox.items) == 1

    assert await at_every_crash_point(scenario) > 6


async def _manifest(district: District, ingest: str) -> Manifest:
    return read_manifest((await district.ingests.read(district.scope, MANIFEST, ingest)).document)


async def test_a_landed_part_is_never_deleted_by_committing(district: District) -> None:
    old = await district.work(A, ALGEBRA, _rows(A))
    await district.commit(A)
    await district.work(B, ALGEBRA, _rows(B))
    await district.commit(B)
    properties = await district.access.blob(district.scope, old[0].path).get_blob_properties()
    assert properties.size == old[0].size
    with pytest.raises(ResourceNotFoundError):
        await district.access.blob(district.scope, "results/unknown").get_blob_properties()


async def test_columns_that_the_fact_schema_gained_are_added_before_parts_that_hold_them(
    district: District,
) -> None:
    await district.access.ensure_container(district.scope)
    options = await district.access.options(district.scope, write=True)
    uri = table_uri(district.scope, "results")
    early = Schema([Field(name, PrimitiveType("string")) for name in ("ingest_id", "source", "course")])
    await asyncio.to_thread(DeltaTable.create, uri, early, partition_by=["source"], storage_options=options)
    parts = await district.work(A, ALGEBRA, _rows(A))
    await district.commit(A)
    assert await district.live() == _paths(parts)
    table = await asyncio.to_thread(DeltaTable, uri, storage_options=options)
    assert {field.name for field in table.schema().fields} == set(RESULTS.schema)


async def test_a_part_from_before_a_column_existed_is_read_with_nulls(district: District) -> None:
    content = io.BytesIO()
    frame(_rows(A)).drop("section").write_parquet(content)
    await district.blobs.create(district.scope, "results/source=x/early.parquet", content.getvalue())
    snapshot = await district.facts.snapshot(district.scope)
    facts = await snapshot.collect(await snapshot.scan(["results/source=x/early.parquet"]))
    assert (facts.drop("row").schema, facts["section"].null_count()) == (RESULTS.schema, 3)


async def test_of_many_that_wait_the_oldest_are_committed_first(district: District) -> None:
    newest_first = [ingest_id(n) for n in reversed(range(55))]
    for ingest in newest_first:
        await district.work(ingest, f"gradebook.{ingest}")
    waiting = [entry.value.id for entry in await district.ledger.worked(district.scope)]
    assert waiting == sorted(newest_first)[:50]
