"""Finds where each record of a regular text starts, and how many fields it has, without parsing cells.

The index is independent of the CSV reader that follows: it is what the reader's count is checked against and
what leads from a fact or reject back to its byte.
"""

from dataclasses import dataclass

import polars as pl

from shared.ingestion.stretches import few_stretches

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
    inside = _sum_before(quotes) % 2 == 1
    # A single-byte encoding has as many bytes as characters; only UTF-8 needs the true length.
    sizes = (lines.str.len_bytes() if encoding == "utf-8" else lines.str.len_chars()) + 1
    separators = _separators(lines, inside, quotes > 0, separator)
    blank = ~inside & lines.is_in(["", "\r"])
    starts = pl.DataFrame(
        {"byte": _sum_before(sizes), "before": _sum_before(separators), "blank": blank}
    ).filter(~inside)
    total = int(separators.sum())
    records = starts.select(
        "byte",
        length=pl.col("byte").shift(-1, fill_value=len(data)) - pl.col("byte"),
        fields=pl.col("before").shift(-1, fill_value=total) - pl.col("before") + 1,
    ).filter(~starts["blank"])
    has_blank_lines = starts.height > records.height
    return Index(records, _joined(lines.filter(~blank)) if has_blank_lines else text)


def uniform_index(data: bytes, encoding: str, separator: str, width: int) -> Index | None:
    """Index a regular text whose records have `width` fields each, more quickly than `index`.

    Returns None where a closer look is needed. The index proves that the records have `width` fields on
    average: none has fewer unless another has more, and that is for the reader to tell.
    """
    if encoding != "utf-8" or not data.endswith(b"\n"):
        return None
    stretches = few_stretches(data)
    if stretches is None or (stretches and stretches[-1][1] == len(data)):
        return None
    sizes = pl.read_lines(data)["line"].str.len_bytes().cast(pl.Int64)
    line_end = _line_end(data, sizes)
    if line_end is None:
        return None
    starts = _sum_before(sizes + line_end)
    if stretches:
        starts = _outside(data, stretches, starts)
    if _separators_outside(data, stretches, separator) != len(starts) * (width - 1):
        return None
    records = pl.DataFrame({"byte": starts, "length": starts.shift(-1, fill_value=len(data)) - starts})
    return Index(records.with_columns(fields=pl.lit(width, dtype=pl.UInt32)), data)


def _line_end(data: bytes, sizes: pl.Series) -> int | None:
    """Return the length of the line ends; None unless all are alike and no line is blank."""
    # The lines come without LF or CRLF, so what is left over tells how many of them were which.
    ends = len(data) - int(sizes.sum())
    if not sizes.min() or ends not in {len(sizes), 2 * len(sizes)}:
        return None
    return ends // len(sizes)


def _outside(data: bytes, stretches: list[tuple[int, int]], starts: pl.Series) -> pl.Series:
    """Return the starts of lines without those that lie within quotes."""
    within = []
    for start, end in stretches:
        at = data.find(b"\n", start, end)
        while at >= 0:
            within.append(at + 1)
            at = data.find(b"\n", at + 1, end)
    if not within:
        return starts
    places = starts.search_sorted(pl.Series(within, dtype=pl.Int64))
    all_kept = pl.Series([True]).new_from_index(0, len(starts))
    return starts.filter(all_kept.scatter(places, values=False))


def _separators_outside(data: bytes, stretches: list[tuple[int, int]], separator: str) -> int:
    sought = separator.encode()
    return data.count(sought) - sum(data.count(sought, start, end) for start, end in stretches)


def _lines(text: bytes) -> pl.Series:
    """Return the lines without their newlines; what follows the last newline is one unless it is empty."""
    if text and b"\r" not in text:
        return pl.read_lines(text)["line"]
    # The quicker way takes carriage returns for parts of line ends, and they count as bytes of the line.
    lines = pl.Series("line", [text]).cast(pl.String).str.split("\n").explode()
    return lines.head(-1) if text.endswith(b"\n") or not text else lines


def _sum_before(amounts: pl.Series) -> pl.Series:
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
