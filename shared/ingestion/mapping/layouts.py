"""Lays a part of a feed over the head of a member: header, columns, measures, and where the data starts."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Mapping as Keyed
from dataclasses import dataclass
from itertools import islice
from typing import Final

from shared.ingestion.mapping.columns import normalised
from shared.ingestion.mapping.feed import Part
from shared.ingestion.mapping.measuring import NOT_WIDE, Measured, measured
from shared.ingestion.model import Dialect, Layout, LineFormat
from shared.ingestion.reading.fixed_width import read_slices
from shared.ingestion.reading.json_lines import paths_of
from shared.ingestion.reading.records import RecordSplitter, Span, split_record
from shared.ingestion.reading.sniffing import Head

_LONGEST_BEFORE_HEADER: Final = 10
_TRIED_RECORDS: Final = 1000

type _Row = list[str]


@dataclass(frozen=True, slots=True)
class Fit:
    """How a part lies over a head. `sample` are places of whole data records in the head's text."""

    layout: Layout
    header_record: int
    """The ordinal of the record that the header ends with; 0 when there is none."""
    first_record: int
    unread: tuple[str, ...]
    """Labels of columns that the part does not know."""
    sample: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why a part does not fit at all, and how many of the columns that it needs are missing."""

    reason: str
    missing: int


def fits(head: Head, part: Part, constants: Keyed[str, str], lines: LineFormat) -> Iterator[Fit | Misfit]:
    """Yield what comes of each way in which a part may lie over a head whose lines are of this format."""
    match lines:
        case LineFormat.DELIMITED:
            for separator in part.separators:
                yield _delimited(head, part, separator, constants)
        case LineFormat.JSON_LINES:
            yield _json_lines(head, part, constants)
        case LineFormat.FIXED_WIDTH:
            yield _fixed_width(head, part, constants)


def _delimited(head: Head, part: Part, separator: str, constants: Keyed[str, str]) -> Fit | Misfit:
    records = RecordSplitter(separator).split(head.text, complete=True)
    spans = list(islice(records, 2 * _LONGEST_BEFORE_HEADER))
    rows = [_cells(head, span, separator) for span in spans]
    found = _header(part, rows)
    if isinstance(found, Misfit):
        return found
    header, behind = found
    spans += islice(records, _TRIED_RECORDS - len(spans))
    positions = positions_of(part, header)
    wide = measured(part.unpivot, header, positions, rows[behind:]) if part.unpivot else NOT_WIDE
    if part.unpivot and len(wide.measures) < part.unpivot.least:
        return Misfit("no columns of measures", 1)
    body = spans[behind + wide.preamble :]
    layout = Layout(
        dialect=Dialect(encoding=head.encoding, separator=separator),
        header=header,
        constants=constants,
        measures=wide.measures,
        body_offset=head.offset + (body[0].start if body else len(head.text)),
    )
    # The last record of an incomplete head may go on behind it.
    sample = body if head.complete else body[:-1]
    return Fit(layout, behind, behind + wide.preamble + 1, _unread(part, header, wide), tuple(sample))


def _header(part: Part, rows: Sequence[_Row]) -> tuple[tuple[str, ...], int] | Misfit:
    """Return the header and how many records there are up to its end, or the nearest miss."""
    misses = []
    for at in range(min(len(rows), _LONGEST_BEFORE_HEADER)):
        header = _joined(rows[at : at + part.header_rows])
        missing = _missing(part, header)
        if not missing:
            return header, at + part.header_rows
        misses.append(Misfit(f"no column for {', '.join(missing)}", len(missing)))
    if part.order and rows and len(rows[0]) == len(part.order):
        return part.order, 0
    if not rows or not rows[0]:
        return Misfit("the header's quotation marks do not pair", len(part.require))
    return min(misses, key=lambda miss: miss.missing)


def _joined(rows: Sequence[_Row]) -> tuple[str, ...]:
    if len(rows) == 1:
        return tuple(rows[0])
    width = max(map(len, rows))
    return tuple(" ".join(row[n] for row in rows if n < len(row) and row[n]) for n in range(width))


def _json_lines(head: Head, part: Part, constants: Keyed[str, str]) -> Fit | Misfit:
    lines = _lines(head)
    found = paths_of(head.text[span.start : span.end] for span in lines)
    if not found:
        return Misfit("its lines are no JSON objects", len(part.require))
    missing = _missing(part, found)
    if missing:
        return Misfit(f"no member for {', '.join(missing)}", len(missing))
    known = {normalised(path) for path in found}
    # A path that is first met behind the head is read all the same.
    later = [label for label in (c.labels[0] for c in part.columns) if normalised(label) not in known]
    return _of_lines(
        head, part, constants, lines, Dialect(lines=LineFormat.JSON_LINES), (*found, *later), found
    )


def _fixed_width(head: Head, part: Part, constants: Keyed[str, str]) -> Fit | Misfit:
    slices = read_slices(part.layout or "")
    width = max(start + length for start, length in slices.values())
    lines = _lines(head)
    widths = Counter(
        len(head.text[s.start : s.end].decode(head.encoding, "replace").rstrip("\r\n")) for s in lines
    )
    # A line that is cut or too long is a fault of its record, not of the file.
    if widths[width] * 2 <= widths.total():
        return Misfit(f"its lines are not {width} characters long", len(part.require))
    dialect = Dialect(encoding=head.encoding, lines=LineFormat.FIXED_WIDTH)
    return _of_lines(head, part, constants, lines, dialect, tuple(slices), (), tuple(slices.values()))


def _of_lines(  # noqa: PLR0913, PLR0917 - what a layout is made of, for both formats without a header
    head: Head,
    part: Part,
    constants: Keyed[str, str],
    lines: Sequence[Span],
    dialect: Dialect,
    header: tuple[str, ...],
    seen: Sequence[str],
    slices: tuple[tuple[int, int], ...] = (),
) -> Fit:
    wide = measured(part.unpivot, header, positions_of(part, header), ()) if part.unpivot else NOT_WIDE
    layout = Layout(
        dialect=dialect,
        header=header,
        constants=constants,
        measures=wide.measures,
        slices=slices,
        body_offset=head.offset,
    )
    return Fit(layout, 0, 1, _unread(part, seen, wide), tuple(lines))


def _lines(head: Head) -> list[Span]:
    """Return the whole lines of a head that are not blank."""
    spans, start = list[Span](), 0
    for line in head.text.split(b"\n")[:_TRIED_RECORDS]:
        end = min(start + len(line) + 1, len(head.text))
        if line.strip():
            spans.append(Span(start, end, well_formed=True))
        start = end
    return spans


def _cells(head: Head, span: Span, separator: str) -> _Row:
    """Return the cells of a record, none when its quotes are misplaced."""
    if not span.well_formed:
        return []
    record = head.text[span.start : span.end].decode(head.encoding, "replace").rstrip("\r\n")
    return [cell.strip() for cell in split_record(record, separator)]


def positions_of(part: Part, header: Sequence[str]) -> dict[str, int]:
    """Return the position of each known column that a table has; the first, where a label repeats."""
    known = ((part.by_label.get(normalised(label)), n) for n, label in enumerate(header))
    return {column.name: n for column, n in reversed(list(known)) if column is not None}


def _missing(part: Part, header: Sequence[str]) -> list[str]:
    """Return the groups of columns of which the part needs one and the table has none."""
    positions = positions_of(part, header)
    return [" or ".join(group) for group in part.require if not positions.keys() & set(group)]


def _unread(part: Part, header: Sequence[str], wide: Measured) -> tuple[str, ...]:
    ignored: list[Callable[[str], object]] = [re.compile(part.ignore).search]
    if part.unpivot:
        ignored.append(re.compile(part.unpivot.ignore).search)
    return tuple(
        label
        for n, label in enumerate(header)
        if label
        and n not in wide.columns
        and normalised(label) not in part.by_label
        and not any(search(label) for search in ignored)
    )
