"""Lines of text with their places, for the formats in which every line that is not blank is a record."""

import polars as pl

from shared.ingestion.model import Chunk


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
    kept = every.filter(pl.col("text").str.strip_chars() != "")
    return kept.with_columns(
        # The last line may have no line end.
        length=pl.min_horizontal("length", end - pl.col("byte")),
        record=pl.int_range(chunk.first_record, chunk.first_record + pl.len(), dtype=pl.Int64),
    )
