"""Lays a part of a feed over the head of a member: header, columns, measures, and where the data starts."""

import re
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Mapping as Keyed
from dataclasses import dataclass, replace

from shared.ingestion.mapping.columns import normalised
from shared.ingestion.mapping.measuring import NOT_WIDE, Measured, measured
from shared.ingestion.mapping.parts import Part, Unpivot
from shared.ingestion.mapping.tried_heads import LONGEST_BEFORE_HEADER, Header, Table, TriedHead
from shared.ingestion.model import Dialect, Layout, LineFormat
from shared.ingestion.reading.fixed_width import read_slices
from shared.ingestion.reading.json_lines import paths_of
from shared.ingestion.reading.records import Span


@dataclass(frozen=True, slots=True)
class Fit:
    """How a part lies over a head."""

    layout: Layout
    header_record: int
    """The ordinal of the record that the header ends with; 0 when there is none."""
    first_record: int
    unread: tuple[str, ...]
    """Labels of columns that the part does not know."""
    doubled: tuple[str, ...]
    """Labels of columns in place of which the part reads others of the table."""
    sample: Callable[[], Sequence[Span]]
    """Finds the places of whole data records in the head's text."""
    only_deletes: bool = False
    """Whether the head states keys of deleted rows and no more, which other parts may state alike."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why a part does not fit at all, and how many of the columns that it needs are missing."""

    reason: str
    missing: int


def fits(
    tried: TriedHead, part: Part, constants: Keyed[str, str], lines: LineFormat
) -> Iterator[Fit | Misfit]:
    """Yield what comes of each way in which a part may lie over a head whose lines are of this format."""
    match lines:
        case LineFormat.DELIMITED:
            for separator in part.separators:
                yield _delimited(tried, part, separator, constants)
        case LineFormat.JSON_LINES:
            yield _json_lines(tried, part, constants)
        case LineFormat.FIXED_WIDTH:
            yield _fixed_width(tried, part, constants)


def _delimited(tried: TriedHead, part: Part, separator: str, constants: Keyed[str, str]) -> Fit | Misfit:
    head, table = tried.head, tried.table(separator)
    found = _header(part, table)
    if isinstance(found, Misfit):
        return found
    header, behind = found
    positions = positions_of(part, header)
    wide = measured(part.unpivot, header, positions, table.rows[behind:]) if part.unpivot else NOT_WIDE
    if part.unpivot and not _has_enough(part.unpivot, wide, positions):
        return Misfit("no columns of measures", 1)
    before = behind + wide.preamble
    body = table.records.first(before + 1)[before:]
    layout = Layout(
        dialect=Dialect(encoding=head.encoding, separator=separator),
        header=header,
        constants=constants,
        measures=wide.measures,
        body_offset=head.offset + (body[0].start if body else len(head.text)),
    )

    def sample() -> Sequence[Span]:
        records = table.records.behind(before)
        # The last record of an incomplete head may go on behind it.
        return records if head.complete else records[:-1]

    unread, doubled = _left(part, header, positions, wide)
    return Fit(layout, behind, before + 1, unread, doubled, sample)


def _header(part: Part, table: Table) -> tuple[tuple[str, ...], int] | Misfit:
    """Return the header and how many records there are up to its end, or the nearest miss."""
    rows, nearest = table.rows, list[str]()
    for at in range(min(len(rows), LONGEST_BEFORE_HEADER)):
        header = table.header(at, part.header_rows)
        missing = _missing(part, header)
        if not missing:
            return header.labels, at + part.header_rows
        if not nearest or len(missing) < len(nearest):
            nearest = missing
    # By most of its records: any one may have a fault, the first too.
    if part.order and 2 * sum(len(row) == len(part.order) for row in rows) > len(rows):
        return part.order, 0
    if not rows or not rows[0]:
        return Misfit("the header's quotation marks do not pair", len(part.require))
    return Misfit(f"no column for {', '.join(nearest)}", len(nearest))


