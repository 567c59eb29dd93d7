"""Streams of bytes in blocks, and the converters that they run through."""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from contextlib import aclosing
from itertools import chain
from typing import Final, Protocol

from shared.ingestion.ports import RangedFile
from shared.ingestion.staging.model import MEGABYTE

type Blocks = AsyncGenerator[bytes]

READ_BYTES: Final = MEGABYTE
_BLOCK_BYTES: Final = MEGABYTE


class Converter(Protocol):
    """Turns a stream into another one, in memory that does not grow with it.

    Both methods do their work only while their iterator is drained, which happens before the next call.
    """

    def feed(self, block: bytes) -> Iterator[bytes]:
        """Take the next bytes and yield what has become of them."""
        ...

    def finish(self) -> Iterator[bytes]:
        """Take the end of the stream and yield what was held back."""
        ...


class Chain:
    """Converters one behind the other. Its pieces are about a megabyte each."""

    def __init__(self, converters: Sequence[Converter]) -> None:
        self._converters = (*converters, Gather())

    def feed(self, block: bytes) -> Iterator[bytes]:
        """Take the next bytes through all converters."""
        return through(self._converters, block)

    def finish(self) -> Iterator[bytes]:
        """Finish the converters from first to last."""
        pieces: Iterator[bytes] = iter(())
        for converter in self._converters:
            pieces = chain(_fed(converter, pieces), converter.finish())
        return pieces


class Gather:
    """Joins small pieces and cuts large ones."""

    def __init__(self) -> None:
        self._held: list[bytes] = []
        self._length = 0

    def feed(self, block: bytes) -> Iterator[bytes]:
        """Hold a block until there is enough."""
        self._held.append(block)
        self._length += len(block)
        if self._length >= _BLOCK_BYTES:
            yield from self._cut(self._length - self._length % _BLOCK_BYTES)

    def finish(self) -> Iterator[bytes]:
        """Yield the rest."""
        yield from self._cut(self._length)

    def _cut(self, length: int) -> Iterator[bytes]:
        joined = b"".join(self._held)
        self._held = [joined[length:]]
        self._length -= length
        for at in range(0, length, _BLOCK_BYTES):
            yield joined[at : min(at + _BLOCK_BYTES, length)]


def through(converters: Iterable[Converter], block: bytes) -> Iterator[bytes]:
    """Yield what the converters, one behind the other, make of a block."""
    pieces: Iterator[bytes] = iter((block,))
    for converter in converters:
        pieces = _fed(converter, pieces)
    return pieces


def _fed(converter: Converter, pieces: Iterator[bytes]) -> Iterator[bytes]:
    return chain.from_iterable(map(converter.feed, pieces))


async def converted(blocks: Blocks, converter: Converter) -> Blocks:
    """Yield what a converter makes of a stream; it works beside the event loop."""
    async with aclosing(blocks):
        async for block in blocks:
            pieces = converter.feed(block)
            while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
                yield piece
    pieces = converter.finish()
    while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
        yield piece


async def read_blocks(file: RangedFile, offset: int, end: int, block_bytes: int = READ_BYTES) -> Blocks:
    """Yield the bytes of a file from `offset` to `end`, or to where it really ends."""
    while offset < end and (block := await file.read(offset, min(block_bytes, end - offset))):
        offset += len(block)
        yield block


async def read_range(file: RangedFile, offset: int, length: int) -> bytes:
    """Return `length` bytes of a file, fewer only where it ends."""
    return await first_bytes(read_blocks(file, offset, offset + length, length), length)


async def first_bytes(blocks: Blocks, length: int) -> bytes:
    """Return the first bytes of a stream and read no further."""
    held = bytearray()
    async with aclosing(blocks):
        async for block in blocks:
            held += block
            if len(held) >= length:
                break
    return bytes(held[:length])
