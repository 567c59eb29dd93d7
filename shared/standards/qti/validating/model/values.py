"""What attributes of each type may say (QTI 3.0 information model, 7; XML Schema part 2)."""

import re
from collections.abc import Callable
from typing import Final

_BASE_TYPES: Final = """
boolean directedPair duration file float identifier integer pair point string uri intOrIdentifier
"""
_VARIABLE: Final = r"\{?[A-Za-z_][\w.\-]*\}?"
"""Where a template variable may give the value, by its identifier."""


def _one_of(*words: str) -> Callable[[str], bool]:
    return frozenset(words).__contains__


def _like(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda text: compiled.fullmatch(text) is not None


def _all_of(*words: str) -> Callable[[str], bool]:
    known = frozenset(words)
    return lambda text: bool(text.split()) and known.issuperset(text.split())


_NUMBER: Final = r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?"

TYPES: Final[dict[str, Callable[[str], bool]]] = {
    "access": _one_of("atEnd", "during"),
    "base-type": _one_of(*_BASE_TYPES.split()),
    "boolean": _one_of("true", "false", "1", "0"),
    "cardinality": _one_of("single", "multiple", "ordered", "record"),
    "coords": _like(r"\s*-?\d+(\.\d+)?%?(\s*,\s*-?\d+(\.\d+)?%?)*\s*"),
    "count": _like(rf"\+?\d+|{_VARIABLE}"),
    "float": _like(rf"{_NUMBER}|-?INF|NaN|{_VARIABLE}"),
    "html": _like(r"[\w\-]*"),
    "integer": _like(rf"[+-]?\d+|{_VARIABLE}"),
    "navigation-mode": _one_of("linear", "nonlinear"),
    "orientation": _one_of("horizontal", "vertical"),
    "rounding-mode": _one_of("decimalPlaces", "significantFigures"),
    "shape": _one_of("circle", "default", "ellipse", "poly", "rect"),
    "show-hide": _one_of("show", "hide"),
    "submission-mode": _one_of("individual", "simultaneous"),
    "text": _like(r"(?s).+"),
    "tolerance-mode": _one_of("absolute", "exact", "relative"),
    "views": _all_of("author", "candidate", "proctor", "scorer", "testConstructor", "tutor"),
}
"""Each type that the model names, as a check of the value without white space around it."""

_IDENTIFIERS: Final = frozenset(
    ("identifier", "response-identifier", "outcome-identifier", "template-identifier")
)


def check_of(attribute: str, kind: str) -> Callable[[str], bool] | None:
    """Return the check of an attribute's value, None where it may say anything."""
    if kind:
        return TYPES[kind]
    return _is_identifier if attribute in _IDENTIFIERS else None


def _is_identifier(text: str) -> bool:
    """Say whether text is a name without colon, as XML has it: letters, digits, `_`, `-` and `.`."""
    return bool(text) and (text[0].isalpha() or text[0] == "_") and _NAME.fullmatch(text) is not None


_NAME: Final = re.compile(r"[\w.\-\u00b7]+")