def _json_lines(tried: TriedHead, part: Part, constants: Keyed[str, str]) -> Fit | Misfit:
    head, lines = tried.head, tried.lines
    found = paths_of(head.text[span.start : span.end] for span in lines)
    if not found:
        return Misfit("its lines are no JSON objects", len(part.require))
    known = frozenset(map(normalised, found))
    missing = _missing(part, Header(found, known))
    only_deletes = _only_deletes(part, found)
    if missing and not only_deletes:
        return Misfit(f"no member for {', '.join(missing)}", len(missing))
    # A path that is first met behind the head is read all the same.
    later = [column.labels[0] for column in part.columns if known.isdisjoint(column.known_as)]
    fit = _of_lines(tried, part, constants, Dialect(lines=LineFormat.JSON_LINES), (*found, *later), found)
    return replace(fit, only_deletes=only_deletes)


def _fixed_width(tried: TriedHead, part: Part, constants: Keyed[str, str]) -> Fit | Misfit:
    slices = read_slices(part.layout or "")
    width = max(start + length for start, length in slices.values())
    # A line that is cut or too long is a fault of its record, not of the file.
    if tried.widths[width] * 2 <= tried.widths.total():
        return Misfit(f"its lines are not {width} characters long", len(part.require))
    dialect = Dialect(encoding=tried.head.encoding, lines=LineFormat.FIXED_WIDTH)
    return _of_lines(tried, part, constants, dialect, tuple(slices), (), tuple(slices.values()))


def _of_lines(  # noqa: PLR0913, PLR0917 - what a layout is made of, for both formats without a header
    tried: TriedHead,
    part: Part,
    constants: Keyed[str, str],
    dialect: Dialect,
    header: tuple[str, ...],
    seen: Sequence[str],
    slices: tuple[tuple[int, int], ...] = (),
) -> Fit:
    positions = positions_of(part, header)
    wide = measured(part.unpivot, header, positions, ()) if part.unpivot else NOT_WIDE
    layout = Layout(
        dialect=dialect,
        header=header,
        constants=constants,
        measures=wide.measures,
        slices=slices,
        body_offset=tried.head.offset,
    )
    unread, doubled = _left(part, seen, positions, wide)
    return Fit(layout, 0, 1, unread, doubled, lambda: tried.lines)


def _has_enough(unpivot: Unpivot, wide: Measured, positions: Keyed[str, int]) -> bool:
    """Tell whether a table has the measures that the part asks for, or else what no other table has."""
    proven = wide.states_points or not positions.keys().isdisjoint(unpivot.unless)
    return proven or len(wide.measures) >= unpivot.least


def positions_of(part: Part, header: Sequence[str]) -> dict[str, int]:
    """Return the position of each known column that a table has.

    Where it has several for one, the label that the part lists first decides; where that repeats, the first.
    """
    first = {normalised(label): n for n, label in reversed(list(enumerate(header)))}
    return {
        column.name: first[label]
        for column in part.columns
        for label in reversed(column.known_as)
        if label in first
    }


def _missing(part: Part, header: Header) -> list[str]:
    """Return the groups of columns of which the part needs one and the table has none."""
    return [group for group, labels in part.needed if labels.isdisjoint(header.known_as)]


def _only_deletes(part: Part, found: Sequence[str]) -> bool:
    """Tell whether objects state their key, that they are deleted, and when: a delta may begin so."""
    stated, known = {*part.key, "deleted"}, positions_of(part, found).keys()
    return stated <= known <= stated | {"updated_at"} and len(known) == len(found)


def _left(
    part: Part, header: Sequence[str], positions: Keyed[str, int], wide: Measured
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the labels of columns that the part does not know, and of those that it reads others for."""
    ignored: list[Callable[[str], object]] = [re.compile(part.ignore).search]
    if part.unpivot:
        ignored.append(re.compile(part.unpivot.ignore).search)
    read = wide.columns.union(positions.values())
    left = [
        label
        for n, label in enumerate(header)
        if label and n not in read and not any(search(label) for search in ignored)
    ]
    unread = tuple(label for label in left if normalised(label) not in part.by_label)
    reread = {label for column in part.columns if column.name in part.read for label in column.known_as}
    doubled = tuple(label for label in left if normalised(label) in reread)
    return unread, doubled
