"""Binds a part of a feed to the layout of one member: which position holds which known column."""

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from shared.ingestion.casting import cast, cast_cells, present
from shared.ingestion.columns import Column, Pii
from shared.ingestion.layouts import positions_of
from shared.ingestion.mapping import Part
from shared.ingestion.model import Layout
from shared.ingestion.verdicts import Verdicts


@dataclass(frozen=True)
class Binding:
    """A part and a layout. Rows are tables of text whose columns are named by their position."""

    part: Part
    missing: tuple[str, ...]
    """Cell texts that mean: no value."""
    layout: Layout

    @cached_property
    def positions(self) -> dict[str, int]:
        """The position of each known column that the file has; the first, where a label repeats."""
        return positions_of(self.part, self.layout.header)

    @property
    def needed(self) -> frozenset[int]:
        """The positions of the columns that reading needs."""
        names = {name for rule in self.part.skip for name in rule} | {column.name for column in self._filling}
        known = {position for name, position in self.positions.items() if name in names}
        return frozenset(known.union(*(measure.values.values() for measure in self.layout.measures)))

    @cached_property
    def _filling(self) -> list[Column]:
        """The columns of the file that fill columns of the table; names of people never do."""
        return [
            column
            for column in self.part.columns
            if column.name in self.part.filled
            and column.name in self.positions
            and column.pii is not Pii.NAME
        ]

    def text(self, rows: pl.DataFrame, position: int, default: str | None = None) -> pl.Series:
        """Return the text at a position, null where it means no value."""
        return present(rows[str(position)], self.missing, default)

    def skipped(self, rows: pl.DataFrame) -> pl.Series:
        """Return True for the rows that a skip rule names."""
        skipped = _all(rows, value=False)
        for rule in self.part.skip:
            if rule.keys() <= self.positions.keys():
                matched = _all(rows, value=True)
                for name, pattern in rule.items():
                    matched &= rows[str(self.positions[name])].str.strip_chars().str.contains(pattern)
                skipped |= matched
        return skipped

    def values(self, rows: pl.DataFrame, verdicts: Verdicts) -> pl.DataFrame:
        """Return record, byte and the cast canonical columns that the file has.

        A row with a value that does not cast is rejected through `verdicts`; so is one without a value that
        is required, unless the row is a tombstone, which needs no more than its key.
        """
        values = rows.select("record", "byte")
        alive = self._alive(rows, verdicts)
        for column in self._filling:
            position = self.positions[column.name]
            kind = column.cast_in(self.part.canonical)
            cells, decimal = rows[str(position)], self.layout.dialect.decimal
            casted = cast_cells(cells, self.missing, column, kind, decimal, alive)
            values = values.with_columns(
                verdicts.take(casted, self.layout.header[position]).alias(column.name)
            )
        return values

    def _alive(self, rows: pl.DataFrame, verdicts: Verdicts) -> pl.Series | None:
        """Return True for the rows that are no tombstones; None where the part has no tombstones."""
        column = self.part.by_name.get("deleted")
        if column is None or "deleted" not in self.positions:
            return None
        position = self.positions["deleted"]
        kind = column.cast_in(self.part.canonical)
        text = self.text(rows, position, column.default)
        deleted = verdicts.take(cast(text, column, kind, "."), self.layout.header[position])
        return ~deleted.fill_null(value=False)


def _all(rows: pl.DataFrame, *, value: bool) -> pl.Series:
    return pl.Series([value], dtype=pl.Boolean).new_from_index(0, rows.height)
