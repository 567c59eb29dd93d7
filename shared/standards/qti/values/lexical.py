"""How single values are written in XML, and read from it (QTI 3.0 information model)."""

import math
import re
from collections.abc import Callable
from typing import Final

from shared.standards.qti.limits import LIMITS
from shared.standards.qti.values.types import BaseType, DirectedPair, Pair, Point, Single

_DURATION_UNITS: Final = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")
_INTEGER: Final = re.compile(r"[+-]?\d+")


def read_single(text: str, base_type: BaseType) -> Single | None:
    """Return the value that text writes, NULL for empty text.

    Raises ValueError with what was expected. Infinity and NaN are floats as XML Schema writes them.
    """
    if not text and base_type is not BaseType.FILE:
        return None
    return _READERS[base_type](text)


def write_single(value: Single) -> str:
    """Return a value as XML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return write_float(value)
    if isinstance(value, tuple):
        return " ".join(str(part) for part in value)
    return str(value)


def write_float(value: float) -> str:
    """Return a float as XML Schema writes it, whole numbers without an exponent or fraction lost."""
    if math.isinf(value):
        return "INF" if value > 0 else "-INF"
    return "NaN" if math.isnan(value) else repr(value)


def _boolean(text: str) -> bool:
    if text in {"true", "1"}:
        return True
    if text in {"false", "0"}:
        return False
    raise ValueError(f"{text!r} is not true or false")


def _integer(text: str) -> int:
    stripped = text.strip()
    if not _INTEGER.fullmatch(stripped) or len(stripped) > LIMITS.digits:
        raise ValueError(f"{stripped[:40]!r} is not an integer of at most {LIMITS.digits} digits")
    return int(stripped)


def _float(text: str) -> float:
    stripped = text.strip()
    if stripped in {"INF", "-INF", "NaN"}:
        return float(stripped.replace("INF", "inf"))
    try:
        number = float(stripped)
    except ValueError:
        raise ValueError(f"{stripped[:40]!r} is not a number") from None
    if "_" in stripped or not math.isfinite(number):
        raise ValueError(f"{stripped[:40]!r} is not a number")
    return number


def _duration(text: str) -> float:
    found = _DURATION_UNITS.fullmatch(text.strip())
    if found is None or not any(found.groups()):
        return _float(text)
    days, hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return days * 86_400 + hours * 3_600 + minutes * 60 + seconds


def _two(text: str, kind: str) -> list[str]:
    parts = text.split()
    if len(parts) != 2:
        raise ValueError(f"{text[:80]!r} is not a {kind}: two parts with a space between them")
    return parts


def _pair(text: str) -> Pair:
    return Pair(_two(text, "pair"))


def _directed_pair(text: str) -> DirectedPair:
    return DirectedPair(*_two(text, "directed pair"))


def _point(text: str) -> Point:
    x, y = _two(text, "point")
    return Point(round(_float(x)), round(_float(y)))


def _file(text: str) -> Single:
    raise ValueError(f"{text[:40]!r}: files are not written as values")


_READERS: Final[dict[BaseType, Callable[[str], Single]]] = {
    BaseType.BOOLEAN: lambda text: _boolean(text.strip()),
    BaseType.DIRECTED_PAIR: _directed_pair,
    BaseType.DURATION: _duration,
    BaseType.FILE: _file,
    BaseType.FLOAT: _float,
    BaseType.IDENTIFIER: str.strip,
    BaseType.INTEGER: _integer,
    BaseType.INT_OR_IDENTIFIER: str.strip,
    BaseType.PAIR: _pair,
    BaseType.POINT: _point,
    BaseType.STRING: str,
    BaseType.URI: str.strip,
}
