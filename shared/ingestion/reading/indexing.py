"""Finds where each record of a regular text starts, and how many fields it has, without parsing cells.

The index is independent of the CSV reader that follows: it is what the reader's count is checked against and
what leads from a fact or reject back to its byte.
"""

from dataclasses import dataclass

import polars as pl

_QUOTED = '"[^"]*(?:"|$)'
"""A quoted stretch of one line; the last may go on in the next line."""


@dataclass(frozen=True, slots=True)
class Index:
    """The records of a text, blank lines left out.

    `records` has one row per record: `byte` (offset in the text), `length` (line end included) and `fields`.
    `text` is UTF-8 and holds the records without the blank lines.
    """

    records: pl.DataFrame
    text: bytes


def index(data: bytes, encoding: str, separator: str) -> Index:
    """Index a regular text of whole records; offsets and lengths count bytes of `data`."""
    text = data if encoding == "utf-8" else data.decode(encoding).encode()
    lines = _lines(text)
    quotes = lines.str.count_matches('"', literal=True)
    inside = sum_before(quotes) % 2 == 1
    # A single-byte encoding has as many bytes as characters; only UTF-8 needs the true length.
    sizes = (lines.str.len_bytes() if encoding == "utf-8" else lines.str.len_chars()) + 1
    separators = _separators(lines, inside, quotes > 0, separator)
    blank = ~inside & lines.is_in(["", "\r"])
    starts = pl.DataFrame(
        {"byte": sum_before(sizes), "before": sum_before(separators), "blank": blank}
    ).filter(~inside)
    total = int(separators.sum())
    records = starts.select(
        "byte",
        length=pl.col("byte").shift(-1, fill_value=len(data)) - pl.col("byte"),
        fields=pl.col("before").shift(-1, fill_value=total) - pl.col("before") + 1,
    ).filter(~starts["blank"])
    has_blank_lines = starts.height > records.height
    return Index(records, _joined(lines.filter(~blank)) if has_blank_lines else text)


def _lines(text: bytes) -> pl.Series:
    """Return the lines without their newlines; what follows the last newline is one unless it is empty."""
    if text and b"\r" not in text:
        return pl.read_lines(text)["line"]
    # The quicker way takes carriage returns for parts of line ends, and they count as bytes of the line.
    lines = pl.Series("line", [text]).cast(pl.String).str.split("\n").explode()
    return lines.head(-1) if text.endswith(b"\n") or not text else lines


def sum_before(amounts: pl.Series) -> pl.Series:
    """Return for each amount the sum of those before it."""
    wide = amounts.cast(pl.Int64)
    return wide.cum_sum() - wide


def _separators(lines: pl.Series, inside: pl.Series, quoted: pl.Series, separator: str) -> pl.Series:
    counts = lines.str.count_matches(separator, literal=True)
    partly = (inside | quoted).arg_true()
    if partly.is_empty():
        return counts
    going_on = pl.select(pl.when(inside.gather(partly)).then(pl.lit('"')).otherwise(pl.lit(""))).to_series()
    outside = (going_on + lines.gather(partly)).str.replace_all(_QUOTED, "")
    return counts.scatter(partly, outside.str.count_matches(separator, literal=True))


def _joined(lines: pl.Series) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()
