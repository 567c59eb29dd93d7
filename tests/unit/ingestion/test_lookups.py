"""A chunk looks up in its own file and, for the rest, in what was committed when the file was planned."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import polars as pl
import pytest

from shared.ingestion.committing.ports import LiveFile, TableChange
from shared.ingestion.committing.rules import in_table
from shared.ingestion.mapping.catalogue import Catalogue
from shared.ingestion.mapping.feed import Mapping as Feed
from shared.ingestion.model import Ingest, IngestState
from shared.ingestion.reading.planned_lines import PlannedLines
from shared.ingestion.table_names import TableName
from shared.ingestion.working.lookup_rows import LookupRows
from shared.kernel.scope import TenantScope
from tests.fixtures.commits import MemorySnapshot, MemoryTables
from tests.fixtures.facts import ingest_id
from tests.fixtures.feed_files import ROSTER, packed
from tests.fixtures.ingestion import Pipeline
from tests.fixtures.messaging import tenant_scope

ITEMS, FEED = TableName.LINE_ITEM, "oneroster-csv"
HEAD = "sourcedId,status,dateLastModified,lineItemSourcedId,studentSourcedId,scoreStatus,score,scoreDate\n"


@dataclass(slots=True)
class CountedTables(MemoryTables):
    """Tables that count how often a past version was opened."""

    opened: int = 0

    async def as_of(self, scope: TenantScope, table: TableName, version: int) -> MemorySnapshot:
        self.opened += 1
        return await MemoryTables.as_of(self, scope, table, version)


def district(chunk_bytes: int = 2000) -> tuple[Pipeline, CountedTables]:
    """Return a pipeline over an empty lake."""
    pipeline, tables = Pipeline(chunk_bytes=chunk_bytes, window=1), CountedTables()
    pipeline.tables = tables
    pipeline.use(Catalogue.built_in())
    return pipeline, tables


async def committed(pipeline: Pipeline, n: int, *rows: Mapping[str, object], feed: str = FEED) -> None:
    """Make rows of line items visible."""
    tables = pipeline.tables
    stated = [{"feed": feed, "line_item_title": "T", "course": "c1", **row} for row in rows]
    part = tables.put_rows(f"s{n}", ingest_id(n), 0, stated, ITEMS)
    seen = tables.parts[part.path]
    assert seen is not None
    file = LiveFile(in_table(part), part.size, part.rows, f"s{n}", seen.extremes)
    await tables.commit(
        pipeline.scope, await tables.open(pipeline.scope, ITEMS), TableChange((file,), (), {})
    )


def results(*items: str) -> bytes:
    """Return a file of results, one of each line item."""
    rows = (f"r{n},,2026-03-05T12:00:00Z,{item},007,fully graded,8,\n" for n, item in enumerate(items))
    return (HEAD + "".join(rows)).encode()


async def test_a_result_takes_course_and_points_from_a_committed_line_item() -> None:
    pipeline, _ = district()
    await committed(pipeline, 1, {"line_item": "l7", "max_score": Decimal(20)})

    ingest = await pipeline.run("results.csv", results("l7"))

    assert (ingest.state, ingest.progress.rejected) == (IngestState.WORKED, 0)
    assert pipeline.facts(ingest).select("course", "line_item_title", "max_score").rows() == [
        ("c1", "T", Decimal(20))
    ]


async def test_the_newest_committed_row_counts_unless_the_file_states_the_item_itself() -> None:
    pipeline, _ = district()
    await committed(pipeline, 1, {"line_item": "l1", "line_item_title": "Old"}, {"line_item": "l2"})
    await committed(pipeline, 2, {"line_item": "l2", "line_item_title": "Newer"})
    bundle = {
        "manifest.csv": ROSTER["manifest.csv"],
        "lineItems.csv": ROSTER["lineItems.csv"],
        "results.csv": results("l1", "l2").decode(),
    }

    ingest = await pipeline.run("roster.zip", packed(bundle))

    parts = [done.part for done in pipeline.ingests.chunks(pipeline.scope, ingest.id) if done.part]
    paths = [part.path for part in parts if part.table is TableName.RESULTS]
    found = [pl.read_parquet(pipeline.lake.blobs[pipeline.scope.tenant_id, path]) for path in paths]
    assert pl.concat(found)["line_item_title"].to_list() == ["Essay", "Newer"]


@pytest.mark.parametrize("feed, deleted", [("canvas-data-2", False), (FEED, True)])
async def test_items_of_other_feeds_and_deleted_ones_are_not_found(feed: str, *, deleted: bool) -> None:
    pipeline, _ = district()
    await committed(pipeline, 1, {"line_item": "l1"}, feed=feed)
    await committed(pipeline, 2, {"line_item": "l1", "deleted": deleted}, feed=feed)

    ingest = await pipeline.run("results.csv", results("l1"))

    assert ingest.progress.rejects == {"unknown-reference": 1}


async def test_what_is_committed_after_the_plan_does_not_change_what_a_chunk_gives() -> None:
    pipeline, tables = district(chunk_bytes=100)
    await committed(pipeline, 1, {"line_item": "l1"})
    ingest = await planned(pipeline, results("l1", "l1", "l1", "l2"))
    await committed(pipeline, 2, {"line_item": "l1", "line_item_title": "Later"}, {"line_item": "l2"})

    for n in range(ingest.progress.chunks):
        await pipeline.worker.work(pipeline.scope, ingest.id, n, suspect=n == 0)

    done = pipeline.ingests.chunks(pipeline.scope, ingest.id)
    assert sum(chunk.rejected for chunk in done) == 1
    assert set(pipeline.facts(ingest)["line_item_title"]) == {"T"}
    assert (ingest.progress.chunks, tables.opened) == (len(done), 1)


async def planned(pipeline: Pipeline, content: bytes) -> Ingest:
    """Land and plan a file of several chunks."""
    new = await pipeline.upload("results.csv", content)
    await pipeline.planner.plan(pipeline.scope, new)
    ingest = (await pipeline.ingests.get(pipeline.scope, new)).value
    assert ingest.progress.chunks > 1
    return ingest


async def test_a_tenant_is_never_served_what_was_remembered_for_another() -> None:
    pipeline, tables = district(chunk_bytes=100)
    await committed(pipeline, 1, {"line_item": "l1"})
    ingest = await planned(pipeline, results("l1", "l1", "l1", "l1"))
    plan = await pipeline.ingests.plan(pipeline.scope, ingest.id)
    lookups = LookupRows(PlannedLines(pipeline.blobs, pipeline.lake), tables, tables, pipeline.clock)
    task = pipeline.worker._task(ingest, plan, plan.chunks[0])

    for scope in (pipeline.scope, tenant_scope("south-district")):
        await lookups.known(scope, ingest, plan, task, None)

    assert tables.opened == 2


def test_people_are_not_looked_up() -> None:
    stated = Catalogue.built_in().get(FEED, 1).model_dump()
    for part in stated["parts"]:
        if part["lookup"]:
            part["lookup"] = {"part": "users", "on": "learner", "take": {"course": "org"}}

    with pytest.raises(ValueError, match="looks up people"):
        Feed.model_validate(stated)
