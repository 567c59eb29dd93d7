"""The rows of a part as a Parquet file."""

import io
from collections.abc import Mapping
from functools import cache
from typing import Final

import polars as pl

from shared.ingestion.tables import TABLES, Table

type _Columns = tuple[tuple[str, pl.DataType], ...]

_PAGE_BYTES: Final = 8 * 1024 * 1024
_ARROW_SCHEMA: Final = "ARROW:schema"
"""The key under which Polars writes, and reads, which types the columns have besides those of Parquet."""
_STAMPED: Final = ("ingest_id", "feed", "source", "member")
"""Texts that are the same in every row of a part."""


def parquet(rows: pl.DataFrame) -> bytes:
    """Return the rows of a part as a Parquet file. Codes are read as the texts that they stand for."""
    out = io.BytesIO()
    columns = _columns(rows)
    # With this, codes are read as the texts that they stand for; Parquet itself has one way to write both.
    schema = _known_schemas().get(columns) or _arrow_schema(columns)
    # Extremes of columns are not worth their time: the table's log has those that readers prune by. Nor are
    # many pages, of which each costs as much as thousands of values: readers take whole columns of a part.
    rows.with_columns(_coded(column) for column in rows if column.dtype == pl.String).write_parquet(
        out,
        compression="zstd",
        compression_level=1,
        statistics=False,
        data_page_size=_PAGE_BYTES,
        metadata={_ARROW_SCHEMA: schema},
    )
    return out.getvalue()


def _coded(column: pl.Series) -> pl.Series:
    """Return a column that has no text, or but one, as codes: Parquet would find that out value by value."""
    if column.null_count() == len(column):
        return pl.Series(column.name, [None], pl.Enum([])).new_from_index(0, len(column))
    if column.name not in _STAMPED or column.has_nulls():
        return column
    least, most = column.min(), column.max()
    if least != most:
        return column
    return pl.select(
        pl.repeat(least, len(column), dtype=pl.Enum([str(least)])).alias(column.name)
    ).to_series()


@cache
def _known_schemas() -> Mapping[_Columns, str]:
    """Return what Polars writes about the columns of each table."""
    return {columns: _arrow_schema(columns) for columns in map(_columns, TABLES.values())}


def _columns(rows: pl.DataFrame | Table) -> _Columns:
    return tuple((name, pl.String() if kind == pl.Enum else kind) for name, kind in rows.schema.items())


def _arrow_schema(columns: _Columns) -> str:
    out = io.BytesIO()
    pl.DataFrame(schema=dict(columns)).write_parquet(out)
    return pl.read_parquet_metadata(io.BytesIO(out.getvalue()))[_ARROW_SCHEMA]
