"""The forms of an export, and how one is written.

CSV follows RFC 4180: commas, CRLF, quotes where needed, a header; UTF-8 with a byte order mark, by which
spreadsheets know it. Moments are RFC 3339 in UTC, numbers have a point and no grouping, what is missing or
withheld is empty.

A spreadsheet runs a text that looks like a formula, and texts come from files of strangers. So a text that
begins with `=`, `+`, `-`, `@` (full-width ones too), a tab, a carriage return or a line feed has an
apostrophe in front, and shows as it is. Numbers are no texts: -5 stays -5. Parquet holds texts unchanged.
"""

import io
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import polars as pl

_FORMULA: Final = "^[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]"
_MOMENT: Final = "%Y-%m-%dT%H:%M:%S%.3fZ"


type Sheet[M] = Callable[[M], "pl.DataFrame"]
"""Makes the lines of a view."""


class ExportFormat(StrEnum):
    """The forms of an export; each is the ending of its file's name."""

    CSV = "csv"
    PARQUET = "parquet"

    @property
    def media_type(self) -> str:
        """The media type of such a file."""
        return _MEDIA_TYPES[self]


_MEDIA_TYPES: Final = {
    ExportFormat.CSV: "text/csv; charset=utf-8; header=present",
    ExportFormat.PARQUET: "application/vnd.apache.parquet",
}


def written(rows: "pl.DataFrame", form: ExportFormat) -> bytes:
    """Return the file of `rows`; blocks for as long as it takes to write."""
    out = io.BytesIO()
    if form is ExportFormat.PARQUET:
        rows.write_parquet(out, compression="zstd")
    else:
        _guarded(rows).write_csv(out, include_bom=True, line_terminator="\r\n", datetime_format=_MOMENT)
    return out.getvalue()


def _guarded(rows: "pl.DataFrame") -> "pl.DataFrame":
    import polars as pl  # noqa: PLC0415 - declaring routes needs the names of forms, and no frames

    def guarded(name: str) -> pl.Expr:
        text = pl.col(name)
        apostrophe = pl.when(text.str.contains(_FORMULA)).then(pl.lit("'")).otherwise(pl.lit(""))
        return pl.concat_str(apostrophe, text).alias(name)

    return rows.with_columns(guarded(name) for name, kind in rows.schema.items() if kind == pl.String)
