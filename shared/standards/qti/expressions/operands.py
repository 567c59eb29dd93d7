"""Operands of expressions: how many, and of which type.

Lenient where exports agree on a meaning: text in the place of a number counts as the number it writes, a
single value in the place of a container as a container of one. Each such reading leaves a notice; what has no
agreed meaning is Invalid. Where only the run shows the type (custom operators, fields of records), the run
reads the value in the same way.
"""

import math
from collections.abc import Callable
from typing import Final, cast

from shared.standards.qti.documents.element import Element, children, name_of
from shared.standards.qti.expressions.compiled import Compiled, Run, Scope
from shared.standards.qti.faults import Invalid
from shared.standards.qti.values.lexical import read_single, write_single
from shared.standards.qti.values.types import (
    BaseType,
    Cardinality,
    Container,
    DirectedPair,
    FileValue,
    Pair,
    Point,
    Single,
    Value,
)

type Number = int | float
type Reader[T] = Callable[[Value], T | None]

NUMERIC: Final = frozenset((BaseType.INTEGER, BaseType.FLOAT))
TEXTUAL: Final = frozenset((BaseType.STRING, BaseType.IDENTIFIER, BaseType.URI, BaseType.INT_OR_IDENTIFIER))
CONTAINERS: Final = frozenset((Cardinality.MULTIPLE, Cardinality.ORDERED))

_GENERAL: Final = frozenset(
    f"qti-{name}"
    for name in (
        "base-value",
        "variable",
        "default",
        "correct",
        "map-response",
        "map-response-point",
        "math-constant",
        "null",
        "random-integer",
        "random-float",
    )
)


def rule_of(element: Element) -> str:
    """Return the clause of the specification that an expression follows, as notices and errors name it."""
    name = name_of(element)
    return f"QTI 2.1, 15.{1 if name in _GENERAL else 3}: {name.removeprefix('qti-')}"


def invalid(element: Element, scope: Scope, message: str) -> Invalid:
    """Return the error that an expression breaks its clause."""
    return Invalid(message, rule=rule_of(element), place=scope.place(element))


def warn(element: Element, scope: Scope, message: str) -> None:
    """Note that an expression strays from its clause, but has an agreed meaning."""
    scope.warn(element, message, rule=rule_of(element))


def operands(element: Element, scope: Scope, least: int = 1, most: int | None = None) -> list[Compiled]:
    """Compile what is inside an expression. Raises Invalid when it is not as many as the clause says."""
    found = [scope.compile(child) for child in children(element)]
    if len(found) < least or (most is not None and len(found) > most):
        wanted = f"{least}" if least == most else f"{least} or more" if most is None else f"{least} to {most}"
        raise invalid(element, scope, f"{len(found)} operands; {wanted} are asked for")
    return found


def number(operand: Compiled, element: Element, scope: Scope) -> Run[Number | None]:
    """Return the run of an operand that has to be a single number."""
    operand = _single(operand, element, scope, "a number")
    if operand.base_type in NUMERIC:
        return cast("Run[Number | None]", operand.run)
    if operand.base_type is BaseType.DURATION:
        warn(element, scope, "a duration is taken as its seconds")
        return cast("Run[Number | None]", operand.run)
    return _read_by_run(operand, element, scope, as_number, "number")


def integer(operand: Compiled, element: Element, scope: Scope) -> Run[int | None]:
    """Return the run of an operand that has to be a single integer."""
    operand = _single(operand, element, scope, "an integer")
    if operand.base_type is BaseType.INTEGER:
        return cast("Run[int | None]", operand.run)
    if operand.base_type is BaseType.FLOAT:
        warn(element, scope, "a float is taken as an integer where it is whole, as NULL where it is not")
        return _through(operand.run, as_integer)
    return _read_by_run(operand, element, scope, as_integer, "integer")


def duration(operand: Compiled, element: Element, scope: Scope) -> Run[Number | None]:
    """Return the run of an operand that has to be a single duration."""
    operand = _single(operand, element, scope, "a duration")
    if operand.base_type is BaseType.DURATION:
        return cast("Run[Number | None]", operand.run)
    if operand.base_type in NUMERIC:
        warn(element, scope, "a number is taken as seconds")
        return cast("Run[Number | None]", operand.run)
    return _read_by_run(operand, element, scope, as_number, "number of seconds")


def boolean(operand: Compiled, element: Element, scope: Scope) -> Run[bool | None]:
    """Return the run of an operand, or of a condition of a rule, that has to be a single boolean.

    Anything else is true unless it is NULL, zero or the text `false`, as engines in the field have it.
    """
    if operand.base_type is BaseType.BOOLEAN and operand.cardinality is Cardinality.SINGLE:
        return cast("Run[bool | None]", operand.run)
    if operand.base_type is not None or operand.cardinality not in {None, Cardinality.SINGLE}:
        warn(element, scope, "a value that is no boolean is true unless it is NULL, zero or 'false'")
    return _through(operand.run, as_boolean)


