"""The casts of mapping files turned round: writes a value as the text of a cell."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

import polars as pl

from scripts.lib.simulation.inverting import inverted
from scripts.lib.simulation.world import Value
from shared.ingestion.mapping.columns import Cast, Column
from shared.ingestion.tables import DECIMAL, TIMESTAMP

_PLACES: Final = Decimal("0.0001")
_TRUTHS: Final = {True: ("true", "Yes", "y", "1"), False: ("false", "No", "n", "0")}


@dataclass(frozen=True, slots=True)
class Written:
    """A cell and the value that a reader must find in it."""

    text: str
    value: Value


def write(wish: Value, column: Column, kind: Cast | None, random: Random, decimal: str) -> Written:
    """Write a value as a cell of a column; where the column cannot hold it, the nearest that it can."""
    written = _written(wish, column, kind, random, decimal)
    text = written.text
    if column.capture is not None:
        text = _around(column.capture, text, random)
    return Written(column.strip[:1] + text, written.value)


def _written(  # noqa: PLR0911 - one answer for each cast
    wish: Value, column: Column, kind: Cast | None, random: Random, decimal: str
) -> Written:
    match kind:
        case Cast.CODE:
            code, meaning = random.choice(list(column.codes.items()))
            return Written(random.choice((code, code, code.lower(), code.upper())), meaning)
        case Cast.BOOLEAN:
            return _truth(bool(wish), column, random)
        case Cast.INTEGER:
            whole = max(int(str(wish)), column.minimum or 0)
            return Written(str(whole), whole)
        case Cast.DECIMAL | Cast.PERCENT:
            return _number(Decimal(str(wish)), kind, random, decimal)
        case Cast.DURATION:
            return _duration(int(Decimal(str(wish))), random)
        case Cast.TIMESTAMP if isinstance(wish, datetime):
            return _moment(wish, column, random)
        case Cast.EPOCH if isinstance(wish, datetime):
            return Written(str(int(wish.timestamp())), wish)
        case _:
            return Written(str(wish), str(wish))


def _truth(wish: bool, column: Column, random: Random) -> Written:
    codes = {text: meaning == "true" for text, meaning in column.codes.items()}
    own = [text for text, meaning in codes.items() if meaning is wish]
    if codes and not own:
        wish, own = not wish, list(codes)
    return Written(random.choice(own or _TRUTHS[wish]), wish)


def _number(wish: Decimal, kind: Cast, random: Random, decimal: str) -> Written:
    value = wish.quantize(_PLACES, ROUND_HALF_UP)
    text = random.choice((f"{value.normalize():f}", f"{value:f}"))
    if "." not in text and random.random() < 0.3:
        text += ".0"
    sign = random.choice(("%", " %", "")) if kind is Cast.PERCENT else ""
    return Written(text.replace(".", decimal) + sign, value)


def _duration(seconds: int, random: Random) -> Written:
    minutes, rest = divmod(seconds, 60)
    forms = (
        f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}",
        f"{minutes:02d}:{rest:02d}",
        str(seconds),
    )
    return Written(random.choice(forms), Decimal(seconds).quantize(_PLACES))


def _moment(wish: datetime, column: Column, random: Random) -> Written:
    """Write a moment in one of the column's formats, as exactly as the format can say it."""
    at = random.randrange(len(column.formats))
    text, moment = _in_format(wish, column.formats[at], column.zone)
    if any(_may_read(text, earlier) for earlier in column.formats[:at]):
        text, moment = _in_format(wish, column.formats[0], column.zone)
    return Written(text, moment)


def _in_format(wish: datetime, form: str, zone: str) -> tuple[str, datetime]:
    if form == "%+":
        return wish.isoformat(), wish
    own = ZoneInfo("UTC" if "%z" in form else zone)
    local = wish.astimezone(own)
    said = form.replace("%T", "%H:%M:%S").replace("%R", "%H:%M").replace("%I", "%H")
    local = local.replace(
        hour=local.hour if "%H" in said else 0,
        minute=local.minute if "%M" in said else 0,
        second=local.second if "%S" in said else 0,
    )
    text = form.replace("%.f", f".{local.microsecond:06d}").replace(
        "%.3f", f".{local.microsecond // 1000:03d}"
    )
    if "%f" not in form and "%.f" not in form:
        local = local.replace(microsecond=0)
    return local.strftime(text.replace("%:z", "%z")), local.astimezone(UTC)


def _may_read(text: str, form: str) -> bool:
    """Tell whether an earlier format could take the text for a moment, perhaps another one."""
    if form == "%+":
        return re.match(r"\d{4}-\d\d?-\d\d?[T ]", text) is not None
    try:
        datetime.strptime(text, form.replace("%.f", ".%f"))  # noqa: DTZ007 - only whether it reads
    except ValueError:
        return False
    return True


def _around(pattern: str, value: str, random: Random) -> str:
    """Return a text whose first group, by the pattern, is the value."""
    named = re.sub(r"\((?!\?)", "(?P<captured>", pattern, count=1)
    return inverted(named, {"captured": value}, random)[0]


def read_plainly(text: str, column: Column | None, kind: pl.DataType) -> Value:
    """Return the value of a text that a mapping file states itself: a constant or a default."""
    if column is not None and column.codes:
        codes = {code.lower(): meaning for code, meaning in column.codes.items()}
        text = codes.get(text.lower(), text)
    if kind == DECIMAL:
        return Decimal(text).quantize(_PLACES, ROUND_HALF_UP)
    if kind == TIMESTAMP:
        return datetime.fromisoformat(text)
    if kind == pl.Boolean():
        return text.lower() in _TRUTHS[True]
    return int(text) if kind == pl.Int32() else text


def mark(missing: Sequence[str], random: Random) -> str:
    """Return a text that means: no value."""
    return random.choice(list(missing))
