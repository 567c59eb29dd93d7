"""JSON values as Cosmos DB compares them: undefined is a value of its own and is not null.

Order of types: undefined < null < booleans < numbers < strings < arrays < objects.
"""

import json
import math
from collections.abc import Callable, Iterable
from typing import Any, Final, final


@final
class Undefined:
    """The type of the one value that stands for a property which is not there."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNDEFINED"

    def __bool__(self) -> bool:
        return False


UNDEFINED: Final = Undefined()

UNDEFINED_RANK, NULL, BOOLEAN, NUMBER, STRING, ARRAY, OBJECT = range(7)
RANKS: Final[dict[type, int]] = {
    Undefined: UNDEFINED_RANK,
    type(None): NULL,
    bool: BOOLEAN,
    int: NUMBER,
    float: NUMBER,
    str: STRING,
    list: ARRAY,
    dict: OBJECT,
}


def rank(value: object) -> int:
    """Return the position of the value's type in the order of types."""
    return RANKS[type(value)]


def identity(value: object) -> object:
    """Return a hashable stand-in: two values are the same JSON exactly if their stand-ins are equal."""
    if isinstance(value, list):
        return (ARRAY, tuple(identity(element) for element in value))
    if isinstance(value, dict):
        return (OBJECT, frozenset((name, identity(member)) for name, member in value.items()))
    return (RANKS[type(value)], value)


def equals(left: object, right: object) -> bool | Undefined:
    """Return whether both are the same JSON; undefined when either is undefined, false across types."""
    if left is UNDEFINED or right is UNDEFINED:
        return UNDEFINED
    kind = RANKS[type(left)]
    if kind != RANKS[type(right)]:
        return False
    return identity(left) == identity(right) if kind >= ARRAY else left == right


def order_key(value: object) -> tuple[int, Any]:
    """Return the sort key of a value among values of all types."""
    if isinstance(value, list):
        return (ARRAY, tuple(order_key(element) for element in value))
    if isinstance(value, dict):
        return (OBJECT, tuple(sorted((name, order_key(member)) for name, member in value.items())))
    kind = RANKS[type(value)]
    return (kind, value if kind > NULL else 0)


def ordering(
    holds: Callable[[tuple[int, Any], tuple[int, Any]], bool],
) -> Callable[[object, object], bool | Undefined]:
    """Turn an operator on sort keys into one on values: undefined across types, for arrays and objects."""

    def compare(left: object, right: object) -> bool | Undefined:
        kind = RANKS[type(left)]
        if kind != RANKS[type(right)] or kind == UNDEFINED_RANK or kind >= ARRAY:
            return UNDEFINED
        return holds(order_key(left), order_key(right))

    return compare


def member(value: object, key: object) -> object:
    """Return `value[key]` of an object or array, undefined when there is no such member."""
    if type(value) is dict and type(key) is str:
        return value.get(key, UNDEFINED)
    if type(value) is list and type(key) is int and 0 <= key < len(value):
        element: object = value[key]
        return element
    return UNDEFINED


def resolve(document: object, path: tuple[str, ...]) -> object:
    """Return what lies at a property path of a document, undefined when the path leads nowhere."""
    for name in path:
        if type(document) is not dict:
            return UNDEFINED
        document = document.get(name, UNDEFINED)
    return document


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def parse_number(digits: str) -> int | float:
    """Return the number that digits stand for; ValueError beyond the range of a double."""
    if not math.isfinite(float(digits)):
        raise ValueError(f"the number {digits[:20]}... is out of range")
    return int(digits) if digits.lstrip("-").isdigit() else float(digits)


_decode = json.JSONDecoder(
    parse_float=parse_number, parse_int=parse_number, parse_constant=_refuse_constant
).decode


def load_json(text: bytes | str) -> Any:  # noqa: ANN401 - only the reader knows the type
    """Parse strict JSON (RFC 8259) in UTF-8.

    ValueError for anything else, for numbers beyond the range of a double and for excessive nesting.
    """
    try:
        return _decode(text if isinstance(text, str) else text.decode())
    except RecursionError as error:
        raise ValueError("the nesting is too deep") from error


dump_json = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode
"""Write JSON without white space; ValueError for what is not a finite number."""


def is_deeper(value: object, levels: int) -> bool:
    """Tell whether arrays and objects are nested in more than this many levels."""
    layer = [value]
    for _ in range(levels):
        layer = [inner for outer in layer for inner in _parts(outer)]
        if not layer:
            return False
    return any(isinstance(each, list | dict) for each in layer)


def _parts(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def is_well_formed(text: str) -> bool:
    """Tell whether the text can be encoded: JSON escapes may carry half of a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
