"""Route constraints: `{id:int}`, `{code:length(3)}` ... tell whether a segment may stand for a parameter.

Rules: ASP.NET Core documentation, "Route constraints"; numbers follow .NET's invariant parsing, dates are
read as ISO 8601 only.
"""

import re
import sys
from collections.abc import Callable
from datetime import datetime

type Constraint = Callable[[str], bool]

_WRITTEN = re.compile(r"(?P<name>[A-Za-z]+)(?:\((?P<arguments>.*)\))?", re.DOTALL)
_INT = range(-(2**31), 2**31)
_LONG = range(-(2**63), 2**63)


def constraint(written: str) -> Constraint:
    """Return the check that a constraint stands for; `ValueError` for one that does not exist."""
    found = _WRITTEN.fullmatch(written)
    if found is None:
        raise ValueError(f"{written!r} is no route constraint")
    name, arguments = found["name"].lower(), found["arguments"]
    if arguments is None and name in _PLAIN:
        return _PLAIN[name]
    if arguments is not None and name in _WITH_ARGUMENTS:
        return _WITH_ARGUMENTS[name](arguments)
    raise ValueError(f"{written!r} is no route constraint")


def _is_integer_in(allowed: range) -> Constraint:
    return lambda text: re.fullmatch(r"[+-]?[0-9]{1,19}", text) is not None and int(text) in allowed


def _matches(expression: str) -> Constraint:
    compiled = re.compile(expression, re.IGNORECASE | re.ASCII)
    return lambda text: compiled.fullmatch(text) is not None


def _is_datetime(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _length(arguments: str) -> Constraint:
    shortest, _, longest = arguments.partition(",")
    return _length_in(int(shortest), int(longest or shortest))


def _length_in(shortest: int, longest: int) -> Constraint:
    return lambda text: shortest <= len(text) <= longest


def _range(arguments: str) -> Constraint:
    lowest, _, highest = arguments.partition(",")
    return _is_integer_in(range(int(lowest), int(highest) + 1))


def _regex(expression: str) -> Constraint:
    # As in ASP.NET, the expression may match anywhere, without regard to case; braces are written twice.
    try:
        compiled = re.compile(expression.replace("{{", "{").replace("}}", "}"), re.IGNORECASE)
    except re.PatternError as fault:
        raise ValueError(f"{expression!r} is no regular expression: {fault}") from fault
    return lambda text: compiled.search(text) is not None


_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)"

_PLAIN: dict[str, Constraint] = {
    "int": _is_integer_in(_INT),
    "long": _is_integer_in(_LONG),
    "bool": _matches("true|false"),
    "datetime": _is_datetime,
    "decimal": _matches(_NUMBER),
    "double": _matches(rf"{_NUMBER}(?:e[+-]?\d+)?"),
    "float": _matches(rf"{_NUMBER}(?:e[+-]?\d+)?"),
    "guid": _matches(r"\{?[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\}?"),
    "alpha": _matches("[a-z]*"),
    "required": bool,
}

_WITH_ARGUMENTS: dict[str, Callable[[str], Constraint]] = {
    "length": _length,
    "minlength": lambda bound: _length_in(int(bound), sys.maxsize),
    "maxlength": lambda bound: _length_in(0, int(bound)),
    "min": lambda bound: _is_integer_in(range(int(bound), _LONG.stop)),
    "max": lambda bound: _is_integer_in(range(_LONG.start, int(bound) + 1)),
    "range": _range,
    "regex": _regex,
}
