"""The head of a member as the parts of feeds try it: taken apart once, however many of them look."""

import string
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Final

from shared.ingestion.mapping.columns import normalised
from shared.ingestion.reading.records import RecordSplitter, Span, split_record
from shared.ingestion.reading.sniffing import Head

LONGEST_BEFORE_HEADER: Final = 10
_TRIED_RECORDS: Final = 1000
_TOLD_BY: Final = 20
"""How many lines tell what all are."""
_BLANK: Final = string.whitespace
"""What a line may be of and be blank: no more of text than of bytes."""

type Row = list[str]


class Records:
    """The places of the first records of a head, found as far as somebody asks."""

    def __init__(self, spans: Iterator[Span]) -> None:
        self._coming = islice(spans, _TRIED_RECORDS)
        self._found: list[Span] = []

    def first(self, records: int) -> list[Span]:
        """Return the first records, as many as there are."""
        self._found += islice(self._coming, max(records - len(self._found), 0))
        return self._found[:records]

    def behind(self, records: int) -> list[Span]:
        """Return the records behind the first."""
        return self.first(_TRIED_RECORDS)[records:]


@dataclass(frozen=True, slots=True)
class Header:
    """Records that may be a header: the label of each column, and all labels as they are compared."""

    labels: tuple[str, ...]
    known_as: frozenset[str]


class Table:
    """A head split by one separator; the cells of its first records are as they stand there."""

    def __init__(self, head: Head, separator: str) -> None:
        self.records = Records(RecordSplitter(separator).split(head.text, complete=True))
        first = self.records.first(2 * LONGEST_BEFORE_HEADER)
        self.rows = [_cells(head, span, separator) for span in first]
        self._headers: dict[tuple[int, int], Header] = {}

    def header(self, at: int, records: int) -> Header:
        """Return the header that so many records from one on would be; cells of a column are joined."""
        header = self._headers.get((at, records))
        if header is None:
            labels = _joined([[cell.strip() for cell in row] for row in self.rows[at : at + records]])
            header = Header(labels, frozenset(map(normalised, labels)))
            self._headers[at, records] = header
        return header


class TriedHead:
    """A head, and what was found out about it. Not to be shared among threads."""

    def __init__(self, head: Head) -> None:
        self.head = head
        self._tables: dict[str, Table] = {}

    def table(self, separator: str) -> Table:
        """Return the head split by a separator."""
        if separator not in self._tables:
            self._tables[separator] = Table(self.head, separator)
        return self._tables[separator]

    @cached_property
    def lines(self) -> list[Span]:
        """The whole lines that are not blank."""
        spans, start, text = list[Span](), 0, self.head.text
        for line in text.split(b"\n", _TRIED_RECORDS)[:_TRIED_RECORDS]:
            end = min(start + len(line) + 1, len(text))
            if line.strip():
                spans.append(Span(start, end, well_formed=True))
            start = end
        return spans

    @cached_property
    def is_of_objects(self) -> bool:
        """Whether most of the first lines look like JSON objects, whatever one between them is."""
        first = [self.head.text[span.start : span.end].strip() for span in self.lines[:_TOLD_BY]]
        return 2 * sum(line.startswith(b"{") and line.endswith(b"}") for line in first) > len(first)

    @cached_property
    def widths(self) -> Counter[int]:
        """How many lines, of those that are not blank, have so many characters."""
        text = self.head.text.decode(self.head.encoding, "replace")
        lines = text.split("\n", _TRIED_RECORDS)[:_TRIED_RECORDS]
        return Counter(len(line.rstrip("\r")) for line in lines if line.strip(_BLANK))


def _joined(rows: list[Row]) -> tuple[str, ...]:
    if len(rows) == 1:
        return tuple(rows[0])
    width = max(map(len, rows))
    return tuple(" ".join(row[n] for row in rows if n < len(row) and row[n]) for n in range(width))


def _cells(head: Head, span: Span, separator: str) -> Row:
    """Return the cells of a record, none when its quotes are misplaced."""
    if not span.well_formed:
        return []
    record = head.text[span.start : span.end].decode(head.encoding, "replace").rstrip("\r\n")
    return split_record(record, separator)
