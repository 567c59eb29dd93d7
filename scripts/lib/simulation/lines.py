"""Writes records as lines of each format, and tells at which record and byte each of them stands."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from scripts.lib.simulation.drafts import Draft, Row
from scripts.lib.simulation.forms import Form, shown
from shared.ingestion.mapping.columns import Cast
from shared.ingestion.model import RejectCode
from shared.ingestion.reading.fixed_width import read_slices

BOM: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"
_POINTS_LABEL: Final = "    Points Possible"
_POSTING: Final = "Manual Posting"


@dataclass(frozen=True, slots=True)
class Line:
    """A written record; `record` is None for what precedes the data, and for a blank line."""

    text: str
    record: int | None = None
    byte: int = 0
    draft: Draft | None = None

    @property
    def rows(self) -> tuple[Row, ...]:
        """The facts of the record, with their place."""
        own = self.draft.facts if self.draft else ()
        return tuple({**row, "record": self.record, "byte": self.byte} for row in own)

    @property
    def reject(self) -> "RejectedRecord | None":
        """The reject of the record, None where it is accepted."""
        if self.draft is None or self.draft.rejection is None or self.record is None:
            return None
        why = self.draft.rejection
        return RejectedRecord(self.record, self.byte, why.code, why.column)


@dataclass(frozen=True, slots=True, order=True)
class RejectedRecord:
    """Where a record is that must be rejected, and why."""

    record: int
    byte: int
    code: RejectCode
    column: str | None


def write_lines(form: Form, drafts: Iterable[Draft]) -> Iterator[Line]:
    """Yield a table line by line. Bytes are counted in the encoding in which its lines are cut."""
    style = form.style
    encoding = "cp1252" if style.encoding == "cp1252" else "utf-8"
    ordinal, byte = 0, 0
    if style.bom and style.encoding == "utf-8":
        yield Line(BOM)
        byte += 0 if style.staged else len(BOM.encode())
    for text in _before(form):
        yield Line(text)
        ordinal += 1
        byte += len(text.encode(encoding))
    for draft in drafts:
        ordinal += 1
        line = draft.line
        text = (line if line is not None else text_of(form, draft.cells)) + style.line_end * (not draft.cut)
        yield Line(text, ordinal, byte, draft)
        byte += len(text.encode(encoding))
        if style.blank_lines and ordinal % 7 == 0:
            yield Line(style.line_end)
            byte += len(style.line_end)


def _before(form: Form) -> Iterator[str]:
    """Yield the records of the header and those that lie between it and the data."""
    part, style = form.part, form.style
    if part.lines[0] != "delimited" or (style.headless and part.order):
        return
    for record in shown(form.header, part.header_rows):
        yield delimited(form, record) + style.line_end
    if part.unpivot is None or part.unpivot.preamble is None or not style.points:
        return
    if style.posting:
        yield delimited(form, _preamble(form, dict.fromkeys(_cells(form)[::3], _POSTING))) + style.line_end
    points = {
        measure.cells[part.unpivot.value]: measure.constants["max_score"].replace(".", style.decimal)
        for measure in form.measures
    }
    yield delimited(form, _preamble(form, {0: _POINTS_LABEL, **points})) + style.line_end


def _cells(form: Form) -> list[int]:
    return [at for measure in form.measures for at in measure.cells.values()]


def _preamble(form: Form, cells: dict[int, str]) -> list[str]:
    return [cells.get(at, "") for at in range(len(form.header))]


def text_of(form: Form, cells: Sequence[str]) -> str:
    """Return a record in the line format of its part, without line end."""
    match form.part.lines[0]:
        case "delimited":
            return delimited(form, cells)
        case "json-lines":
            return _json(form, cells)
        case _:
            return fixed_width(form, cells)


def delimited(form: Form, cells: Sequence[str]) -> str:
    """Return a record with quotes where it needs them, without line end."""
    line = io.StringIO(newline="")
    csv.writer(line, delimiter=form.separator, lineterminator="").writerow(cells)
    return line.getvalue()


def fixed_width(form: Form, cells: Sequence[str]) -> str:
    """Return a record of cells that stand where the layout says."""
    slices = list(read_slices(form.part.layout or "").values())
    line = [" "] * max(start + length for start, length in slices)
    for (start, length), cell in zip(slices, cells, strict=True):
        line[start : start + length] = cell.ljust(length)
    return "".join(line)


def _json(form: Form, cells: Sequence[str]) -> str:
    if form.style.structure == "xml":
        # What a reader writes down of elements: texts all of them, by the path to each.
        return json.dumps(dict(zip(form.header, cells, strict=True)), ensure_ascii=False)
    found: dict[str, Any] = {}
    for at, (path, cell) in enumerate(zip(form.header, cells, strict=True)):
        *above, name = path.split(".")
        inner = found
        for step in above:
            inner = inner.setdefault(step, {})
        inner[name] = _json_value(form, at, cell)
    return json.dumps(found, ensure_ascii=False)


def _json_value(form: Form, at: int, cell: str) -> str | int | None:
    column = form.filling.get(at)
    kind = column.cast_in(form.part.canonical) if column else None
    if kind in {Cast.INTEGER, Cast.EPOCH} and cell.isdecimal() and not cell.startswith("0"):
        return int(cell)
    return cell or None
