"""Fixed-width lines: the external layout that says where columns stand, and the reading of cells by it."""

import csv
from collections.abc import Collection, Sequence
from functools import cache
from pathlib import Path
from typing import Final

import polars as pl

from shared.ingestion.model import Chunk, Layout
from shared.ingestion.reading.text_lines import lines_of, located
from shared.kernel.errors import InvalidInput

_LAYOUTS: Final = Path(__file__).parents[1] / "feeds" / "layouts"


@cache
def read_slices(name: str) -> dict[str, tuple[int, int]]:
    """Return start (from 0) and length of each column of a layout file in `feeds/layouts/`, in characters.

    The file has the columns `label`, `start` (from 1) and `length`; `InvalidInput` names a broken line.
    """
    with (_LAYOUTS / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    slices: dict[str, tuple[int, int]] = {}
    for number, row in enumerate(rows, start=2):
        try:
            start, length = int(row["start"]), int(row["length"])
        except (KeyError, TypeError, ValueError):
            raise InvalidInput.at(
                f"{name}, line {number}", "a column has a label, a start and a length"
            ) from None
        if start < 1 or length < 1 or row["label"] in slices:
            raise InvalidInput.at(f"{name}, line {number}", "a column stands somewhere, once")
        slices[row["label"]] = (start - 1, length)
    return slices


def read_fixed_width(
    data: bytes, chunk: Chunk, layout: Layout, columns: Collection[int]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows of a chunk, and the lines that are not as wide as the layout."""
    width = max(start + length for start, length in layout.slices)
    lines = located(lines_of(data, layout.dialect.encoding), chunk, layout.dialect.encoding)
    fits = lines["text"].str.len_chars() == width
    whole = lines.filter(fits)
    cells = [_cell(whole["text"], layout.slices, position) for position in sorted(columns)]
    rows = whole.select("byte", "length", "record", fields=pl.lit(len(layout.header))).hstack(cells)
    return rows, lines.filter(~fits).select("record", "byte", "length")


def _cell(text: pl.Series, slices: Sequence[tuple[int, int]], position: int) -> pl.Series:
    start, length = slices[position]
    return text.str.slice(start, length).alias(str(position))
