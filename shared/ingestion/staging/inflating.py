"""Unpacks gzip streams, and stops where they claim or yield too much."""

import zlib
from collections.abc import Iterator
from typing import Final

from shared.ingestion.staging.model import Limits
from shared.ingestion.staging.refusals import damaged, refusals
from shared.standards.archives.inflating import WINDOW, Allowance, unpacked

_GZIP: Final = zlib.MAX_WBITS + 16
_GZIP_MAGIC: Final = b"\x1f\x8b"


class Gunzip:
    """Unpacks a gzip file: one stream, or several one behind the other (RFC 1952 section 2.2)."""

    def __init__(self, member: str, limits: Limits) -> None:
        self._member = member
        self._allowance = Allowance(member, limits)
        self._stream = zlib.decompressobj(_GZIP)
        self._begun = False
        self._next = b""

    def feed(self, block: bytes) -> Iterator[bytes]:
        """Unpack the next bytes."""
        for at in range(0, len(block), WINDOW):
            self._allowance.packed += len(block[at : at + WINDOW])
            yield from self._step(block[at : at + WINDOW])

    def _step(self, packed: bytes) -> Iterator[bytes]:
        while packed:
            if not self._begun:
                packed = self._start(packed)
                if not packed:
                    return
            with refusals():
                yield from unpacked(self._stream, packed, self._member, self._allowance)
            packed = self._stream.unused_data
            self._begun = not self._stream.eof

    def _start(self, packed: bytes) -> bytes:
        """Begin the next stream; zero bytes before it are padding, as on a tape."""
        packed = self._next + packed.lstrip(b"\0") if not self._next else self._next + packed
        if len(packed) < len(_GZIP_MAGIC) and _GZIP_MAGIC.startswith(packed):
            self._next = packed
            return b""
        if not packed.startswith(_GZIP_MAGIC):
            raise self._damaged("what follows the gzip stream is none")
        self._stream, self._begun, self._next = zlib.decompressobj(_GZIP), True, b""
        return packed

    def finish(self) -> Iterator[bytes]:
        """Check that the last stream ended."""
        if self._begun or self._next:
            raise self._damaged("the gzip stream is cut short")
        yield from ()

    def _damaged(self, what: str) -> Exception:
        return damaged(self._member, self._allowance.unpacked, what)
