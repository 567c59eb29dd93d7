"""Unpacks deflate streams, and stops where they claim or yield too much."""

import zlib
from collections.abc import Iterator
from typing import Final

from shared.standards.archives.faults import Damaged, Unsafe
from shared.standards.archives.model import MEGABYTE, Bounds

WINDOW: Final = 16 * 1024
"""Compressed bytes per step: what follows the end of a stream is copied, so steps are small."""
_RAW: Final = -zlib.MAX_WBITS


class Allowance:
    """Counts what a member takes and yields; `Unsafe` as soon as that is out of proportion."""

    def __init__(self, member: str, bounds: Bounds) -> None:
        self._member = member
        self._bounds = bounds
        self.packed = 0
        self.unpacked = 0

    def take(self, piece: bytes) -> bytes:
        """Count unpacked bytes and return them."""
        self.unpacked += len(piece)
        bounds = self._bounds
        if self.unpacked > bounds.unpacked:
            raise Unsafe(self._member, f"it unpacks to more than {bounds.unpacked} bytes")
        if self.unpacked > max(bounds.ratio_from, bounds.ratio * self.packed):
            raise Unsafe(self._member, f"it unpacks to more than {bounds.ratio} times its size")
        return piece


class Stored:
    """Passes the bytes of a member on that is not compressed, and checks length and checksum."""

    def __init__(self, member: str, size: int, crc: int) -> None:
        self._seal = _Seal(member, size, crc)

    def feed(self, block: bytes) -> Iterator[bytes]:
        """Pass the next bytes on."""
        self._seal.follow(block)
        yield block

    def finish(self) -> Iterator[bytes]:
        """Check the whole."""
        self._seal.check()
        yield from ()


class Inflater:
    """Unpacks a raw deflate stream of known length and checksum."""

    def __init__(self, member: str, size: int, crc: int, bounds: Bounds) -> None:
        self._member = member
        self._seal = _Seal(member, size, crc)
        self._allowance = Allowance(member, bounds)
        self._stream = zlib.decompressobj(_RAW)

    def feed(self, block: bytes) -> Iterator[bytes]:
        """Unpack the next bytes."""
        for at in range(0, len(block), WINDOW):
            yield from self._step(block[at : at + WINDOW])

    def _step(self, packed: bytes) -> Iterator[bytes]:
        if self._stream.eof:
            raise Damaged(self._member, self._allowance.unpacked, "the compressed data ends too early")
        self._allowance.packed += len(packed)
        for piece in unpacked(self._stream, packed, self._member, self._allowance):
            self._seal.follow(piece)
            yield piece

    def finish(self) -> Iterator[bytes]:
        """Check the whole."""
        if not self._stream.eof or self._stream.unused_data:
            raise Damaged(self._member, self._allowance.unpacked, "the compressed data has no proper end")
        self._seal.check()
        yield from ()


class _Seal:
    """Length and checksum that the directory of the archive promises."""

    def __init__(self, member: str, size: int, crc: int) -> None:
        self._member, self._size, self._crc = member, size, crc
        self._seen = self._sum = 0

    def follow(self, piece: bytes) -> None:
        self._seen += len(piece)
        self._sum = zlib.crc32(piece, self._sum)
        if self._seen > self._size:
            raise Damaged(self._member, self._size, "it is longer than the archive's directory says")

    def check(self) -> None:
        if self._seen < self._size:
            raise Damaged(
                self._member, self._seen, f"it ends there, {self._size - self._seen} bytes too early"
            )
        if self._sum != self._crc:
            raise Damaged(self._member, self._seen, "its checksum is not the one in the archive's directory")


def unpacked(stream: "zlib._Decompress", packed: bytes, member: str, allowance: Allowance) -> Iterator[bytes]:
    """Yield what a stream unpacks to, a megabyte at most at a time, as the allowance takes it."""
    full = False  # A full piece may leave more behind, even when all input is taken.
    while (packed or full) and not stream.eof:
        try:
            piece = stream.decompress(packed, MEGABYTE)
        except zlib.error:
            raise Damaged(member, allowance.unpacked, "the compressed data is broken") from None
        packed, full = stream.unconsumed_tail, len(piece) == MEGABYTE
        if piece:
            yield allowance.take(piece)
