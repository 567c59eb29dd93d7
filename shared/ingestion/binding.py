"""Binds a mapping to the layout of one file: which position holds which known column."""

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from shared.ingestion.casting import cast, present
from shared.ingestion.mapping import CANONICAL, Mapping, normalised
from shared.ingestion.model import Layout
from shared.ingestion.verdicts import Verdicts


@dataclass(frozen=True)
class Binding:
    """A mapping and a layout. Rows are tables of text whose columns are named by their position."""

    mapping: Mapping
    layout: Layout

    @cached_property
    def positions(self) -> dict[str, int]:
        """The position of each known column that the file has; the first, where a label repeats."""
        found: dict[str, int] = {}
        for position, label in enumerate(self.layout.header):
            column = self.mapping.by_label.get(normalised(label))
            if column is not None:
                found.setdefault(column.name, position)
        return found

    @property
    def needed(self) -> frozenset[int]:
        """The positions of the columns that reading needs."""
        names = CANONICAL.keys() | {name for rule in self.mapping.skip for name in rule}
        known = {position for name, position in self.positions.items() if name in names}
        return frozenset(known | {measure.column for measure in self.layout.measures})

    def text(self, rows: pl.DataFrame, position: int, default: str | None = None) -> pl.Series:
        """Return the text at a position, null where it means no value."""
        return present(rows[str(position)], self.mapping.missing, default)

    def skipped(self, rows: pl.DataFrame) -> pl.Series:
        """Return True for the rows that a skip rule names."""
        skipped = _all(rows, value=False)
        for rule in self.mapping.skip:
            if rule.keys() <= self.positions.keys():
                matched = _all(rows, value=True)
                for name, pattern in rule.items():
                    matched &= rows[str(self.positions[name])].str.strip_chars().str.contains(pattern)
                skipped |= matched
        return skipped

    def values(self, rows: pl.DataFrame, verdicts: Verdicts) -> pl.DataFrame:
        """Return record, byte and the cast canonical columns that the file has.

        A row with a value that does not cast is rejected through `verdicts`.
        """
        values = rows.select("record", "byte")
        for column in self.mapping.columns:
            position = self.positions.get(column.name)
            if column.cast is not None and position is not None:
                casted = cast(self.text(rows, position, column.default), column, self.layout.dialect.decimal)
                values = values.with_columns(
                    verdicts.take(casted, self.layout.header[position]).alias(column.name)
                )
        return values


def _all(rows: pl.DataFrame, *, value: bool) -> pl.Series:
    return pl.Series([value], dtype=pl.Boolean).new_from_index(0, rows.height)
