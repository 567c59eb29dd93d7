"""Item responses in the lake: parts from before a column existed are read with nulls in it."""

import io

import polars as pl

from shared.analytics.items.answers import latest_answers, of_courses
from shared.ingestion.table_names import TableName
from shared.ingestion.tables import TABLES
from shared.platform.lake.facts import LakeFacts
from tests.contract.lake.conftest import District
from tests.fixtures.answers import answer, answers_frame
from tests.fixtures.facts import ingest_id, learner_id

OLD, NEW = ingest_id(1), ingest_id(2)


async def _put(district: District, name: str, rows: pl.DataFrame) -> str:
    content, path = io.BytesIO(), f"item_response/source=x/{name}.parquet"
    rows.write_parquet(content)
    await district.blobs.create(district.scope, path, content.getvalue())
    return path


async def test_a_part_from_before_items_had_versions_is_read_beside_new_ones(district: District) -> None:
    old = answers_frame([answer(OLD, learner_id(1), "item-1", "1")]).drop("item_version")
    new = answers_frame([answer(NEW, learner_id(2), "item-1", "1", version="2")])
    paths = [await _put(district, "old", old), await _put(district, "new", new)]
    facts = LakeFacts(district.access, TABLES[TableName.ITEM_RESPONSE], "line_item")
    snapshot = await facts.snapshot(district.scope)
    read = await snapshot.collect(of_courses(await snapshot.scan(paths)))
    assert latest_answers(read).sort("learner")["item_version"].to_list() == ["", "2"]
