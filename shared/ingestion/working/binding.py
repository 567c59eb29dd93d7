"""Binds a part of a feed to the layout of one member: which position holds which known column."""

from collections.abc import Mapping as Keyed
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from shared.ingestion.mapping.columns import Column, Pii
from shared.ingestion.mapping.layouts import positions_of
from shared.ingestion.mapping.parts import Case, Part
from shared.ingestion.model import Layout
from shared.ingestion.working.casting import cast, cast_cells, present
from shared.ingestion.working.verdicts import Verdicts


@dataclass(frozen=True)
class Binding:
    """A part and a layout. Rows are tables of text whose columns are named by their position."""

    part: Part
    missing: tuple[str, ...]
    """Cell texts that mean: no value."""
    layout: Layout
    keeps_codes: bool = False
    """Whether texts that repeat may stay codes of them, as is well for a part: `coded`."""

    @cached_property
    def positions(self) -> dict[str, int]:
        """The position of each known column that the file has; the first, where a label repeats."""
        return positions_of(self.part, self.layout.header)

    @property
    def needed(self) -> frozenset[int]:
        """The positions of the columns that reading needs."""
        names = {name for rule in self.part.skip for name in rule} | {column.name for column in self._filling}
        names |= {name for case in self.part.cases for name in case.where} | set(
            self.part.identities.values()
        )
        known = {position for name, position in self.positions.items() if name in names} | {*self.called}
        return frozenset(known.union(*(measure.values.values() for measure in self.layout.measures)))

    @property
    def called(self) -> tuple[int, ...]:
        """The positions that together say what a person is called: the first way that the file has whole."""
        for names in self.part.called:
            if self.positions.keys() >= {*names}:
                return tuple(self.positions[name] for name in names)
        return ()

    @cached_property
    def _filling(self) -> list[Column]:
        """The columns of the file that fill columns of the table; names of people never do."""
        return [
            column
            for column in self.part.columns
            if column.name in self.part.filled
            and column.name in self.positions
            and not any(column.name in measure.values for measure in self.layout.measures)
            and column.pii is not Pii.NAME
        ]

    @property
    def codable(self) -> frozenset[int]:
        """The positions of the needed columns that nothing but `values` reads."""
        named = {name for rule in self.part.skip for name in rule} | set(self.part.identities.values())
        named |= {"learner"} if self.part.identities else set()
        named |= {name for case in self.part.cases for name in (*case.where, *case.then)} | {"deleted"}
        read = {self.positions[name] for name in named if name in self.positions}
        read.update(*(measure.values.values() for measure in self.layout.measures))
        return frozenset(self.positions[column.name] for column in self._filling) - read

    @cached_property
    def coded(self) -> frozenset[str]:
        """The columns of the table that may stay codes: nothing reads their texts before they are written."""
        part, table = self.part, self.part.canonical
        if not self.keeps_codes or part.lookup or part.unpivot:
            return frozenset()
        read = {*table.people, *table.identifiers, *part.same, *part.same.values()}
        return frozenset(table.schema) - read - {*part.constants, *self.layout.constants}

    def text(self, rows: pl.DataFrame, position: int, default: str | None = None) -> pl.Series:
        """Return the text at a position, null where it means no value."""
        return present(rows[str(position)], self.missing, default)

    def skipped(self, rows: pl.DataFrame) -> pl.Series:
        """Return True for the rows that a skip rule names."""
        skipped = _all(rows, value=False)
        for rule in self.part.skip:
            if rule.keys() <= self.positions.keys():
                skipped |= self._matches(rows, rule)
        return skipped

    def values(self, rows: pl.DataFrame, verdicts: Verdicts) -> pl.DataFrame:
        """Return record, byte and the cast canonical columns that the file has, or that a case states.

        A row with a value that does not cast is rejected through `verdicts`; so is one without a value that
        is required, unless the row is a tombstone, which needs no more than its key.
        """
        values = rows.select("record", "byte")
        cases = [
            (self._matches(rows, case.where), case)
            for case in self.part.cases
            if case.where.keys() <= self.positions.keys()
        ]
        alive = self._alive(rows, cases, verdicts)
        filled = []
        for column in self._filling:
            position = self.positions[column.name]
            kind = column.cast_in(self.part.canonical)
            cells, own, decimal = rows[str(position)], alive, self.layout.dialect.decimal
            for where, case in cases:
                if column.name in case.then:
                    cells, own = cells.set(where, None), ~where if own is None else own & ~where
            coded = column.name in self.coded
            casted = cast_cells(cells, self.missing, column, kind, decimal, own, coded=coded)
            filled.append(verdicts.take(casted, self.layout.header[position]).alias(column.name))
        values = values.hstack(filled)
        for where, case in cases:
            values = values.with_columns(
                self._stated(values, where, name, text) for name, text in case.then.items()
            )
        return values

    def _matches(self, rows: pl.DataFrame, rule: Keyed[str, str]) -> pl.Series:
        """Return True for the rows whose columns all match."""
        matched = _all(rows, value=True)
        for name, pattern in rule.items():
            text = rows[str(self.positions[name])].str.strip_chars()
            matched &= text.str.contains(pattern).fill_null(value=False)
        return matched

    def _stated(self, values: pl.DataFrame, where: pl.Series, name: str, text: str) -> pl.Series:
        """Return the column with what a case states in place of what the file does."""
        kind = self.part.canonical.schema[name]
        own = values[name] if name in values.columns else pl.Series([None]).new_from_index(0, values.height)
        value = (text == "true") if kind == pl.Boolean() else text
        return own.cast(kind).set(where, value if text else None).alias(name)

    def _alive(
        self, rows: pl.DataFrame, cases: Sequence[tuple[pl.Series, Case]], verdicts: Verdicts
    ) -> pl.Series | None:
        """Return True for the rows that are no tombstones; None where the part has no tombstones."""
        column = self.part.by_name.get("deleted")
        alive = None
        if column is not None and "deleted" in self.positions:
            position = self.positions["deleted"]
            text = self.text(rows, position, column.default)
            casted = cast(text, column, column.cast_in(self.part.canonical), ".")
            alive = ~verdicts.take(casted, self.layout.header[position]).fill_null(value=False)
        for where, case in cases:
            if case.then.get("deleted") == "true":
                alive = ~where if alive is None else alive & ~where
        return alive


def _all(rows: pl.DataFrame, *, value: bool) -> pl.Series:
    return pl.Series([value], dtype=pl.Boolean).new_from_index(0, rows.height)
