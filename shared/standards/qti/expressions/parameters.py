"""Attributes of expressions: flags, choices, and numbers that may also name a variable.

QTI 2.1, 16 (integerOrVariableRef, floatOrVariableRef, stringOrVariableRef): `3`, `NAME` or `{NAME}`.
"""

import re
from typing import Final

from shared.standards.qti.documents.element import Element, attribute
from shared.standards.qti.expressions.compiled import Frame, Run, Scope
from shared.standards.qti.expressions.operands import Number, as_integer, as_number, invalid, warn
from shared.standards.qti.values.lexical import read_single
from shared.standards.qti.values.types import BASE_TYPES, BaseType, Single, Value

_NAME: Final = re.compile(r"\{?([^\W\d][\w.-]*)\}?")
_FLAGS: Final = {"true": True, "1": True, "false": False, "0": False}


def required(element: Element, scope: Scope, name: str) -> str:
    """Return an attribute that has to be there."""
    value = attribute(element, name)
    if not value:
        raise invalid(element, scope, f"{name} is missing")
    return value


def flag(element: Element, scope: Scope, name: str, *, default: bool) -> bool:
    """Return a boolean attribute."""
    value = attribute(element, name)
    if value is None:
        return default
    if value not in _FLAGS:
        raise invalid(element, scope, f"{name} is {value!r}, not true or false")
    return _FLAGS[value]


def one_of(element: Element, scope: Scope, name: str, options: tuple[str, ...]) -> str:
    """Return an attribute that is one of some words; the first of them where it is not given."""
    value = attribute(element, name) or options[0]
    if value not in options:
        raise invalid(element, scope, f"{name} is {value!r}, not one of {', '.join(options)}")
    return value


def integer_of(
    element: Element, scope: Scope, name: str, *, least: int | None = None, default: int | None = None
) -> Run[int | None]:
    """Return the run of an integer attribute; NULL where the variable it names holds none or too little.

    Raises Invalid for anything else than an integer of at least that or the name of a variable.
    """
    value = attribute(element, name)
    if not value and default is not None:
        return lambda _: default
    written = value or required(element, scope, name)
    if (referred := _NAME.fullmatch(written)) is not None:
        return _at_least(_variable(element, scope, referred[1]), least)
    constant = as_integer(written)
    if constant is None or (least is not None and constant < least):
        raise invalid(element, scope, f"{name} is {written!r}, not an integer{_bound(least)}")
    return lambda _: constant


def float_of(element: Element, scope: Scope, name: str, written: str) -> Run[Number | None]:
    """Return the run of a float as one attribute, or one part of it, writes it or names a variable for it."""
    referred = None if written in {"INF", "NaN"} else _NAME.fullmatch(written)
    if referred is not None:
        run = _variable(element, scope, referred[1])
        return lambda frame: as_number(run(frame))
    constant = as_number(written)
    if constant is None:
        raise invalid(element, scope, f"{name} is {written!r}, not a number")
    return lambda _: constant


def string_of(element: Element, scope: Scope, name: str) -> str | Run[str | None]:
    """Return a string attribute, or the run of the variable that it names in braces."""
    written = required(element, scope, name)
    referred = _NAME.fullmatch(written) if written[0] == "{" and written[-1] == "}" else None
    if referred is None:
        return written
    run = _variable(element, scope, referred[1])

    def read(frame: Frame) -> str | None:
        value = run(frame)
        return value if isinstance(value, str) else None

    return read


def base_type_of(element: Element, scope: Scope) -> BaseType:
    """Return the base type that an element gives."""
    written = required(element, scope, "base-type")
    found = BASE_TYPES.get(written)
    if found is None:
        raise invalid(element, scope, f"{written!r} is no base type")
    return found


def constant_of(element: Element, scope: Scope, written: str, base_type: BaseType) -> Single | None:
    """Return the value that text inside an expression writes."""
    try:
        return read_single(written, base_type)
    except ValueError as error:
        raise invalid(element, scope, str(error)) from error


def _variable(element: Element, scope: Scope, identifier: str) -> Run[Value]:
    if scope.declaration(identifier) is None:
        warn(element, scope, f"{identifier} is not declared: NULL")
    return lambda frame: frame.values.get(identifier)


def _at_least(run: Run[Value], least: int | None) -> Run[int | None]:
    def read(frame: Frame) -> int | None:
        value = as_integer(run(frame))
        return None if value is None or (least is not None and value < least) else value

    return read


def _bound(least: int | None) -> str:
    return "" if least is None else f" of at least {least}"
