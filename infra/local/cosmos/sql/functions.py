"""The built-in scalar functions.

A signature has one letter per argument (S string, N number, B boolean, A array, X anything but undefined, U
anything) and `?` before the optional ones. An argument of another type makes the result undefined.
"""

import json
import math
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from infra.local.cosmos.errors import QueryError, not_implemented
from infra.local.cosmos.values import (
    ARRAY,
    BOOLEAN,
    NUMBER,
    OBJECT,
    RANKS,
    STRING,
    UNDEFINED,
    Undefined,
    identity,
    load_json,
    rank,
)

TYPES = {
    "S": frozenset({STRING}),
    "N": frozenset({NUMBER}),
    "B": frozenset({BOOLEAN}),
    "A": frozenset({ARRAY}),
    "X": frozenset(RANKS.values()) - {0},
    "U": frozenset(RANKS.values()),
}
WITHOUT_RESULT = (ArithmeticError, ValueError, re.error)


@dataclass(frozen=True, slots=True)
class Function:
    """A built-in: what it computes and which arguments it takes."""

    compute: Callable[..., object]
    accepted: tuple[frozenset[int], ...]
    required: int

    def __call__(self, *arguments: object) -> object:
        """Compute the result; undefined for arguments of the wrong type and where there is no result."""
        for argument, accepted in zip(arguments, self.accepted, strict=False):
            if RANKS[type(argument)] not in accepted:
                return UNDEFINED
        try:
            return self.compute(*arguments)
        except WITHOUT_RESULT:
            return UNDEFINED


def _function(signature: str, compute: Callable[..., object]) -> Function:
    required, _, optional = signature.partition("?")
    return Function(compute, tuple(TYPES[letter] for letter in required + optional), len(required))


def tidy(number: float) -> int | float | Undefined:
    """Return a whole number without a fraction, as the cloud writes it; undefined for NaN and infinity."""
    if isinstance(number, int):
        return number
    if not math.isfinite(number):
        return UNDEFINED
    return int(number) if number == int(number) else number


def _fold(*texts: str, ignore_case: bool) -> list[str]:
    return [text.lower() for text in texts] if ignore_case else list(texts)


def _text_test(test: Callable[[str, str], bool]) -> Callable[..., bool]:
    def compute(text: str, other: str, ignore_case: bool = False) -> bool:
        return test(*_fold(text, other, ignore_case=ignore_case))

    return compute


def _contains_partially(element: object, pattern: dict[str, Any]) -> bool:
    return isinstance(element, dict) and all(
        name in element and identity(element[name]) == identity(value) for name, value in pattern.items()
    )


def _array_contains(array: list[object], wanted: object, partial: bool = False) -> bool:
    if partial and isinstance(wanted, dict):
        return any(_contains_partially(element, wanted) for element in array)
    return any(identity(element) == identity(wanted) for element in array)


def _array_slice(array: list[object], start: int, length: int | None = None) -> list[object]:
    begin = start if start >= 0 else max(0, len(array) + start)
    return array[begin:] if length is None else array[begin : begin + max(0, length)]


def _concat(*texts: object) -> object:
    return "".join(map(str, texts)) if all(rank(text) == STRING for text in texts) else UNDEFINED


def _array_concat(*arrays: object) -> object:
    joined: list[object] = []
    for array in arrays:
        if not isinstance(array, list):
            return UNDEFINED
        joined += array
    return joined


def _set_union(left: list[object], right: list[object]) -> list[object]:
    return list({identity(element): element for element in [*left, *right]}.values())


def _set_intersect(left: list[object], right: list[object]) -> list[object]:
    kept = {identity(element) for element in right}
    return [element for element in _set_union(left, []) if identity(element) in kept]


