"""Finds record ends in a stream of delimited text by quote parity, and proves that parity may be trusted.

A newline ends a record when an even number of quotes precedes it (RFC 4180 section 2). That holds only where
every quote is well placed: an opening quote behind a separator or newline, a closing one before a separator,
a line end or another quote. Both are decided by splitting at quotes: of the segments, every other one is
outside quotes, and each of those must be empty or begin and end with a separator or newline.
"""

import re
from typing import Final

QUOTE: Final = b'"'
NEWLINE: Final = b"\n"

_BLANK_LINE: Final = re.compile(rb"\n(?=\r?\n)")
_AT_LINE_START: Final = b"\n"
_IN_LINE: Final = b"."


class QuoteScanner:
    """Counts records over pieces of a stream that starts at a record start. Blank lines are no records."""

    def __init__(self, separator: str) -> None:
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
        self._line = _IN_LINE
        if not self._inside:
            self._line = text[-2:] if text.endswith(b"\n\r") else text[-1:]
            if self._line not in {_AT_LINE_START, b"\n\r"}:
                self._line = _IN_LINE
        return outside.count(NEWLINE) - blank

    def _check(self, outside: list[bytes], *, begun: bool) -> None:
        if not outside:
            return
        if begun:
            outside = [self._outside_tail + outside[0], *outside[1:]]
        *complete, last = outside
        if self._inside:
            complete.append(last)
        else:
            # Enough of an unfinished segment to judge its start and its end later.
            self._outside_tail = last if len(last) <= 3 else last[:2] + last[-1:]
        if self.regular:
            self.regular = all(map(self._well_placed, set(complete)))

    def _well_placed(self, segment: bytes) -> bool:
        return not segment or (self._starts_well(segment) and segment.endswith(self._opens_after))

    def _starts_well(self, segment: bytes) -> bool:
        return not segment or segment.startswith(self._goes_on_with)
