"""Turns the line ends of text that are a CR alone into LF, by which records are cut."""

import re
from collections.abc import Iterator
from typing import Final

from shared.ingestion.reading.line_ends import BEGUN, CR, LONE_CR, OPENS_AFTER, QUOTED

_SETTLED: Final = re.compile(QUOTED + b"|" + LONE_CR)
_STREAMED: Final = re.compile(_SETTLED.pattern.replace(rb"|\Z", b"") + b"|" + BEGUN)
_LONGEST_CELL: Final = 1024 * 1024
"""A quote that no other closes in so many bytes is text: it must not hide the line ends behind it."""


class LineEnds:
    """Turns each CR that no LF follows into LF, in text whose lines end so; in quoted cells it stays."""

    def __init__(self) -> None:
        self._held = b""
        self._last = b"\n"

    def feed(self, block: bytes) -> Iterator[bytes]:
        """Convert the next bytes; a CR or quoted cell at their end waits for what follows."""
        text, self._held = self._held + block, b""
        yield self._converted(_STREAMED, text)
        if len(self._held) > _LONGEST_CELL:
            text, self._held = self._held, b""
            if text.endswith(CR):
                text, self._held = text[:-1], CR
            yield self._converted(_SETTLED, text)

    def finish(self) -> Iterator[bytes]:
        """Convert what waited."""
        yield self._converted(_SETTLED, self._held)

    def _converted(self, tokens: re.Pattern[bytes], text: bytes) -> bytes:
        # Whether a quote opens a cell is told by the byte before it.
        before = b"" if self._last in OPENS_AFTER else b"."
        converted = tokens.sub(self._hold if tokens is _STREAMED else _end, before + text)[len(before) :]
        self._last = converted[-1:] or self._last
        return converted

    def _hold(self, token: re.Match[bytes]) -> bytes:
        if token.end() < len(token.string):
            return _end(token)
        self._held = token[0]
        return b""


def _end(token: re.Match[bytes]) -> bytes:
    return b"\n" if token[0] == CR else token[0]
