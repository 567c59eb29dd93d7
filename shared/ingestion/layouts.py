"""Lays a feed over the head of a file: header, preamble, measure columns, start of data."""

import re
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Keyed
from dataclasses import dataclass
from itertools import islice
from typing import Final

from shared.ingestion.mapping import Mapping, Unpivot, normalised
from shared.ingestion.model import Dialect, Layout, Measure
from shared.ingestion.records import RecordSplitter, Span, split_record
from shared.ingestion.sniffing import Head

_LONGEST_PREAMBLE: Final = 5
_TRIED_RECORDS: Final = 1000
_POINTS: Final = re.compile(r"\d+(?:[.,]\d+)?")

type _Row = list[str]


@dataclass(frozen=True, slots=True)
class Fit:
    """How a feed lies over a head. `sample` are places of whole data records in the head's text."""

    layout: Layout
    first_record: int
    unread: tuple[str, ...]
    """Labels of columns that the feed does not know."""
    sample: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why a feed does not fit at all, and how many of the columns that it needs are missing."""

    reason: str
    missing: int


def fit(head: Head, mapping: Mapping, separator: str, constants: Keyed[str, str]) -> Fit | Misfit:
    """Lay a feed over a head whose fields are separated by `separator`."""
    spans = list(islice(RecordSplitter(separator).split(head.text, complete=True), _TRIED_RECORDS))
    rows = [_cells(head, span, separator) for span in spans[: _LONGEST_PREAMBLE + 2]]
    if not rows or not rows[0]:
        return Misfit("the header's quotation marks do not pair", len(mapping.require))
    header, positions = tuple(rows[0]), _positions(mapping, rows[0])
    missing = [" or ".join(group) for group in mapping.require if not positions.keys() & set(group)]
    if missing:
        return Misfit(f"no column for {', '.join(missing)}", len(missing))
    preamble = _preamble(mapping.unpivot, rows[1:], header, positions)
    body = spans[1 + preamble.records :]
    layout = Layout(
        dialect=Dialect(encoding=head.encoding, separator=separator),
        header=header,
        constants=constants,
        measures=preamble.measures,
        body_offset=head.offset + (body[0].start if body else len(head.text)),
    )
    unread = _unread(mapping, header, {measure.column for measure in preamble.measures})
    # The last record of an incomplete head may go on behind it.
    sample = body if head.complete else body[:-1]
    return Fit(layout, 2 + preamble.records, unread, tuple(sample))


def _cells(head: Head, span: Span, separator: str) -> _Row:
    """Return the cells of a record, none when its quotes are misplaced."""
    if not span.well_formed:
        return []
    record = head.text[span.start : span.end].decode(head.encoding, "replace").rstrip("\r\n")
    return [cell.strip() for cell in split_record(record, separator)]


def _positions(mapping: Mapping, header: Sequence[str]) -> dict[str, int]:
    known = ((mapping.by_label.get(normalised(label)), n) for n, label in enumerate(header))
    return {column.name: n for column, n in reversed(list(known)) if column is not None}


@dataclass(frozen=True, slots=True)
class _Preamble:
    """The records between header and data, and the measure columns with what these say about them."""

    records: int
    measures: tuple[Measure, ...]


def _preamble(
    unpivot: Unpivot | None, rows: Sequence[_Row], header: Sequence[str], positions: Keyed[str, int]
) -> _Preamble:
    """Read records up to the points possible, or up to the first that is about a learner."""
    if unpivot is None:
        return _Preamble(0, ())
    labels = {
        n: match
        for n, label in enumerate(header)
        if n > positions[unpivot.after] and (match := re.search(unpivot.measure, label))
    }
    at, records, points = positions[unpivot.preamble], 0, dict[int, str]()
    for row in rows[:_LONGEST_PREAMBLE]:
        if not row or (len(row) > at and row[at]) or points:
            break
        records += 1
        points = _points(row, labels)
    measures = tuple(
        Measure(column=n, line_item=match["line_item"], title=match["title"], max_score=points.get(n))
        for n, match in labels.items()
        if not points or n in points
    )
    return _Preamble(records, measures)


def _points(row: _Row, columns: Iterable[int]) -> dict[int, str]:
    """Return the points possible by column as decimal text, none when the record does not state them."""
    cells = {n: row[n] for n in columns if n < len(row)}
    return {n: cell.replace(",", ".") for n, cell in cells.items() if _POINTS.fullmatch(cell)}


def _unread(mapping: Mapping, header: Sequence[str], measures: set[int]) -> tuple[str, ...]:
    ignored = re.compile(mapping.unpivot.ignore if mapping.unpivot else r"(?!)")
    return tuple(
        label
        for n, label in enumerate(header)
        if label
        and n not in measures
        and normalised(label) not in mapping.by_label
        and not ignored.search(label)
    )
