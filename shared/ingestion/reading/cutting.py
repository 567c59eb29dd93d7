"""Cuts a stream of delimited text into row-aligned chunks and counts their records.

Two cutters with one interface: by quote parity where quotes are well placed, by the tolerant reader where
not. A chunk ends at the first record end that makes it at least `chunk_bytes` long, so the chunks cover the
stream exactly once and no record lies in two of them.
"""

from typing import Protocol

from shared.ingestion.model import Chunk
from shared.ingestion.reading.quoting import NEWLINE, QUOTE, QuoteScanner
from shared.ingestion.reading.records import RecordSplitter


class Cutter(Protocol):
    """Takes a stream in blocks and gives its chunks."""

    def feed(self, block: bytes) -> int:
        """Take the next block and return how many records are known to have ended since the last call."""
        ...

    def finish(self) -> tuple[Chunk, ...]:
        """Take the end of the stream and return the chunks."""
        ...


class GrowingChunks:
    """The chunks so far and the one that grows."""

    def __init__(self, offset: int, first_record: int) -> None:
        self._done: list[Chunk] = []
        self._offset = offset
        self._first_record = first_record
        self.length = 0
        self.records = 0

    def close(self) -> None:
        """End the growing chunk, if it holds anything, and start the next."""
        if self.length == 0:
            return
        n = len(self._done)
        self._done.append(Chunk(n, self._offset, self.length, self._first_record, self.records))
        self._offset += self.length
        self._first_record += self.records
        self.length = self.records = 0

    def all(self) -> tuple[Chunk, ...]:
        """End the growing chunk and return all."""
        self.close()
        return tuple(self._done)


class ParityCutter:
    """Cuts by quote parity. Holds no text; `regular` turns False where parity must not be trusted."""

    def __init__(self, separator: str, offset: int, first_record: int, chunk_bytes: int) -> None:
        self._scanner = QuoteScanner(separator)
        self._chunks = GrowingChunks(offset, first_record)
        self._chunk_bytes = chunk_bytes

    @property
    def regular(self) -> bool:
        """Whether every quote so far stands where RFC 4180 section 2 allows one."""
        return self._scanner.regular

    def feed(self, block: bytes) -> int:
        """Take the next block and return how many records ended in it."""
        start = ended = 0
        while (due := start + max(self._chunk_bytes - self._chunks.length - 1, 0)) < len(block):
            ended += self._take(block[start:due])
            start = due
            cut = self._cut(block, due)
            if cut is None:
                break
            ended += self._take(block[due:cut])
            self._chunks.close()
            start = cut
        return ended + self._take(block[start:])

    def finish(self) -> tuple[Chunk, ...]:
        """Take the end of the stream and return the chunks, which mean nothing unless `regular`."""
        self._chunks.records += self._scanner.finish()
        return self._chunks.all()

    def _take(self, piece: bytes) -> int:
        ended = self._scanner.count(piece)
        self._chunks.length += len(piece)
        self._chunks.records += ended
        return ended

    def _cut(self, block: bytes, at: int) -> int | None:
        """Return where the first record ends from `at` on, which is where the scanner stands."""
        inside = self._scanner.inside
        while (newline := block.find(NEWLINE, at)) >= 0:
            inside ^= block.count(QUOTE, at, newline) % 2 == 1
            if not inside:
                return newline + 1
            at = newline + 1
        return None


class TolerantCutter:
    """Cuts where the tolerant reader ends a record. Holds one block and its look-ahead."""

    def __init__(self, separator: str, offset: int, first_record: int, chunk_bytes: int) -> None:
        self._splitter = RecordSplitter(separator)
        self._chunks = GrowingChunks(offset, first_record)
        self._chunk_bytes = chunk_bytes
        self._text = b""

    def feed(self, block: bytes) -> int:
        """Take the next block and return how many records ended in what was read so far."""
        self._text += block
        return self._split(complete=False)

    def finish(self) -> tuple[Chunk, ...]:
        """Take the end of the stream and return the chunks."""
        self._split(complete=True)
        self._chunks.length += len(self._text)
        return self._chunks.all()

    def _split(self, *, complete: bool) -> int:
        taken = ended = 0
        for span in self._splitter.split(self._text, complete=complete):
            self._chunks.length += span.end - taken
            self._chunks.records += 1
            taken = span.end
            ended += 1
            if self._chunks.length >= self._chunk_bytes:
                self._chunks.close()
        self._text = self._text[taken:]
        return ended
