"""Casts text columns to the types of the fact table, and tells which values did not cast and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from shared.ingestion.mapping import Cast, Column
from shared.ingestion.model import RejectCode

LONGEST_TEXT_BYTES: Final = 1000
DECIMAL: Final = pl.Decimal(18, 4)
TIMESTAMP: Final = pl.Datetime("us", "UTC")

NOT_A_NUMBER: Final = "not a number of at most 14 digits before the decimal mark"

_MESSAGES: Final = {
    RejectCode.MISSING: "a value is needed here",
    RejectCode.NUMBER: NOT_A_NUMBER,
    RejectCode.INTEGER: "not a whole number",
    RejectCode.TIMESTAMP: "not a date and time in a format of this feed",
    RejectCode.CODE: "not one of the codes of this feed",
    RejectCode.RANGE: "below the least value that this feed allows",
    RejectCode.TEXT: f"longer than {LONGEST_TEXT_BYTES} bytes",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Values that did not cast: `where` is True in the rows at fault."""

    where: pl.Series
    code: RejectCode

    @property
    def message(self) -> str:
        """What is wrong, without the value."""
        return _MESSAGES[self.code]


@dataclass(frozen=True, slots=True)
class Casted:
    """A cast column; null where the value is missing or at fault."""

    values: pl.Series
    faults: tuple[Fault, ...]


def present(text: pl.Series, missing: Sequence[str], default: str | None) -> pl.Series:
    """Return the text without outer white space; null, or the default, where it means no value."""
    stripped = text.str.strip_chars()
    known = stripped.set(stripped.is_in(missing), None)
    return known if default is None else known.fill_null(default)


def cast(text: pl.Series, column: Column, decimal: str) -> Casted:
    """Cast text that went through `present`, by the rules of its column; `decimal` is the file's mark."""
    values, code = _cast(text, column, decimal)
    faults = [Fault(text.is_not_null() & values.is_null(), code)]
    if column.required:
        faults.append(Fault(text.is_null(), RejectCode.MISSING))
    if column.minimum is not None:
        faults.append(Fault((values < column.minimum).fill_null(value=False), RejectCode.RANGE))
    return Casted(values, tuple(fault for fault in faults if fault.where.any()))


def _cast(text: pl.Series, column: Column, decimal: str) -> tuple[pl.Series, RejectCode]:
    match column.cast:
        case Cast.INTEGER:
            return text.cast(pl.Int32, strict=False), RejectCode.INTEGER
        case Cast.DECIMAL:
            return to_decimal(text, decimal), RejectCode.NUMBER
        case Cast.TIMESTAMP:
            return _to_timestamp(text, column.formats), RejectCode.TIMESTAMP
        case Cast.CODE:
            codes = text.str.to_lowercase().replace_strict(column.codes, default=None, return_dtype=pl.String)
            return codes, RejectCode.CODE
        case _:
            return text.set(text.str.len_bytes() > LONGEST_TEXT_BYTES, None), RejectCode.TEXT


def to_decimal(text: pl.Series, decimal: str) -> pl.Series:
    """Cast to four decimal places, half away from zero; null where it is no number.

    In a file with decimal commas a value may still be written with a point, but never with both.
    """
    if decimal == ",":
        text = text.set(text.str.contains(".", literal=True) & text.str.contains(",", literal=True), None)
        text = text.str.replace(",", ".", literal=True)
    return text.cast(DECIMAL, strict=False)


def _to_timestamp(text: pl.Series, formats: Sequence[str]) -> pl.Series:
    values = pl.Series(text.name, [None], dtype=TIMESTAMP).new_from_index(0, len(text))
    for form in formats:
        left = (text.is_not_null() & values.is_null()).arg_true()
        if left.is_empty():
            break
        moments = text.gather(left).str.to_datetime(form, strict=False, time_unit="us", time_zone="UTC")
        values = moments if len(left) == len(text) else values.scatter(left, moments)
    return values
