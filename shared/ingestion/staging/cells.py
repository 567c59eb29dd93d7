"""Renders the values of cells as an export to CSV would, but with all digits and dates by ISO 8601."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum, auto
from math import isfinite
from typing import Final

_PLAIN_NUMBER: Final = re.compile(r"0|-?[1-9]\d{0,14}")
_LONGEST_NUMBER: Final = 1e21
"""From here on a number stays in scientific notation."""
_LAST_DAY: Final = 2_958_466
"""The serial of 1 January 10000, which no calendar here has."""
_NOT_A_LEAP_YEAR: Final = 60
"""Excel's 29 February 1900; serials below it are a day off."""

_LITERAL: Final = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!(?:h+|m+|s+)\])[^\]]*\]', re.IGNORECASE)
_DATE_FORMATS: Final = frozenset((*range(14, 18), 22, *range(27, 37), *range(50, 59)))
_TIME_FORMATS: Final = frozenset((*range(18, 22), 45, 46, 47))
_PERCENT_FORMATS: Final = frozenset((9, 10))


class Kind(Enum):
    """What the number format of a cell makes of its number."""

    NUMBER = auto()
    PERCENT = auto()
    DATE = auto()
    TIME = auto()


def kind_of(format_id: int, code: str | None) -> Kind:
    """Return the kind of a number format, by its code when the workbook defines one."""
    if code is not None:
        return _kind_of_code(code)
    if format_id in _DATE_FORMATS:
        return Kind.DATE
    if format_id in _TIME_FORMATS:
        return Kind.TIME
    return Kind.PERCENT if format_id in _PERCENT_FORMATS else Kind.NUMBER


def _kind_of_code(code: str) -> Kind:
    letters = _LITERAL.sub("", code.split(";", maxsplit=1)[0]).lower()
    if letters == "general":
        return Kind.NUMBER
    if re.search("[dy]", letters):
        return Kind.DATE
    if re.search("[hs]", letters):
        return Kind.TIME
    if "m" in letters:
        return Kind.DATE
    return Kind.PERCENT if "%" in letters else Kind.NUMBER


def render(text: str, kind: Kind, *, since_1904: bool = False) -> str:
    """Return a stored number as text; what is no number stays as it is."""
    if kind is Kind.NUMBER and _PLAIN_NUMBER.fullmatch(text):
        return text
    try:
        number = float(text)
    except ValueError:
        return text
    if not isfinite(number):
        return text
    if kind is Kind.PERCENT:
        return f"{_plain(Decimal(repr(number)) * 100)}%"
    if kind is Kind.NUMBER or not 0 <= number < _LAST_DAY:
        return _plain(Decimal(repr(number)))
    return _time(number) if kind is Kind.TIME else _date(number, since_1904=since_1904)


def _plain(number: Decimal) -> str:
    if abs(number) >= _LONGEST_NUMBER or (number and abs(number) < 1 / _LONGEST_NUMBER):
        return str(number)
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) if number else "0"


def _time(days: float) -> str:
    seconds = round(days * 86_400)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _date(serial: float, *, since_1904: bool) -> str:
    epoch = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 30)  # noqa: DTZ001 - of no zone
    if not since_1904 and serial < _NOT_A_LEAP_YEAR:
        epoch += timedelta(days=1)
    try:
        moment = epoch + timedelta(seconds=round(serial * 86_400))
    except OverflowError:
        return _plain(Decimal(repr(serial)))
    return moment.isoformat() if serial % 1 else moment.date().isoformat()
