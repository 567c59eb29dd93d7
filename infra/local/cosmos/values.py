"""JSON values as Cosmos DB compares them: undefined is a value of its own and is not null.

Order of types: undefined < null < booleans < numbers < strings < arrays < objects.
"""

import json
from collections.abc import Callable
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


def load_json(text: bytes | str) -> Any:  # noqa: ANN401 - only the reader knows the type
    """Parse strict JSON (RFC 8259): NaN and infinities are refused with ValueError."""
    return json.loads(text, parse_constant=_refuse_constant)


dump_json = json.JSONEncoder(separators=(",", ":")).encode
"""Write JSON without white space."""


def is_well_formed(text: str) -> bool:
    """Tell whether the text can be encoded: JSON escapes may carry half of a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
