"""Carriage returns that no line feed follows: where they stand in delimited text, before a feed is known.

Old Macintosh programs end lines by CR alone, and files joined from several have line ends of each kind. A CR
within a quoted cell is text. Quotes count only where they open and close a cell: a stray one hides nothing.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from shared.ingestion.reading.records import SEPARATORS

CR: Final = b"\r"
LONE_CR: Final = rb"\r(?!\n)"
OPENS_AFTER: Final = b",;\t|\r\n"
"""What a quoted cell begins and ends beside: any separator that a file may have, and line ends."""
# The quote comes first so that a search jumps from one to the next.
_CELL: Final = rb'"(?<![^,;\t|\r\n]")[^"]*+(?:""[^"]*+)*+'
QUOTED: Final = _CELL + rb'"(?=[,;\t|\r\n]|\Z)'
"""A quoted cell from end to end."""
BEGUN: Final = _CELL + rb'"?\Z'
"""A quoted cell that may go on behind the text."""

_QUOTED: Final = re.compile(QUOTED + b"|" + BEGUN)
_LINE_END: Final = re.compile(rb"(\r\n|\r|\n)")

_LOOKED_AT: Final = 64
"""CRs of a block: where LF follows so many, lines end by CRLF, and to look at each would cost too much."""
_WITHIN_QUOTES: Final = 8
"""Lone CRs: where the first so many are quoted, others will be."""
_AROUND: Final = 32 * 1024


def has_lone_cr(text: bytes) -> bool:
    """Tell whether there is a CR that no LF follows; one at the very end counts."""
    return text.count(CR) > text.count(b"\r\n")


def outside_quotes(text: bytes) -> bytes:
    """Return text with a quote for each of its quoted cells; the last may go on behind the text."""
    return _QUOTED.sub(b'"', text)


def end_lines(text: bytes) -> bool:
    """Tell whether lone CRs end lines of text that has no line ends in quotes, or are part of them.

    They do when there are no other line ends, or when most stand between two lines that have as many cells as
    most lines have.
    """
    # Of a CR at the end it isn't known what follows.
    pieces = _LINE_END.split(text.removesuffix(CR))
    lines, ends = pieces[0::2], pieces[1::2]
    if set(ends) == {CR}:
        return True
    # The last line may be cut off, so it tells nothing.
    lines[-1] = b""
    around = [(lines[n], lines[n + 1]) for n, end in enumerate(ends) if end == CR]
    widths = [(separator, _width(lines, separator)) for separator in SEPARATORS]
    parted = [(separator.encode(), width) for separator, width in widths if width] or [(b",", 0)]
    return any(
        2 * sum(all(_is_as_wide(line, *one) for line in pair) for pair in around) > len(around)
        for one in parted
    )


def _width(lines: Iterable[bytes], separator: str) -> int:
    """Return how many separators most of the lines have."""
    counts = Counter(line.count(separator.encode()) for line in lines if line.strip())
    return counts.most_common(1)[0][0] if counts else 0


def _is_as_wide(line: bytes, separator: bytes, width: int) -> bool:
    return not line.strip() or line.count(separator) == width


class LineEndCheck:
    """Follows a stream of text whose lines end by LF, and looks for a lone CR outside quotes."""

    def __init__(self) -> None:
        self._seen = 0
        self._tail = b""
        self._quoted = 0
        self.lone_cr_at: int | None = None
        """Where one was found. Few CRs are looked at, so that it costs next to nothing to find none."""

    def feed(self, block: bytes) -> None:
        """Take the next bytes."""
        if self.lone_cr_at is None and self._quoted < _WITHIN_QUOTES:
            self._look(block)
        self._tail = (self._tail + block[-_AROUND:])[-_AROUND:]
        self._seen += len(block)

    def _look(self, block: bytes) -> None:
        for at in self._lone_crs(block):
            if not self._is_quoted(block, at):
                self.lone_cr_at = self._seen + at
                return
            self._quoted += 1

    def _lone_crs(self, block: bytes) -> Iterator[int]:
        """Yield where lone CRs are; one at the end of a block is seen with the next, at -1."""
        if self._tail.endswith(CR) and not block.startswith(b"\n"):
            yield -1
        at = -1
        for _ in range(_LOOKED_AT):
            at = block.find(CR, at + 1, len(block) - 1)
            if at < 0:
                return
            if block[at + 1] != ord("\n"):
                yield at

    def _is_quoted(self, block: bytes, at: int) -> bool:
        around = self._tail + block[: at + _AROUND]
        at += len(self._tail)
        cells = _QUOTED.finditer(around, max(at - _AROUND, 0))
        return any(cell.start() < at < cell.end() for cell in cells)
