"""Finds record ends in a stream of delimited text by quote parity, and proves that parity may be trusted.

A newline ends a record when an even number of quotes precedes it (RFC 4180 section 2). That holds only where
every quote is well placed: an opening quote behind a separator or newline, a closing one before a separator,
a line end or another quote. Both are decided by splitting at quotes: of the segments, every other one is
outside quotes, and each of those must be empty or begin and end with a separator or newline.
"""

import re
from typing import Final

import polars as pl

from shared.ingestion.reading.stretches import few_stretches

QUOTE: Final = b'"'
NEWLINE: Final = b"\n"

_BLANK_LINE: Final = re.compile(rb"\n(?=\r?\n)")
_AT_LINE_START: Final = b"\n"
_IN_LINE: Final = b"."
_QUICK_FROM: Final = 4096
"""From how many bytes on the quicker way is worth its fixed cost."""


class QuoteScanner:
    """Counts records over pieces of a stream that starts at a record start. Blank lines are no records."""

    def __init__(self, separator: str, quick_from: int = _QUICK_FROM) -> None:
        self._quick_from = quick_from
        separator_byte = separator.encode()
        self._opens_after = (separator_byte, NEWLINE)
        self._goes_on_with = (separator_byte, NEWLINE, b"\r\n")
        self._inside = False
        self._line = _AT_LINE_START
        self._outside_tail = NEWLINE
        self.regular = True
        """Whether every quote so far is well placed. Once False, the counts mean nothing."""

    @property
    def inside(self) -> bool:
        """Whether the stream stands within quotes."""
        return self._inside

    def count(self, piece: bytes) -> int:
        """Take the next bytes of the stream and return how many records end in them."""
        if not piece:
            return 0
        ended = None
        if len(piece) >= self._quick_from and not self._inside:
            ended = self._quickly_counted(piece)
        return self._counted(piece) if ended is None else ended

    def _quickly_counted(self, piece: bytes) -> int | None:
        """Do `count`, if the piece starts outside quotes, has few of them, is UTF-8 and has no blank line.

        Otherwise return None, and nothing has been taken.
        """
        stretches = few_stretches(piece)
        if stretches is None:
            return None
        try:
            sizes = pl.read_lines(piece)["line"].str.len_bytes()
        except pl.exceptions.ComputeError:
            return None
        if not sizes.min():
            return None
        self._inside = bool(stretches) and stretches[-1][1] == len(piece)
        self._check(_edges(piece, stretches), begun=True)
        self._line = self._line_at_end(piece[-2:])
        newlines = len(sizes) if piece.endswith(NEWLINE) else len(sizes) - 1
        return newlines - sum(piece.count(NEWLINE, start, end) for start, end in stretches)

    def _counted(self, piece: bytes) -> int:
        segments = piece.split(QUOTE)
        first_outside = 1 if self._inside else 0
        outside = segments[first_outside::2]
        self._inside ^= len(segments) % 2 == 0
        self._check(outside, begun=not first_outside)
        return self._ended(QUOTE.join(outside), begun=not first_outside)

    def finish(self) -> int:
        """Take the end of the stream; return 1 when it ends a record that no newline ended, else 0."""
        # The end of the stream ends its last line as a newline does.
        if self._inside or not self._starts_well(self._outside_tail + NEWLINE):
            self.regular = False
        return 1 if self._line == _IN_LINE else 0

    def _ended(self, outside: bytes, *, begun: bool) -> int:
        # Segments are joined by a quote, so a line that holds nothing but quoted text does not look blank.
        text = self._line + outside if begun else _IN_LINE + outside
        # Most files have none: looking for two byte strings is much quicker than for a pattern.
        maybe = b"\n\n" in text or b"\n\r\n" in text
        blank = len(_BLANK_LINE.findall(text)) if maybe else 0
        self._line = self._line_at_end(text)
        return outside.count(NEWLINE) - blank

    def _line_at_end(self, text: bytes) -> bytes:
        if self._inside:
            return _IN_LINE
        if text.endswith(b"\n\r"):
            return b"\n\r"
        return _AT_LINE_START if text.endswith(NEWLINE) else _IN_LINE

    def _check(self, outside: list[bytes], *, begun: bool) -> None:
        if not outside:
            return
        if begun:
            outside = [self._outside_tail + outside[0], *outside[1:]]
        *complete, last = outside
        if self._inside:
            complete.append(last)
        else:
            self._outside_tail = _edge(last)
        if self.regular:
            self.regular = all(map(self._well_placed, set(complete)))

    def _well_placed(self, segment: bytes) -> bool:
        return not segment or (self._starts_well(segment) and segment.endswith(self._opens_after))

    def _starts_well(self, segment: bytes) -> bool:
        return not segment or segment.startswith(self._goes_on_with)


def _edge(segment: bytes) -> bytes:
    """Return enough of a segment to judge its start and its end: a separator may be two bytes long."""
    return segment if len(segment) <= 4 else segment[:2] + segment[-2:]


def _edges(piece: bytes, stretches: list[tuple[int, int]]) -> list[bytes]:
    """Return enough of each segment outside the stretches; the last is open unless a stretch is."""
    edges = []
    begin = 0
    for start, end in stretches:
        edges.append(
            piece[begin:start] if start - begin <= 4 else piece[begin : begin + 2] + piece[start - 2 : start]
        )
        begin = end + 1
    return edges if begin > len(piece) else [*edges, _edge(piece[begin:])]
