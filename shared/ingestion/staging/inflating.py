"""Unpacks deflate and gzip streams, and stops where they claim or yield too much."""

import zlib
from collections.abc import Iterator
from typing import Final

from shared.ingestion.staging.model import MEGABYTE, Limits
from shared.ingestion.staging.refusals import damaged, unsafe

_WINDOW: Final = 16 * 1024
"""Compressed bytes per step: what follows the end of a stream is copied, so steps are small."""
_RAW: Final = -zlib.MAX_WBITS
_GZIP: Final = zlib.MAX_WBITS + 16
_GZIP_MAGIC: Final = b"\x1f\x8b"


class Allowance:
    """Counts what a member takes and yields; `FileRefused` as soon as that is out of proportion."""

    def __init__(self, member: str, limits: Limits) -> None:
        self._member = member
        self._limits = limits
        self.packed = 0
        self.unpacked = 0

    def take(self, piece: bytes) -> bytes:
        """Count unpacked bytes and return them."""
        self.unpacked += len(piece)
        limits = self._limits
        if self.unpacked > limits.unpacked:
            raise unsafe(self._member, f"it unpacks to more than {limits.unpacked} bytes")
        if self.unpacked > max(limits.ratio_from, limits.ratio * self.packed):
            raise unsafe(self._member, f"it unpacks to more than {limits.ratio} times its size")
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

    def __init__(self, member: str, size: int, crc: int, limits: Limits) -> None:
        self._member = member
        self._seal = _Seal(member, size, crc)
        self._allowance = Allowance(member, limits)
        self._stream = zlib.decompressobj(_RAW)

    def feed(self, block: bytes) -> Iterator[bytes]:
        """Unpack the next bytes."""
        for at in range(0, len(block), _WINDOW):
            yield from self._step(block[at : at + _WINDOW])

    def _step(self, packed: bytes) -> Iterator[bytes]:
        if self._stream.eof:
            raise damaged(self._member, self._allowance.unpacked, "the compressed data ends too early")
        self._allowance.packed += len(packed)
        for piece in _unpacked(self._stream, packed, self._member, self._allowance):
            self._seal.follow(piece)
            yield piece

    def finish(self) -> Iterator[bytes]:
        """Check the whole."""
        if not self._stream.eof or self._stream.unused_data:
            raise damaged(self._member, self._allowance.unpacked, "the compressed data has no proper end")
        self._seal.check()
        yield from ()


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
        for at in range(0, len(block), _WINDOW):
            self._allowance.packed += len(block[at : at + _WINDOW])
            yield from self._step(block[at : at + _WINDOW])

    def _step(self, packed: bytes) -> Iterator[bytes]:
        while packed:
            if not self._begun:
                packed = self._start(packed)
                if not packed:
                    return
            yield from _unpacked(self._stream, packed, self._member, self._allowance)
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


class _Seal:
    """Length and checksum that the directory of the archive promises."""

    def __init__(self, member: str, size: int, crc: int) -> None:
        self._member, self._size, self._crc = member, size, crc
        self._seen = self._sum = 0

    def follow(self, piece: bytes) -> None:
        self._seen += len(piece)
        self._sum = zlib.crc32(piece, self._sum)
        if self._seen > self._size:
            raise damaged(self._member, self._size, "it is longer than the archive's directory says")

    def check(self) -> None:
        if self._seen < self._size:
            raise damaged(
                self._member, self._seen, f"it ends there, {self._size - self._seen} bytes too early"
            )
        if self._sum != self._crc:
            raise damaged(self._member, self._seen, "its checksum is not the one in the archive's directory")


def _unpacked(
    stream: "zlib._Decompress", packed: bytes, member: str, allowance: Allowance
) -> Iterator[bytes]:
    full = False  # A full piece may leave more behind, even when all input is taken.
    while (packed or full) and not stream.eof:
        try:
            piece = stream.decompress(packed, MEGABYTE)
        except zlib.error:
            raise damaged(member, allowance.unpacked, "the compressed data is broken") from None
        packed, full = stream.unconsumed_tail, len(piece) == MEGABYTE
        if piece:
            yield allowance.take(piece)
