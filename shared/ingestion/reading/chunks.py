"""Reads the bytes of a chunk into text columns, with every record accounted for.

Text first: nothing is inferred. Records whose quotes are misplaced or whose number of fields differs from
the header's are set apart with their place; all others come out as rows, checked against the index.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import polars as pl

from shared.ingestion.model import Chunk, Dialect, Layout, LineFormat
from shared.ingestion.reading.fixed_width import read_fixed_width
from shared.ingestion.reading.indexing import Index, index
from shared.ingestion.reading.json_lines import read_json_lines
from shared.ingestion.reading.quoting import QuoteScanner
from shared.ingestion.reading.records import RecordSplitter
from shared.ingestion.reading.uniform_indexing import uniform_index
from shared.ingestion.refusal import FailureCode, FileRefused

_MOST: Final = 2
"""To read all columns is worth while where at most one in so many is not asked for."""
_SAMPLE: Final = 2048
_SAMPLE_BYTES: Final = 256 * 1024
_REPEATED: Final = 2
"""How often a text stands in a column on the average for the column to count as one that repeats."""


@dataclass(frozen=True, slots=True)
class Table:
    """The records of a chunk.

    `rows` has `record`, `byte`, `length`, `fields` and the asked columns as text, named by their position.
    Those that may be coded are categorical where most of their texts repeat.
    `malformed` has `record`, `byte`, `length` of the records that could not be taken apart.
    """

    rows: pl.DataFrame
    malformed: pl.DataFrame


def read(
    data: bytes, chunk: Chunk, layout: Layout, columns: Collection[int], codable: Collection[int] = ()
) -> Table:
    """Read a chunk's bytes; `FileRefused` when the records are not as many as the plan counted.

    Of the columns, those that are `codable` may come as categories.
    """
    match layout.dialect.lines:
        case LineFormat.DELIMITED:
            table = _uniform(data, chunk, layout, columns, codable) or _delimited(
                data, chunk, layout, columns
            )
        case LineFormat.JSON_LINES:
            table = Table(*read_json_lines(data, chunk, layout, columns))
        case LineFormat.FIXED_WIDTH:
            table = Table(*read_fixed_width(data, chunk, layout, columns))
    if table.rows.height + table.malformed.height != chunk.records:
        raise _mismatch(chunk, table.rows.height + table.malformed.height)
    return table


def _uniform(
    data: bytes, chunk: Chunk, layout: Layout, columns: Collection[int], codable: Collection[int]
) -> Table | None:
    """Read a chunk as most are, quickly: in UTF-8, well quoted, all records as wide as the header.

    Returns None where anything is not so.
    """
    dialect, width = layout.dialect, len(layout.header)
    if not dialect.regular or len(columns) * _MOST < width:
        return None
    indexed = uniform_index(data, dialect.encoding)
    if indexed is None:
        return None
    try:
        cells = _all_cells(data, layout, _repeating(data, layout, codable))
    except (pl.exceptions.ComputeError, pl.exceptions.SchemaError):
        return None
    records = indexed.records.height
    if cells.height != records or indexed.separators(cells) != records * (width - 1):
        return None
    places = _placed(indexed.records, chunk).with_columns(fields=pl.lit(width, dtype=pl.UInt32))
    wanted = cells.select(str(position) for position in sorted(columns))
    return Table(places.hstack(wanted), places.clear().select("record", "byte", "length"))


def _delimited(data: bytes, chunk: Chunk, layout: Layout, columns: Collection[int]) -> Table:
    places, malformed, indexed = _records(data, chunk, layout.dialect)
    cells = _cells(indexed.text, layout, columns)
    if cells.height != places.height:
        raise _mismatch(chunk, cells.height)
    return Table(pl.concat([places, cells], how="horizontal"), malformed)


def locate(data: bytes, chunk: Chunk, layout: Layout) -> pl.DataFrame:
    """Return `record`, `byte`, `length` and `fields` of each record of a chunk, in order.

    `fields` is null where a record can't be taken apart. `FileRefused` as `read`.
    """
    if layout.dialect.lines is LineFormat.DELIMITED:
        places, malformed, _ = _records(data, chunk, layout.dialect)
    else:
        table = read(data, chunk, layout, ())
        places, malformed = table.rows, table.malformed
    every = pl.concat([places, malformed], how="diagonal").sort("record")
    if every.height != chunk.records:
        raise _mismatch(chunk, every.height)
    return every.select("record", "byte", "length", "fields")


def _records(data: bytes, chunk: Chunk, dialect: Dialect) -> tuple[pl.DataFrame, pl.DataFrame, Index]:
    if not dialect.regular and not _is_regular(data, dialect.separator):
        return _tolerant(data, chunk, dialect)
    indexed = index(data, dialect.encoding, dialect.separator)
    places = _placed(indexed.records, chunk)
    return places, places.clear().select("record", "byte", "length"), indexed


def _placed(records: pl.DataFrame, chunk: Chunk) -> pl.DataFrame:
    return records.with_columns(
        pl.col("byte") + chunk.offset,
        record=pl.int_range(chunk.first_record, chunk.first_record + pl.len(), dtype=pl.Int64),
    )


def _tolerant(data: bytes, chunk: Chunk, dialect: Dialect) -> tuple[pl.DataFrame, pl.DataFrame, Index]:
    spans = list(RecordSplitter(dialect.separator).split(data, complete=True))
    every = pl.DataFrame(
        [
            (chunk.first_record + n, chunk.offset + span.start, span.end - span.start, span.well_formed)
            for n, span in enumerate(spans)
        ],
        schema={"record": pl.Int64, "byte": pl.Int64, "length": pl.Int64, "well_formed": pl.Boolean},
        orient="row",
    )
    well_formed = b"".join(data[span.start : span.end] for span in spans if span.well_formed)
    indexed = index(well_formed, dialect.encoding, dialect.separator)
    places = every.filter("well_formed").select("record", "byte", "length")
    return (
        places.with_columns(indexed.records["fields"]),
        every.filter(~pl.col("well_formed")).select("record", "byte", "length"),
        indexed,
    )


def _is_regular(data: bytes, separator: str) -> bool:
    scanner = QuoteScanner(separator)
    scanner.count(data)
    scanner.finish()
    return scanner.regular


def _cells(text: bytes, layout: Layout, columns: Collection[int], most: int | None = None) -> pl.DataFrame:
    """Return columns of the first records; cells that a record lacks are empty, more than it may have go."""
    names = _names(layout)
    return pl.read_csv(
        f"{layout.dialect.separator.join(names)}\n".encode() + text,
        separator=layout.dialect.separator,
        schema=dict.fromkeys(names, pl.String()),
        columns=[str(position) for position in sorted(columns)],
        n_rows=most,
        truncate_ragged_lines=True,
        empty_string_is_null=False,
    )


def _all_cells(text: bytes, layout: Layout, coded: Collection[str]) -> pl.DataFrame:
    """Return all columns, some as categories, unless some record has more fields than the header.

    Only where it reads every column does the reader tell of one: `ComputeError` or `SchemaError`.
    """
    schema: dict[str, pl.DataType] = dict.fromkeys(_names(layout), pl.String())
    schema |= {name: pl.Categorical(pl.Categories.random()) for name in coded}
    # Without a header the text need not be copied behind one.
    cells = pl.read_csv(
        text,
        separator=layout.dialect.separator,
        schema=schema,
        has_header=False,
        empty_string_is_null=False,
    )
    # In categories, and nowhere else, the reader takes an empty cell for null.
    return cells.with_columns(pl.col(name).fill_null("") for name in coded)


def _names(layout: Layout) -> list[str]:
    return [str(position) for position in range(len(layout.header))]


def _repeating(text: bytes, layout: Layout, codable: Collection[int]) -> list[str]:
    """Return the codable columns of which the first texts mostly repeat."""
    first = text[: text.rfind(b"\n", 0, _SAMPLE_BYTES) + 1]
    if not codable or not first:
        return []
    sample = _cells(first, layout, codable, _SAMPLE)
    return [column.name for column in sample if column.n_unique() * _REPEATED < sample.height]


def _mismatch(chunk: Chunk, read_records: int) -> FileRefused:
    return FileRefused(
        FailureCode.COUNT_MISMATCH,
        f"the chunk at byte {chunk.offset} has {chunk.records} records by count, {read_records} by reader",
    )
