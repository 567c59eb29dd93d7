"""Rows as cells of JSON: decimals as numbers, moments as RFC 3339 texts."""

import polars as pl

from shared.analytics.drilling.views import Cell


def cells(rows: pl.DataFrame) -> list[list[Cell]]:
    """Return the rows of a frame as lists; a decimal as the nearest floating-point number."""
    numbers = rows.with_columns(pl.selectors.decimal().cast(pl.Float64))
    return [list(row) for row in numbers.iter_rows()]
