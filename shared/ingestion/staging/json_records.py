"""Turns JSON into JSON lines: the elements of a list, of the list in an object, or objects one by one.

A record keeps its text as it is written, so that no number is rounded and no name lost; only line ends
between its tokens become blanks. Whether a record is well formed inside is left to whoever reads its line: a
bad record is one reject, and only broken brackets around it end the file.
"""

import re
from collections.abc import Iterator
from typing import Final

from shared.ingestion.refusal import FailureCode, FileRefused
from shared.ingestion.staging.model import Limits
from shared.ingestion.staging.refusals import beyond, damaged
from shared.kernel.errors import Violation

_STRING: Final = r'"[^"\\\x00-\x1f]*+(?:\\[^\x00-\x1f][^"\\\x00-\x1f]*+)*+"'
_PLAIN: Final = rf'[^"\[\]{{}}]*+(?:{_STRING}[^"\[\]{{}}]*+)*+'
"""Text without a bracket outside its strings."""
_TO_BRACKET: Final = re.compile(rf"{_PLAIN}([\[\]{{}}])".encode())
_BEGUN: Final = re.compile(rf"{_PLAIN}(?:{_STRING[:-1]}\\?)?".encode())
"""Text without a bracket whose last string may be cut off."""
_FLAT_FIRST: Final = re.compile(rf"[ \t\r\n]*+(\{{{_PLAIN}\}})".encode())
_FLAT_FOLLOWING: Final = re.compile(rf"[ \t\r\n]*+,[ \t\r\n]*+(\{{{_PLAIN}\}})".encode())
"""A record with nothing nested in it, and the gap before it."""
_FIRST: Final = re.compile(rb"[ \t\r\n]*+")
_FOLLOWING: Final = re.compile(rb"[ \t\r\n]*+,[ \t\r\n]*+")
_LINE_END: Final = re.compile(rb"[\r\n]+")
_CLOSES: Final = {b"]": b"[", b"}": b"{"}


class JsonRecords:
    """Finds the records of a JSON file by its brackets."""

    def __init__(self, member: str, limits: Limits) -> None:
        self._member = member
        self._limits = limits
        self._text = b""
        self._base = 0
        """Where `_text` begins in the stream."""
        self._at = 0
        """How far `_text` is looked at."""
        self._start: int | None = None
        """Where the record begins that is being read."""
        self._open: list[bytes] = []
        self._list_depth: int | None = None
        """How many brackets are open between records, None while no list of records was found."""
        self._in_list = False
        self._records = 0
        self._ended = False

    @property
    def wrapped(self) -> bool:
        """Whether the records found so far are those of a list within an object."""
        return self._list_depth == 2

    def feed(self, block: bytes) -> Iterator[bytes]:
        """Take the next bytes and yield the records that end in them, a line each."""
        self._text += block
        lines = [line for line in self._lines() if line]
        self._forget()
        if lines:
            yield b"".join(lines)

    def finish(self) -> Iterator[bytes]:
        """Check that every bracket was closed."""
        if self._open:
            raise self._damaged(len(self._text), "the JSON is cut short")
        if self._text.strip():
            raise self._damaged(0, "something follows the end of the JSON")
        yield from ()

    def _lines(self) -> Iterator[bytes]:
        while True:
            if self._in_list and len(self._open) == self._list_depth and (line := self._flat_record()):
                yield line
                continue
            match = _TO_BRACKET.match(self._text, self._at)
            if match is None:
                self._check_begun()
                return
            before, self._at = self._text[self._at : match.start(1)], match.end()
            yield self._take(match[1], before)

    def _flat_record(self) -> bytes:
        """Return the next record when nothing is nested in it: the usual case, in one step."""
        match = (_FLAT_FOLLOWING if self._records else _FLAT_FIRST).match(self._text, self._at)
        if match is None:
            return b""
        self._at = match.end()
        return self._line(match.start(1), match.end(1), match[1])

    def _take(self, bracket: bytes, before: bytes) -> bytes:
        """Follow one bracket; return the line of the record that it ends, or nothing."""
        depth = len(self._open)
        if bracket in _CLOSES:
            return self._close(bracket, before)
        if depth == 0:
            self._begin(bracket, before)
        elif self._in_list and depth == self._list_depth:
            self._check_gap(_FOLLOWING if self._records else _FIRST, before)
            self._start = self._at - 1
        elif depth == 2 and bracket == b"{" and self._open[-1] == b"[" and self._may_wrap(before):
            self._unwrap()
        self._open.append(bracket)
        if len(self._open) > self._limits.depth:
            raise beyond(f"{self._member}, byte {self._base + self._at - 1}", "its JSON is nested too deep")
        return b""

    def _begin(self, bracket: bytes, before: bytes) -> None:
        """Begin the value that is the file, or another object behind a first one."""
        self._check_gap(_FIRST, before)
        if self._ended or (self._records and bracket == b"["):
            raise self._damaged(self._at - 1, "something follows the end of the JSON")
        if bracket == b"[":
            self._list_depth, self._in_list = 1, True
        else:
            self._start = self._at - 1

    def _may_wrap(self, before: bytes) -> bool:
        """Tell whether an object is the first of a list right in the first object of the file."""
        return (
            self._open[0] == b"{" and not (self._records and self._list_depth is None) and not before.strip()
        )

    def _unwrap(self) -> None:
        if self._list_depth is not None:
            raise self._damaged(self._at - 1, "it holds two lists of records")
        self._list_depth, self._in_list = 2, True
        self._start = self._at - 1

    def _close(self, bracket: bytes, before: bytes) -> bytes:
        if not self._open or self._open.pop() != _CLOSES[bracket]:
            raise self._damaged(self._at - 1, "a bracket closes that is not open")
        depth, line = len(self._open), b""
        if self._in_list and self._list_depth is not None and depth < self._list_depth:
            self._check_gap(_FIRST, before)
            self._in_list = False
        elif depth == (self._list_depth if self._in_list else 0) and self._start is not None:
            line = self._line(self._start, self._at, self._text[self._start : self._at])
            self._start = None
        self._ended = depth == 0 and self._list_depth is not None
        return line

    def _line(self, start: int, end: int, record: bytes) -> bytes:
        self._records += 1
        self._check_length(start, end)
        if b"\n" in record or b"\r" in record:
            record = _LINE_END.sub(b" ", record)
        return record + b"\n"

    def _forget(self) -> None:
        """Drop the text that is done with."""
        kept = self._at if self._start is None else self._start
        self._check_length(kept, len(self._text))
        self._text = self._text[kept:]
        self._base += kept
        self._at -= kept
        self._start = None if self._start is None else 0

    def _check_begun(self) -> None:
        """Refuse what no bytes to come can make JSON."""
        begun = _BEGUN.match(self._text, self._at)
        end = begun.end() if begun else self._at
        if end < len(self._text):
            raise self._damaged(end, "a control character stands in a string")

    def _check_gap(self, gap: re.Pattern[bytes], before: bytes) -> None:
        if not gap.fullmatch(before):
            at = self._at - 1 - len(before)
            raise self._damaged(at, "a list of objects or lists is expected, parted by commas")

    def _check_length(self, start: int, end: int) -> None:
        if end - start > self._limits.record:
            place = Violation(f"{self._member}, byte {self._base + start}", "a record begins there")
            raise FileRefused(
                FailureCode.TOO_LONG, f"no record ends within {self._limits.record} bytes", place
            )

    def _damaged(self, at: int, what: str) -> FileRefused:
        return damaged(self._member, self._base + at, what)
