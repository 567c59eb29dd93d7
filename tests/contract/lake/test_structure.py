"""The structure of a tenant is what the newest rows of its tables say, against Azurite or a real account."""

import io
from collections.abc import Mapping

import polars as pl

from shared.ingestion.committing.ports import LiveFile, TableChange
from shared.ingestion.table_names import TableName
from shared.ingestion.tables import TABLES
from shared.platform.lake.structure import LakeStructure
from tests.contract.lake.conftest import District
from tests.fixtures.facts import ingest_id


async def _state(district: District, table: TableName, *rows: Mapping[str, object]) -> None:
    """Make rows visible that say nothing else."""
    schema = TABLES[table].schema
    blank = dict.fromkeys(schema) | {"ingest_id": ingest_id(0), "source": "roster", "deleted": False}
    frame = pl.DataFrame([{**blank, **row} for row in rows], schema=schema)
    path = f"source=roster/{ingest_id(0)}-000000.parquet"
    content = io.BytesIO()
    frame.write_parquet(content)
    stored = await district.blobs.create(district.scope, f"{table}/{path}", content.getvalue())
    only = (ingest_id(0), ingest_id(0))
    file = LiveFile(path, stored.size, frame.height, "roster", {"ingest_id": only})
    snapshot = await district.tables.open(district.scope, table)
    await district.tables.commit(district.scope, snapshot, TableChange((file,), (), {}))


async def test_schools_periods_courses_and_classes_are_called_by_their_titles(district: District) -> None:
    await _state(district, TableName.ORG, {"org": "o1", "title": "Quay High"})
    await _state(
        district,
        TableName.ACADEMIC_SESSION,
        {"period": "s1", "title": "Fall 2026"},
        {"period": "s2", "title": "Spring 2026", "deleted": True},
    )
    await _state(
        district, TableName.COURSE, {"course": "m", "title": "Maths"}, {"course": "b", "title": "Biology"}
    )
    await _state(
        district,
        TableName.CLASS,
        {"class": "m-1", "title": "Maths, group 1", "course": "m", "org": "o1"},
        {"class": "b-1", "title": "Biology, group 1", "course": "b", "course_title": "Biology for all"},
    )

    structure = await LakeStructure(district.access).read(district.scope)

    assert structure.titles == {
        "o1": "Quay High",
        "s1": "Fall 2026",
        "m": "Maths",
        "b": "Biology for all",
        "m-1": "Maths, group 1",
        "b-1": "Biology, group 1",
    }
