"""Lays a feed over the head of a file: header, preamble, measure columns, start of data."""

import re
from collections.abc import Mapping as Keyed
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from shared.ingestion.mapping import Mapping, Unpivot, normalised
from shared.ingestion.model import Dialect, Layout, Measure
from shared.ingestion.reading import split_record
from shared.ingestion.records import RecordSplitter, Span
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
    """Why a feed does not fit at all."""

    reason: str


def fit(head: Head, mapping: Mapping, separator: str, constants: Keyed[str, str]) -> Fit | Misfit:
    """Lay a feed over a head whose fields are separated by `separator`."""
    spans = list(islice(RecordSplitter(separator).split(head.text, complete=True), _TRIED_RECORDS))
    rows = [_cells(head, span, separator) for span in spans[: _LONGEST_PREAMBLE + 2]]
    if not rows or not rows[0]:
        return Misfit("the header's quotation marks do not pair")
    header, positions = tuple(rows[0]), _positions(mapping, rows[0])
    missing = [" or ".join(group) for group in mapping.require if not positions.keys() & set(group)]
    if missing:
        return Misfit(f"no column for {', '.join(missing)}")
    preamble = _preamble(mapping.unpivot, rows[1:], positions)
    measures = _measures(mapping.unpivot, header, positions, preamble)
    body = spans[1 + len(preamble) :]
    layout = Layout(
        dialect=Dialect(encoding=head.encoding, separator=separator),
        header=header,
        constants=constants,
        measures=measures,
        body_offset=head.offset + (body[0].start if body else len(head.text)),
    )
    unread = _unread(mapping, header, {measure.column for measure in measures})
    # The last record of an incomplete head may go on behind it.
    sample = body if head.complete else body[:-1]
    return Fit(layout, 2 + len(preamble), unread, tuple(sample))


def _cells(head: Head, span: Span, separator: str) -> _Row:
    """Return the cells of a record, none when its quotes are misplaced."""
    if not span.well_formed:
        return []
    record = head.text[span.start : span.end].decode(head.encoding, "replace").rstrip("\r\n")
    return [cell.strip() for cell in split_record(record, separator)]


def _positions(mapping: Mapping, header: Sequence[str]) -> dict[str, int]:
    known = ((mapping.by_label.get(normalised(label)), n) for n, label in enumerate(header))
    return {column.name: n for column, n in reversed(list(known)) if column is not None}


def _preamble(unpivot: Unpivot | None, rows: Sequence[_Row], positions: Keyed[str, int]) -> list[_Row]:
    preamble: list[_Row] = []
    if unpivot is None:
        return preamble
    at = positions[unpivot.preamble]
    for row in rows:
        if not row or (len(row) > at and row[at]) or len(preamble) == _LONGEST_PREAMBLE:
            break
        preamble.append(row)
    return preamble


def _measures(
    unpivot: Unpivot | None, header: Sequence[str], positions: Keyed[str, int], preamble: Sequence[_Row]
) -> tuple[Measure, ...]:
    if unpivot is None:
        return ()
    labels = [
        (n, match)
        for n, label in enumerate(header)
        if n > positions[unpivot.after] and (match := re.search(unpivot.measure, label))
    ]
    points = _points_row([n for n, _ in labels], preamble)
    return tuple(
        Measure(column=n, line_item=match["line_item"], title=match["title"], max_score=points.get(n))
        for n, match in labels
        if not points or n in points
    )


def _points_row(columns: Sequence[int], preamble: Sequence[_Row]) -> dict[int, str]:
    """Return the points possible by column from the preamble record that states them, as decimal text."""
    for row in preamble:
        cells = {n: row[n] for n in columns if n < len(row) and row[n]}
        points = {n: cell.replace(",", ".") for n, cell in cells.items() if _POINTS.fullmatch(cell)}
        if points:
            return points
    return {}


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
