"""Values of filters, from JSON to what columns hold."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from shared.analytics.drilling.model import Kind, Value
from shared.kernel.clock import parse_rfc3339

_INTEGERS: Final = 2**31
_DIGITS: Final = 14
_PLACES: Final = -4


class Unsuitable(ValueError):
    """The value is none of the column's; the text says what it takes."""


def read_value(kind: Kind, value: object) -> Value:
    """Return a JSON value as one of a column; `Unsuitable` says what a column of this kind holds."""
    return _READERS[kind](value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise Unsuitable("takes texts")
    # A lone surrogate, which JSON can write and UTF-8 can't, is in no file.
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise Unsuitable("the text is no Unicode")
    return value


def _integer(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not -_INTEGERS <= value < _INTEGERS:
        raise Unsuitable("takes whole numbers of 32 bits")
    return value


def _decimal(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise Unsuitable("takes numbers")
    number = Decimal(value)
    exponent = number.as_tuple().exponent
    if number.adjusted() >= _DIGITS or not isinstance(exponent, int) or exponent < _PLACES:
        raise Unsuitable(f"takes numbers with up to {_DIGITS} digits before the point and 4 after it")
    return number


def _timestamp(value: object) -> Value:
    if not isinstance(value, str):
        raise Unsuitable("takes moments as RFC 3339 texts")
    try:
        return parse_rfc3339(value)
    except (ValueError, OverflowError):
        raise Unsuitable("takes moments as RFC 3339, such as 2026-11-20T08:30:00Z") from None


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise Unsuitable("takes true or false")
    return value


_READERS: Final[Mapping[Kind, Callable[[object], Value]]] = {
    Kind.TEXT: _text,
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.TIMESTAMP: _timestamp,
    Kind.BOOLEAN: _boolean,
}
