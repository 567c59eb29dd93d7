"""Renders the values of cells as an export to CSV would, but with all digits and dates by ISO 8601."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from math import isfinite
from typing import Final

from shared.ingestion.staging.number_formats import Kind, NumberFormat

_PLAIN_NUMBER: Final = re.compile(r"0|-?[1-9]\d{0,14}")
_CODE: Final = re.compile(r"\d+(?:-\d+)*")
_LONGEST_NUMBER: Final = 1e21
"""From here on a number stays in scientific notation."""
_LAST_DAY: Final = 2_958_466
"""The serial of 1 January 10000, which no calendar here has."""
_NOT_A_LEAP_YEAR: Final = 60
"""Excel's 29 February 1900; serials below it are a day off."""


def render(text: str, written: NumberFormat, *, since_1904: bool = False) -> str:
    """Return a stored number as its format has it written; what is no number stays as it is."""
    number = _rendered(text, written.kind, since_1904=since_1904)
    return number if written.padding is None else written.padding.shown(number)


def with_zeros(number: str, shown: str) -> str:
    """Return a number as it is shown where that is the same whole number with zeros in front, as of a code.

    Whatever else is shown may be rounded, so the number stands.
    """
    if not _CODE.fullmatch(shown):
        return number
    return shown if shown.replace("-", "").lstrip("0") == number.lstrip("0") else number


def _rendered(text: str, kind: Kind, *, since_1904: bool) -> str:
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
