"""Lines of text with their places, for the formats in which every line that is not blank is a record."""

import re
from typing import Final

import polars as pl

from shared.ingestion.model import Chunk
from shared.ingestion.reading.cutting import GrowingChunks

_WHITE: Final = " \t\r\v\f"
"""What a blank line may hold."""
_FILLED: Final = re.compile(rb"[^ \t\r\v\f\n]")


class LineCutter:
    """Cuts behind line ends and counts the lines that are not blank. Holds no text."""

    regular: Final = True

    def __init__(self, offset: int, first_record: int, chunk_bytes: int) -> None:
        self._chunks = GrowingChunks(offset, first_record)
        self._chunk_bytes = chunk_bytes
        self._filled = False

    def feed(self, block: bytes) -> int:
        """Take the next block and return how many records ended in it."""
        ended = 0
        for line in _split(block):
            ended += self._take(line)
        return ended

    def finish(self) -> tuple[Chunk, ...]:
        """Take the end of the stream and return the chunks."""
        self._chunks.records += self._filled
        return self._chunks.all()

    def _take(self, line: bytes) -> int:
        self._filled = self._filled or _FILLED.search(line) is not None
        self._chunks.length += len(line)
        if not line.endswith(b"\n"):
            return 0
        ended = int(self._filled)
        self._chunks.records += ended
        self._filled = False
        if self._chunks.length >= self._chunk_bytes:
            self._chunks.close()
        return ended


def _split(block: bytes) -> list[bytes]:
    """Split behind each LF, and behind nothing else."""
    lines = [line + b"\n" for line in block.split(b"\n")]
    lines[-1] = lines[-1][:-1]
    return lines


def lines_of(data: bytes, encoding: str) -> pl.Series:
    """Return the lines of whole text, without LF; the last is empty where the text ends with a line end."""
    text = data if encoding == "utf-8" else data.decode(encoding).encode()
    return pl.Series("text", [text]).cast(pl.String).str.split("\n").explode()


def located(lines: pl.Series, chunk: Chunk, encoding: str) -> pl.DataFrame:
    """Return `text` (without line end), `byte`, `length` and `record` of the lines that are not blank."""
    # A single-byte encoding has as many bytes as characters; only UTF-8 needs the true length.
    sizes = (lines.str.len_bytes() if encoding == "utf-8" else lines.str.len_chars()).cast(pl.Int64) + 1
    every = pl.DataFrame(
        {
            "text": lines.str.strip_suffix("\r"),
            "byte": sizes.cum_sum() - sizes + chunk.offset,
            "length": sizes,
        }
    )
    end = chunk.offset + chunk.length
    kept = every.filter(pl.col("text").str.strip_chars(_WHITE) != "")
    return kept.with_columns(
        # The last line may have no line end.
        length=pl.min_horizontal("length", end - pl.col("byte")),
        record=pl.int_range(chunk.first_record, chunk.first_record + pl.len(), dtype=pl.Int64),
    )
