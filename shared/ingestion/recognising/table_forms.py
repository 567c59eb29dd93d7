"""Finds out how a table of no known feed is written: separator, quotes, number of columns, and header."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from shared.ingestion.model import Dialect, LineFormat
from shared.ingestion.reading.containers import Container, text_container
from shared.ingestion.reading.json_lines import paths_of
from shared.ingestion.reading.line_ends import outside_quotes
from shared.ingestion.reading.records import SEPARATORS, RecordSplitter, split_record
from shared.ingestion.reading.sniffing import Head
from shared.ingestion.reading.swapped_quotes import DOUBLE, SINGLE, swapped, swapped_bytes
from shared.ingestion.recognising.members import MemberHead

_TRIED_RECORDS: Final = 1000
_NEARLY_ALL: Final = 0.9
_LONGEST_PREAMBLE: Final = 10
_SHORTEST_FIXED_WIDTH: Final = 20
_SEVERAL: Final = 2
_SINGLY_QUOTED: Final = re.compile(r"'(?:[^']|'')*+'")
_DATUM: Final = re.compile(r"[-+(<$€£]{0,2}\d[\d\s.,:/%)+-]*")
"""Numbers, amounts, dates and times: what no header is made of."""


@dataclass(frozen=True, slots=True)
class TableForm:
    """How a table is written. `width` is the number of cells that most records have."""

    container: Container
    separator: str
    width: int
    first_record: int
    """The ordinal of the first record behind the header; 1 when there is no header."""
    header: tuple[str, ...]
    """The labels of the columns, none without a header. What precedes it is preamble."""
    quote: str = DOUBLE
    """What its cells are quoted by."""
    trailing: bool = False
    """Whether records, but not the header, end by a separator: what is empty behind it is no cell."""

    def dialect(self, encoding: str, lines: LineFormat) -> Dialect:
        """Return how the table is to be read."""
        return Dialect(encoding=encoding, lines=lines, separator=self.separator)


@dataclass(frozen=True, slots=True)
class _Reading:
    """The first records of a file by one separator; a record with misplaced quotes has no cells."""

    separator: str
    rows: Sequence[list[str]]
    quote: str = DOUBLE

    @property
    def width(self) -> int:
        """The number of cells that most records have."""
        return self.commonest[0]

    @property
    def commonest(self) -> tuple[int, int]:
        """The commonest number of cells and how many records have it; of equals, the one that comes first."""
        counts = Counter(len(row) for row in self.rows if row) or Counter({1: 0})
        return counts.most_common(1)[0]

    @property
    def merit(self) -> tuple[int, int, int]:
        """What tells the better reading: fewer misplaced quotes, more records that agree on more columns."""
        width, records = self.commonest
        malformed = sum(not row for row in self.rows)
        return (-malformed, records, width) if width > 1 else (-len(self.rows), 0, 0)

    @property
    def is_sure(self) -> bool:
        """Whether no quote is misplaced and nearly all records agree on several columns."""
        width, records = self.commonest
        return width > 2 and all(self.rows) and records >= _NEARLY_ALL * len(self.rows)


def form_of(member: MemberHead) -> TableForm:
    """Return the form of the table that a member begins."""
    head = member.head
    if member.lines is LineFormat.JSON_LINES:
        paths = paths_of(head.text.split(b"\n")[:_TRIED_RECORDS])
        return TableForm(Container.JSONL, ",", len(paths), 1, paths)
    reading = _by_single_quotes(head) or _best(head)
    trailing = _is_trailing(reading)
    width = reading.width - trailing
    at = _header_at(reading.rows, width)
    return TableForm(
        container=_container(head, reading),
        separator=reading.separator,
        width=width,
        first_record=1 if at is None else at + 2,
        header=() if at is None else tuple(reading.rows[at]),
        quote=reading.quote,
        trailing=trailing,
    )


def _best(head: Head) -> _Reading:
    """Return the reading that most records agree with; blanks part cells where a better one tells so."""
    best = max((_read(head, separator) for separator in SEPARATORS), key=lambda one: one.merit)
    spaced = _read(head, f"{best.separator} ")
    if spaced.width == best.width > 1 and spaced.merit >= best.merit:
        return spaced
    if best.width > 1 and all(best.rows):
        return best
    by_blanks = _read(head, " ")
    return by_blanks if by_blanks.is_sure and b' "' in head.text else best


def _by_single_quotes(head: Head) -> _Reading | None:
    """Return the reading by single quotes, if it is sure that they and no double ones quote cells."""
    if b"'" not in head.text or outside_quotes(head.text) != head.text:
        return None
    found = _best(replace(head, text=swapped_bytes(head.text)))
    if found.width == 1 or sum(map(bool, found.rows)) < _NEARLY_ALL * len(found.rows):
        return None
    plain = _best(head)
    more = found.commonest[1] - plain.commonest[1]
    rows = [row for row in plain.rows if row]
    if more < _SEVERAL and sum(map(_is_quoted, rows)) < _NEARLY_ALL * len(rows):
        return None
    rows = [[swapped(cell) for cell in row] for row in found.rows]
    return replace(found, rows=rows, quote=SINGLE)


def _is_quoted(row: Sequence[str]) -> bool:
    """Tell whether every text of a record is quoted by single quotes."""
    texts = [cell for cell in row if cell and not _DATUM.fullmatch(cell)]
    return bool(texts) and all(_SINGLY_QUOTED.fullmatch(text) for text in texts)


def _read(head: Head, separator: str) -> _Reading:
    spans = islice(RecordSplitter(separator).split(head.text, complete=True), _TRIED_RECORDS)
    texts = (
        (head.text[span.start : span.end].decode(head.encoding, "replace") if span.well_formed else None)
        for span in spans
    )
    return _Reading(
        separator, [[] if text is None else split_record(text.rstrip("\r\n"), separator) for text in texts]
    )


def _container(head: Head, reading: _Reading) -> Container:
    if reading.width > 1:
        return text_container(reading.separator)
    lines = head.text.splitlines()
    alike = len(lines) > 1 and len(set(map(len, lines))) == 1
    return Container.FIXED_WIDTH if alike and len(lines[0]) >= _SHORTEST_FIXED_WIDTH else Container.CSV


def _header_at(rows: Sequence[list[str]], width: int) -> int | None:
    """Return where the header is: the first record that reads as one, if nothing before it reads as data."""
    for at, row in enumerate(rows[:_LONGEST_PREAMBLE]):
        if len(row) == width and _filled(row):
            return None if any(_DATUM.fullmatch(cell.strip()) for cell in row) else at
    return None


def _is_trailing(reading: _Reading) -> bool:
    """Tell whether all records of the usual width end in an empty cell, for which the header has no label."""
    width = reading.width
    usual = [row for row in reading.rows if len(row) == width]
    at = _header_at(reading.rows, width - 1)
    if width <= 2 or at is None or any(len(row) == width for row in reading.rows[:at]):
        return False
    return not any(row[-1] for row in usual)


def _filled(row: Sequence[str]) -> bool:
    return 2 * sum(bool(cell.strip()) for cell in row) > len(row)
