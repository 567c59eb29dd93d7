"""Casts text columns to the types of the fact tables, and tells which values did not cast and why."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import polars as pl

from shared.ingestion.mapping.columns import Cast, Column
from shared.ingestion.model import RejectCode
from shared.ingestion.tables import DECIMAL

NOT_A_NUMBER: Final = "not a number of at most 14 digits before the decimal mark"

_MESSAGES: Final = {
    RejectCode.MISSING: "a value is needed here",
    RejectCode.NUMBER: NOT_A_NUMBER,
    RejectCode.INTEGER: "not a whole number",
    RejectCode.TIMESTAMP: "not a date and time in a format of this feed",
    RejectCode.CODE: "not one of the codes of this feed",
    RejectCode.RANGE: "below the least value that this feed allows",
    RejectCode.TEXT: "longer than this feed allows, or not of its form",
    RejectCode.DURATION: "not a duration such as 1:02:03",
    RejectCode.BOOLEAN: "neither true nor false",
}

_BOOLEANS: Final = {
    "true": True,
    "yes": True,
    "y": True,
    "1": True,
    "false": False,
    "no": False,
    "n": False,
    "0": False,
}
_ISO: Final = ("%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d")
"""Forms of ISO 8601 that each feed reads besides its own: so cells of workbooks are staged."""
_EARLIEST: Final = datetime(1900, 1, 1, tzinfo=UTC)
_SECONDS: Final = r"^(?:(?:(\d{1,10}):)?(\d{1,5}):)?(\d{1,13}(?:\.\d+)?)$"
"""Hours, minutes and seconds of no more digits than their sum in seconds has room for."""
_LAST_SECOND: Final = 253_402_300_799
"""Of the year 9999, beyond which no timestamp can be written down again."""


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
    least, most = text.min(), text.max()
    if isinstance(least, str) and isinstance(most, str) and _is_stripped(text, least, most):
        # Polars and Python have one order of texts, so that most columns need not be looked through again.
        possible = [mark for mark in missing if least <= mark <= most]
        known = _without(text, text.is_in(possible)) if possible else text
    else:
        stripped = text.str.strip_chars()
        known = _without(stripped, stripped.is_in(missing))
    return known if default is None else known.fill_null(default)


def _is_stripped(text: pl.Series, least: str, most: str) -> bool:
    """Tell, if that is quick to see, that no value begins or ends with white space.

    It is where all values begin and end with visible characters of ASCII.
    """
    if least < "!" or most > "~":
        return False
    return text.cast(pl.Binary).bin.get(-1).is_between(*b"!~").all()


def _without(values: pl.Series, where: pl.Series) -> pl.Series:
    """Return null in place of the values at fault; mostly there are none, and nothing is copied."""
    return values.set(where, None) if where.any() else values


def cast(
    text: pl.Series, column: Column, kind: Cast | None, decimal: str, alive: pl.Series | None = None
) -> Casted:
    """Cast text that went through `present`, by the rules of its column; `decimal` is the file's mark.

    Only rows that are `alive` need a value where one is required.
    """
    values, code = _cast(_trimmed(text, column), column, kind, decimal)
    faults = []
    if values.null_count() != text.null_count():
        faults.append(Fault(text.is_not_null() & values.is_null(), code))
    if column.required and text.has_nulls():
        absent = text.is_null() if alive is None else text.is_null() & alive
        faults.append(Fault(absent, RejectCode.MISSING))
    if column.minimum is not None:
        faults.append(Fault((values < column.minimum).fill_null(value=False), RejectCode.RANGE))
    return Casted(values, tuple(fault for fault in faults if fault.where.any()))


def cast_cells(  # noqa: PLR0913, PLR0917 - as `cast`, from the cells as they stand in the file
    cells: pl.Series,
    missing: Sequence[str],
    column: Column,
    kind: Cast | None,
    decimal: str,
    alive: pl.Series | None = None,
    *,
    coded: bool = False,
) -> Casted:
    """Do `present` and `cast`; where the cells are categories, each distinct text once.

    Values that are texts then stay codes of them, if `coded`.
    """
    if not isinstance(cells.dtype, pl.Categorical):
        return cast(present(cells, missing, column.default), column, kind, decimal, alive)
    # By code; some of the texts may not be among the cells.
    places, texts = cells.to_physical(), cells.dtype.categories.to_series()
    casted = cast(present(texts, missing, column.default), column, kind, decimal)
    faults = [Fault(fault.where.gather(places), fault.code) for fault in casted.faults]
    if alive is not None:
        faults = [Fault(f.where & alive, f.code) if f.code is RejectCode.MISSING else f for f in faults]
    values = codes(casted.values) if coded and casted.values.dtype == pl.String else casted.values
    return Casted(values.gather(places), tuple(fault for fault in faults if fault.where.any()))


def codes(texts: pl.Series) -> pl.Series:
    """Return texts as codes of an order that depends on nothing but the texts, and is theirs."""
    return texts.cast(pl.Enum(texts.unique().drop_nulls().sort()))


def _trimmed(text: pl.Series, column: Column) -> pl.Series:
    """Return the value within the text: without what stands in front of it, or only what is captured."""
    if column.strip:
        text = text.str.strip_chars_start(column.strip)
    return text.str.extract(column.capture) if column.capture else text


def _cast(text: pl.Series, column: Column, kind: Cast | None, decimal: str) -> tuple[pl.Series, RejectCode]:
    match kind:
        case Cast.DECIMAL:
            return to_decimal(text, decimal), RejectCode.NUMBER
        case Cast.PERCENT:
            return to_decimal(text.str.strip_suffix("%").str.strip_chars_end(), decimal), RejectCode.NUMBER
        case Cast.TEXT | None:
            return _without(text, text.str.len_bytes() > column.longest), RejectCode.TEXT
        case _:
            to, code = _OTHERS[kind]
            return to(text, column), code


def to_decimal(text: pl.Series, decimal: str) -> pl.Series:
    """Cast to four decimal places, half to even; null where it is no number.

    In a file with decimal commas a value may still be written with a point, but never with both.
    """
    if decimal == ",":
        text = text.set(text.str.contains(".", literal=True) & text.str.contains(",", literal=True), None)
        text = text.str.replace(",", ".", literal=True)
    return text.cast(DECIMAL, strict=False)


def _lower(codes: dict[str, str]) -> dict[str, str]:
    return {code.lower(): meaning for code, meaning in codes.items()}


def _to_code(text: pl.Series, column: Column) -> pl.Series:
    codes = _lower(column.codes)
    return text.str.to_lowercase().replace_strict(codes, default=None, return_dtype=pl.String)


def _to_boolean(text: pl.Series, column: Column) -> pl.Series:
    stated = {code: meaning == "true" for code, meaning in _lower(column.codes).items()}
    meanings = stated or _BOOLEANS
    return text.str.to_lowercase().replace_strict(meanings, default=None, return_dtype=pl.Boolean)


def _to_seconds(text: pl.Series, _: Column) -> pl.Series:
    parts = text.str.extract_groups(_SECONDS).struct.unnest()
    hours, minutes, seconds = (parts[name].cast(DECIMAL) for name in parts.columns)
    whole = hours.fill_null(0) * 3600 + minutes.fill_null(0) * 60 + seconds
    return whole.cast(DECIMAL).alias(text.name)


def _from_epoch(text: pl.Series, _: Column) -> pl.Series:
    seconds = text.cast(pl.Int64, strict=False)
    sane = seconds.set(~seconds.is_between(-_LAST_SECOND, _LAST_SECOND).fill_null(value=True), None)
    return (sane * 1_000_000).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")


def _to_timestamp(text: pl.Series, column: Column) -> pl.Series:
    first, *others = column.formats
    values = _plausible(_moments(text, first, column.zone))
    for form in (*others, *_ISO):
        if values.null_count() == text.null_count():
            break
        left = (text.is_not_null() & values.is_null()).arg_true()
        values = values.scatter(left, _plausible(_moments(text.gather(left), form, column.zone)))
    return values


def _plausible(moments: pl.Series) -> pl.Series:
    """Take moments away that only a wrong format finds: a year of two digits read as one of four."""
    return _without(moments, moments < _EARLIEST)


def _moments(text: pl.Series, form: str, zone: str) -> pl.Series:
    # No cache: where moments repeat, the cells are categories, and each is read once anyhow.
    if zone == "UTC" or "%z" in form or "%+" in form:
        return text.str.to_datetime(form, strict=False, time_unit="us", time_zone="UTC", cache=False)
    naive = text.str.to_datetime(form, strict=False, time_unit="us", cache=False)
    local = naive.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    return local.dt.convert_time_zone("UTC")


_OTHERS: Final[dict[Cast, tuple[Callable[[pl.Series, Column], pl.Series], RejectCode]]] = {
    Cast.INTEGER: (lambda text, _: text.cast(pl.Int32, strict=False), RejectCode.INTEGER),
    Cast.DURATION: (_to_seconds, RejectCode.DURATION),
    Cast.TIMESTAMP: (_to_timestamp, RejectCode.TIMESTAMP),
    Cast.EPOCH: (_from_epoch, RejectCode.TIMESTAMP),
    Cast.CODE: (_to_code, RejectCode.CODE),
    Cast.BOOLEAN: (_to_boolean, RejectCode.BOOLEAN),
}