def _to_string(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def _parsed(kind: int) -> Callable[[str], object]:
    def compute(text: str) -> object:
        value = load_json(text)
        return value if rank(value) == kind else UNDEFINED

    return compute


def _regex_match(text: str, pattern: str, modifiers: str = "") -> bool:
    flags = re.NOFLAG
    for letter in modifiers:
        flags |= {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL, "x": re.VERBOSE}[letter]
    return re.search(pattern, text, flags) is not None


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f0Z")


def _is(*kinds: int) -> Function:
    accepted = frozenset(kinds)
    return _function("U", lambda value: RANKS[type(value)] in accepted)


def _math(compute: Callable[..., float], signature: str = "N") -> Function:
    return _function(signature, lambda *numbers: tidy(compute(*numbers)))


ENDLESS = 64
FUNCTIONS: dict[str, Function] = {
    "IS_DEFINED": _function("U", lambda value: value is not UNDEFINED),
    "IS_NULL": _function("U", lambda value: value is None),
    "IS_BOOL": _is(BOOLEAN),
    "IS_NUMBER": _is(NUMBER),
    "IS_STRING": _is(STRING),
    "IS_ARRAY": _is(ARRAY),
    "IS_OBJECT": _is(OBJECT),
    "IS_PRIMITIVE": _function("U", lambda value: 0 < RANKS[type(value)] < ARRAY),
    "IS_INTEGER": _function("U", lambda value: rank(value) == NUMBER and value == math.floor(value)),
    "CONTAINS": _function("SS?B", _text_test(lambda text, part: part in text)),
    "STARTSWITH": _function("SS?B", _text_test(str.startswith)),
    "ENDSWITH": _function("SS?B", _text_test(str.endswith)),
    "STRINGEQUALS": _function("SS?B", _text_test(lambda text, other: text == other)),
    "STRING_EQUALS": _function("SS?B", _text_test(lambda text, other: text == other)),
    "INDEX_OF": _function("SS?N", lambda text, part, start=0: text.find(part, int(start))),
    "REGEXMATCH": _function("SS?S", _regex_match),
    "CONCAT": _function("UU?" + "U" * ENDLESS, _concat),
    "LOWER": _function("S", str.lower),
    "UPPER": _function("S", str.upper),
    "TRIM": _function("S", str.strip),
    "LTRIM": _function("S", str.lstrip),
    "RTRIM": _function("S", str.rstrip),
    "LENGTH": _function("S", len),
    "REVERSE": _function("S", lambda text: text[::-1]),
    "REPLACE": _function("SSS", str.replace),
    "REPLICATE": _function("SN", lambda text, times: text * times if 0 <= times <= 10_000 else UNDEFINED),
    "LEFT": _function("SN", lambda text, length: text[: max(0, int(length))]),
    "RIGHT": _function("SN", lambda text, length: text[max(0, len(text) - max(0, int(length))) :]),
    "SUBSTRING": _function(
        "SNN", lambda text, start, length: text[max(0, int(start)) :][: max(0, int(length))]
    ),
    "TOSTRING": _function("X", _to_string),
    "STRINGTONUMBER": _function("S", _parsed(NUMBER)),
    "STRINGTOBOOLEAN": _function("S", _parsed(BOOLEAN)),
    "STRINGTOARRAY": _function("S", _parsed(ARRAY)),
    "STRINGTOOBJECT": _function("S", _parsed(OBJECT)),
    "ARRAY_CONTAINS": _function("AX?B", _array_contains),
    "ARRAY_LENGTH": _function("A", len),
    "ARRAY_CONCAT": _function("UU?" + "U" * ENDLESS, _array_concat),
    "ARRAY_SLICE": _function("AN?N", _array_slice),
    "SETUNION": _function("AA", _set_union),
    "SETINTERSECT": _function("AA", _set_intersect),
    "ABS": _math(abs),
    "CEILING": _math(math.ceil),
    "EXP": _math(math.exp),
    "FLOOR": _math(math.floor),
    "LOG": _math(math.log, "N?N"),
    "LOG10": _math(math.log10),
    "PI": _math(lambda: math.pi, ""),
    "POWER": _math(math.pow, "NN"),
    "ROUND": _math(lambda number: math.copysign(math.floor(abs(number) + 0.5), number)),
    "SIGN": _math(lambda number: (number > 0) - (number < 0)),
    "SQRT": _math(math.sqrt),
    "SQUARE": _math(lambda number: number * number),
    "TRUNC": _math(math.trunc),
    "IIF": _function("UUU", lambda condition, then, otherwise: then if condition is True else otherwise),
    "GETCURRENTTIMESTAMP": _function("", lambda: int(time.time() * 1000)),
    "GETCURRENTDATETIME": _function("", _now),
}

IN_THE_CLOUD_ONLY = frozenset(
    """
    ACOS ARRAY_AVG ARRAY_CONTAINS_ALL ARRAY_CONTAINS_ANY ARRAY_MAX ARRAY_MEDIAN ARRAY_MIN ARRAY_SUM ASIN
    ATAN ATN2 CHOOSE COS COT DATETIMEADD DATETIMEBIN DATETIMEDIFF DATETIMEFORMAT DATETIMEFROMPARTS
    DATETIMEPART DATETIMETOTICKS DATETIMETOTIMESTAMP DAY DEGREES DOCUMENTID FULLTEXTCONTAINS
    FULLTEXTCONTAINSALL FULLTEXTCONTAINSANY FULLTEXTSCORE GETCURRENTDATETIMESTATIC GETCURRENTTICKS
    GETCURRENTTICKSSTATIC GETCURRENTTIMESTAMPSTATIC INTADD INTBITAND INTBITLEFTSHIFT INTBITNOT INTBITOR
    INTBITRIGHTSHIFT INTBITXOR INTDIV INTMOD INTMUL INTSUB IS_DATETIME IS_FINITE_NUMBER MAKELIST MAKESET
    MONTH NUMBERBIN OBJECTTOARRAY RADIANS RAND RRF SIN STDEV STDEVP STRINGJOIN STRINGSPLIT STRINGTONULL
    ST_AREA ST_DISTANCE ST_INTERSECTS ST_ISVALID ST_ISVALIDDETAILED ST_WITHIN TAN TICKSTODATETIME
    TIMESTAMPTODATETIME VAR VARP VECTORDISTANCE YEAR
    """.split()  # noqa: SIM905 - a list literal would take a line per name
)


def find_function(name: str, argument_count: int) -> Function:
    """Return a built-in by its upper-case name; 400 when there is none, 501 when only the cloud has it."""
    function = FUNCTIONS.get(name)
    if function is None:
        if name in IN_THE_CLOUD_ONLY:
            raise not_implemented(f"the function {name}")
        raise QueryError(f"'{name}' is not a recognized built-in function name.", code="SC2005")
    if not function.required <= argument_count <= len(function.accepted):
        raise QueryError(
            f"The {name} function requires {function.required} argument(s), {argument_count} given.",
            code="SC2050",
        )
    return function
