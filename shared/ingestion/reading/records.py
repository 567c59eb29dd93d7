"""Splits irregular delimited text into records, one at a time: the tolerant reader.

From a record start, the longest text that is well formed by RFC 4180 up to a line end is the record, however
many lines it spans. Where none is, the single line is a malformed record and the next line starts afresh, so
one stray quote never swallows its neighbours. The decision looks at most 1 MB ahead and never back, so it is
the same wherever the text is cut between records.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

SEPARATORS: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
"""What parts the cells of delimited text, and what people call it."""
LOOK_AHEAD: Final = 1024 * 1024
"""A record may span this many bytes; a longer one counts as malformed, line by line."""


@dataclass(frozen=True, slots=True)
class Span:
    """A record's place relative to the text, line end included, and whether its quotes are well placed."""

    start: int
    end: int
    well_formed: bool


class RecordSplitter:
    """Splits text with one separator."""

    def __init__(self, separator: str) -> None:
        sep = re.escape(separator)
        field = rf'(?:"[^"]*+(?:""[^"]*+)*+"|{_other_than(separator, '"\n')}*+)'
        self._record = re.compile(rf"{field}(?:{sep}{field})*+(?:\r?\n|\r?\Z)".encode())

    def split(self, text: bytes, start: int = 0, *, complete: bool) -> Iterator[Span]:
        """Yield the records of `text` from `start`, which is a record start; blank lines are none.

        With `complete` the text ends where the stream ends. Otherwise only records that the bytes still to
        come cannot change are yielded: those that start at least `LOOK_AHEAD` bytes before the end.
        """
        last_start = len(text) if complete else len(text) - LOOK_AHEAD
        while start < last_start:
            line_end = _line_end(text, start)
            if line_end is None and not complete:
                return
            line_end = line_end or len(text)
            span = Span(start, line_end, well_formed=True)
            if text.find(b'"', start, line_end) >= 0:
                span = self._quoted(text, start, line_end)
            start = span.end
            if text[span.start : span.end] not in {b"\n", b"\r\n", b"\r"}:
                yield span

    def _quoted(self, text: bytes, start: int, line_end: int) -> Span:
        match = self._record.match(text, start, min(len(text), start + LOOK_AHEAD))
        if match is None or (match.end() < len(text) and text[match.end() - 1] != 0x0A):
            return Span(start, line_end, well_formed=False)
        return Span(start, match.end(), well_formed=True)


def _line_end(text: bytes, start: int) -> int | None:
    return text.find(b"\n", start) + 1 or None


def text_of(line: bytes, encoding: str) -> str:
    """Return the text of a record without its line end, LF or CRLF."""
    return line.decode(encoding).removesuffix("\n").removesuffix("\r")


def split_record(record: str, separator: str) -> list[str]:
    """Take one well-formed record, without its line end, apart into its cells (RFC 4180)."""
    if '"' not in record:
        return record.split(separator)
    cells = _split(record, separator, rf'"[^"]*+(?:""[^"]*+)*+"|{_other_than(separator, '"')}*+')
    if cells is None:
        raise ValueError("not a well-formed record")
    return cells


def split_literally(record: str, separator: str) -> list[str] | None:
    """Take apart a record whose misplaced quotes can be read in one way only; None for any other.

    A quote inside a cell that does not begin with one is text, as in `6'2"`; a cell that begins with a quote
    has to be well formed.
    """
    first, other = _other_than(separator, '"'), _other_than(separator)
    return _split(record, separator, rf'"[^"]*+(?:""[^"]*+)*+"|{first}{other}*+|')


def _split(record: str, separator: str, field: str) -> list[str] | None:
    pattern, cells, at = re.compile(field), list[str](), 0
    while True:
        match = pattern.match(record, at)
        if match is None or not (match.end() == len(record) or record.startswith(separator, match.end())):
            return None
        cells.append(_unquoted(match[0]))
        if match.end() == len(record):
            return cells
        at = match.end() + len(separator)


def _unquoted(cell: str) -> str:
    return cell[1:-1].replace('""', '"') if cell.startswith('"') else cell


def _other_than(separator: str, also: str = "") -> str:
    """Return the pattern of a character that begins no separator and is none of some others, nor NUL."""
    sep = re.escape(separator)
    return f"[^{also}{sep}]" if len(separator) == 1 else rf"(?:(?!{sep})[^{also}\0])"
