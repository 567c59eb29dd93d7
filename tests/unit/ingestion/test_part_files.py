"""Parts as files: what every reader finds in them is the rows, of the types of their table."""

import io
from pathlib import Path

import duckdb
import polars as pl
import pytest

from shared.ingestion.tables import RESULTS
from shared.ingestion.working.casting import codes
from shared.ingestion.working.part_files import parquet
from shared.ingestion.working.part_looks import look_into

_STAMPED = ("ingest_id", "feed", "source", "member")


def _rows(**stamps: list[str | None]) -> pl.DataFrame:
    texts = {name: ["one", "one", "one"] for name in _STAMPED} | stamps
    rows = pl.DataFrame({**texts, "score": ["1.5", None, "2"], "record": [2, 3, 4]})
    return rows.select(
        (pl.col(name) if name in rows.columns else pl.lit(None)).cast(kind).alias(name)
        for name, kind in RESULTS.schema.items()
    )


@pytest.mark.parametrize(
    "rows",
    [
        _rows(),
        _rows(member=["a.csv", "b.csv", "a.csv"]),
        _rows(member=["a.csv", None, "a.csv"], source=[None, None, None]),
        _rows().clear(),
    ],
)
def test_a_part_is_read_as_it_was_written(rows: pl.DataFrame) -> None:
    written = parquet(rows)
    found = pl.read_parquet(written, hive_partitioning=False)
    assert found.schema == rows.schema
    assert found.equals(rows)


def test_texts_that_are_all_the_same_are_texts_to_other_readers(tmp_path: Path) -> None:
    part = tmp_path / "part.parquet"
    part.write_bytes(parquet(_rows()))
    found = duckdb.read_parquet(str(part)).project("typeof(ingest_id), ingest_id, member").fetchall()
    assert found == [("VARCHAR", "one", "one")] * 3
    query = "SELECT name, logical_type FROM parquet_schema(?)"
    types = duckdb.execute(query, [str(part)]).fetchall()
    assert {kind for name, kind in types if name in _STAMPED} == {"StringType()"}


def test_codes_are_read_as_the_texts_that_they_stand_for() -> None:
    rows = _rows().with_columns(course=pl.Series(["b", None, "a"]))
    coded = rows.with_columns(codes(rows[name]) for name in ("course", "feed", "section"))
    found = pl.read_parquet(parquet(coded), hive_partitioning=False)
    assert found.schema == rows.schema
    assert found.equals(rows)
    wanted = ("course", "feed", "ingest_id")
    assert look_into(coded.lazy(), 1, wanted) == look_into(rows.lazy(), 1, wanted)


def test_the_same_rows_are_the_same_bytes() -> None:
    assert parquet(_rows()) == parquet(_rows())
    assert pl.read_parquet_metadata(io.BytesIO(parquet(_rows()))).keys() == {"ARROW:schema"}