def text(operand: Compiled, element: Element, scope: Scope) -> Run[str | None]:
    """Return the run of an operand that has to be a single string."""
    operand = _single(operand, element, scope, "a string")
    if operand.base_type in TEXTUAL:
        if operand.base_type is not BaseType.STRING:
            warn(element, scope, f"a value of base type {operand.base_type} is taken as a string")
        return cast("Run[str | None]", operand.run)
    if operand.base_type is not None:
        warn(element, scope, f"a value of base type {operand.base_type} is taken as it is written")
    return _through(operand.run, as_text)


def container(operand: Compiled, element: Element, scope: Scope) -> Run[Container | None]:
    """Return the run of an operand that has to be a multiple or ordered container."""
    if operand.cardinality in CONTAINERS:
        return cast("Run[Container | None]", operand.run)
    if operand.cardinality is Cardinality.RECORD:
        raise invalid(element, scope, "a record in the place of a container")
    if operand.cardinality is Cardinality.SINGLE:
        warn(element, scope, "a single value is taken as a container of one")
    return _through(operand.run, as_container)


def _single(operand: Compiled, element: Element, scope: Scope, wanted: str) -> Compiled:
    """Return an operand of one value: the only member of a container counts as it, as exports have it."""
    if operand.cardinality in {None, Cardinality.SINGLE}:
        return operand
    if operand.cardinality is Cardinality.RECORD:
        raise invalid(element, scope, f"cardinality {operand.cardinality} in the place of {wanted}")
    warn(element, scope, f"a container in the place of {wanted}: its only member counts, of several none")
    return Compiled(operand.base_type, Cardinality.SINGLE, _through(operand.run, as_single))


def _read_by_run[T](
    operand: Compiled, element: Element, scope: Scope, read: Reader[T], wanted: str
) -> Run[T | None]:
    """Return the run of an operand whose value is read from text, or is whatever the run shows."""
    if operand.base_type in TEXTUAL:
        warn(element, scope, f"text is taken as the {wanted} that it writes, as NULL where it writes none")
    elif operand.base_type is not None:
        raise invalid(element, scope, f"base type {operand.base_type} in the place of a {wanted}")
    return _through(operand.run, read)


def _through[T](run: Run[Value], read: Reader[T]) -> Run[T | None]:
    return lambda frame: read(run(frame))


def as_number(value: Value) -> Number | None:
    """Return the number that a value is or writes, NULL where it is none."""
    if isinstance(value, str):
        return _written(value, BaseType.FLOAT)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def as_integer(value: Value) -> int | None:
    """Return the integer that a value is or writes, NULL where it is none."""
    if isinstance(value, str):
        value = _written(value, BaseType.INTEGER)
    if isinstance(value, float):
        return int(value) if math.isfinite(value) and value == math.floor(value) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def as_boolean(value: Value) -> bool | None:
    """Return what a value means as a condition."""
    if isinstance(value, str):
        return value.strip() not in {"false", "0"}
    return None if value is None else value != 0


def as_text(value: Value) -> str | None:
    """Return a single value as it is written; NULL for a container."""
    if value is None or isinstance(value, str):
        return value
    return None if type(value) in {tuple, dict} else write_single(cast("Single", value))


def as_single(value: Value) -> Single | None:
    """Return a single value as it is, a container of one as its member, NULL for all others."""
    if type(value) is tuple:
        return value[0] if len(value) == 1 else None
    return None if isinstance(value, dict) else cast("Single | None", value)


def as_container(value: Value) -> Container | None:
    """Return a container as it is, a single value as a container of one."""
    if value is None or type(value) is tuple:
        return value
    return None if isinstance(value, dict) else (cast("Single", value),)


def _written(written: str, base_type: BaseType) -> Number | None:
    try:
        return cast("Number | None", read_single(written.strip(), base_type))
    except ValueError:
        return None


def type_of(value: Single) -> BaseType:
    """Return the base type that a value shows by itself; text is a string."""
    return next(base_type for kind, base_type in _KINDS if isinstance(value, kind))


_KINDS: Final = (
    (bool, BaseType.BOOLEAN),
    (int, BaseType.INTEGER),
    (float, BaseType.FLOAT),
    (str, BaseType.STRING),
    (Point, BaseType.POINT),
    (DirectedPair, BaseType.DIRECTED_PAIR),
    (Pair, BaseType.PAIR),
    (FileValue, BaseType.FILE),
)
