"""Draws records: the cells of each, and the facts that a reader must find in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Final

from scripts.lib.simulation.forms import Form, FormMeasure
from scripts.lib.simulation.inverting import inverted
from scripts.lib.simulation.texts import Written, mark, read_plainly, write
from scripts.lib.simulation.world import Place, Value, name_of, place, said, transferred
from shared.ingestion.mapping.columns import Cast, Column
from shared.ingestion.model import RejectCode
from shared.ingestion.table_names import TableName

type Row = dict[str, Value]
"""One fact by the canonical columns that a record fills."""

_WITHOUT_VALUE: Final = 0.06
_DELETED: Final = 0.05
_TRIES: Final = 20


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a record must be rejected, and the label of the column at fault."""

    code: RejectCode
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A record about to be written. `line` stands in the place of the cells where they can't say it."""

    cells: list[str]
    facts: tuple[Row, ...] = ()
    rejection: Rejection | None = None
    line: str | None = None
    skipped: bool = False
    cut: bool = False
    """Whether the file ends with it, without a line end."""


@dataclass(slots=True)
class Drawing:
    """Draws the records of one table; `others` are rows that it looks up in, by their key."""

    form: Form
    random: Random
    others: dict[str, Row] = field(default_factory=dict)
    moved: int = 0
    """By how many classes everybody is in another than usual."""
    aged: int = 0
    """By how many days all rows changed earlier than usual."""

    def records(self, first: int, count: int) -> Iterator[Draft]:
        """Yield the records of the rows from `first` of the district's table."""
        # A wide record is about a person, and its columns are what the table's rows are about.
        table = TableName.PERSON if self.form.part.unpivot else self.form.part.table
        for n in range(first, first + count):
            yield self.record(transferred(place(table, n), self.moved))

    def record(self, at: Place) -> Draft:
        """Return the record of one row."""
        form = self.form
        cells, values = self._about(at)
        facts = tuple(self._measured(at, cells, values)) if form.part.unpivot else (self._complete(values),)
        if self._skips(cells):
            return Draft(cells, skipped=True)
        if form.part.lookup and any(map(self._lacks, facts)):
            return rejected(Draft(cells), RejectCode.MISSING)
        return Draft(cells, facts)

    def _lacks(self, row: Row) -> bool:
        """Tell whether a fact lacks what the table needs: the row that was looked up does not say it."""
        return not row["deleted"] and any(row[name] is None for name in self.form.part.canonical.required)

    def aside(self) -> Draft | None:
        """Return a record that the feed skips because it is not about a learner, if there are such."""
        for rule in self.form.part.skip:
            if rule.keys() <= self.form.known.keys():
                cells = self.record(place(self.form.part.table, 0)).cells
                for name, pattern in rule.items():
                    cells[self.form.known[name]] = inverted(pattern, {}, self.random)[0]
                return Draft(cells, skipped=True)
        return None

    def _about(self, at: Place) -> tuple[list[str], Row]:
        form, values = self.form, dict[str, Value]()
        deleted = "deleted" in form.known and self.random.random() < _DELETED
        fillers = [column for column in form.part.columns if column.name in form.known]
        cells = [""] * len(form.header)
        for column in fillers:
            position = form.known[column.name]
            if position not in form.filling:
                cells[position] = self._fitted(_filler(column, at), position)
                continue
            written = self._cell(column, at, position, deleted=deleted)
            cells[position] = written.text
            values[column.name] = written.value
        self._look_up(cells, values)
        return cells, values | self._excepted(cells)

    def _look_up(self, cells: list[str], values: Row) -> None:
        lookup = self.form.part.lookup
        if lookup is None:
            return
        # A tombstone may name what is gone itself.
        found = [key for key, row in self.others.items() if values.get("deleted") or not row["deleted"]]
        key = self.random.choice(found)
        position = self.form.known[lookup.on]
        cells[position] = write(key, self.form.part.by_name[lookup.on], Cast.TEXT, self.random, ".").text
        values[lookup.on] = key
        values |= {mine: self.others[key][theirs] for mine, theirs in lookup.take.items()}

    def _excepted(self, cells: list[str]) -> Row:
        """Return what the cases of the feed say of a record, each over those before it."""
        known, said = self.form.known, dict[str, Value]()
        for case in self.form.part.cases:
            if case.where.keys() <= known.keys() and all(
                re.search(pattern, cells[known[name]].strip()) for name, pattern in case.where.items()
            ):
                schema = self.form.part.canonical.schema
                said |= {
                    name: read_plainly(text, None, schema[name]) if text else None
                    for name, text in case.then.items()
                }
        return said

    def _cell(self, column: Column, at: Place, position: int, *, deleted: bool) -> Written:
        form, table = self.form, self.form.part.canonical
        kind = column.cast_in(table)
        wish = deleted if column.name == "deleted" else self._said(column.name, at)
        optional = column.name not in form.needed or (deleted and column.name not in form.part.key)
        share = 0.5 if deleted and column.name != "updated_at" else _WITHOUT_VALUE
        if column.name != "deleted" and optional and self.random.random() < share:
            return self._nothing(column, position)
        for _ in range(_TRIES):
            written = write(wish, column, kind, self.random, form.style.decimal)
            fitted = self._fitted(written.text, position)
            if fitted == written.text and written.text not in form.mapping.missing:
                return written
            wish = fitted if kind in {Cast.TEXT, None} else self._said(column.name, at)
        return self._nothing(column, position)

    def _said(self, name: str, at: Place) -> Value:
        wish = said(name, at, self.random)
        return wish - timedelta(self.aged) if name == "updated_at" and isinstance(wish, datetime) else wish

    def _nothing(self, column: Column, position: int) -> Written:
        value = column.default
        stated = read_plainly(value, column, self.form.part.canonical.schema[column.name]) if value else None
        marks = self.form.mapping.missing
        if self.form.limits:
            marks = tuple(text for text in marks if len(text) <= self.form.limits[position])
        return Written(mark(marks, self.random), stated)

    def _fitted(self, text: str, position: int) -> str:
        """Return as much of a text as its line has room for; the end of it, where identifiers differ."""
        if not self.form.limits:
            return text
        return text.replace("\n", " ").rstrip()[-self.form.limits[position] :].strip()

    def _measured(self, at: Place, cells: list[str], about: Row) -> Iterator[Row]:
        for measure in self.form.measures:
            values = self._measure(at, measure, cells)
            if values is not None:
                stated = {
                    name: read_plainly(text, None, self.form.part.canonical.schema[name])
                    for name, text in measure.constants.items()
                }
                yield self._complete(about | stated | values)

    def _measure(self, at: Place, measure: FormMeasure, cells: list[str]) -> Row | None:
        """Fill the cells of one measure; None when all of them say nothing."""
        unpivot, values, filled = self.form.part.unpivot, dict[str, Value](), False
        for name, position in measure.cells.items():
            if unpivot and name == unpivot.value and unpivot.codes and self.random.random() < _DELETED:
                code, status = self.random.choice(list(unpivot.codes.items()))
                cells[position], filled = code, True
                values |= {name: None, "status": status}
                continue
            column = self.form.part.by_name.get(name) or Column(name=name, labels=(name,))
            written = self._cell(column, at, position, deleted=False)
            cells[position] = written.text
            values[name] = written.value
            filled = filled or written.value is not None
            if unpivot and name == unpivot.value and unpivot.status and written.value is not None:
                values["status"] = unpivot.status
        if unpivot and values.get("status") in {"suppressed", "not-tested"}:
            values |= dict.fromkeys(values.keys() & set(unpivot.blank))
        return values if filled else None

    def _complete(self, values: Row) -> Row:
        """Add what the file's name and the feed say, and what a column is when nobody does."""
        form, table = self.form, self.form.part.canonical
        row: Row = dict.fromkeys(table.from_record) | values
        for name, text in {**form.constants, **form.part.constants}.items():
            if name in row and row[name] is None:
                row[name] = read_plainly(text, None, table.schema[name])
        usual: Row = {"attempt": 1, "deleted": False}
        row |= {name: value for name, value in usual.items() if name in row and row[name] is None}
        same = {name: row[other] for name, other in form.part.same.items() if row[name] is None}
        return row | same

    def _skips(self, cells: list[str]) -> bool:
        known = self.form.known
        return any(
            all(re.search(pattern, cells[known[name]].strip()) for name, pattern in rule.items())
            for rule in self.form.part.skip
            if rule.keys() <= known.keys()
        )


def rejected(draft: Draft, code: RejectCode, column: str | None = None) -> Draft:
    """Return the record without facts, to be rejected."""
    return replace(draft, facts=(), rejection=Rejection(code, column))


def _filler(column: Column, at: Place) -> str:
    """Return what a column holds that nobody reads into facts."""
    return name_of(at.learner) if "name" in column.name or column.name == "student" else f"{at.learner:05d}"
