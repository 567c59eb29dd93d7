"""Arithmetic (QTI 2.1, 15.3: sum, product, subtract, divide, power, integerDivide, min, max, gcd...).

NULL in, NULL out; integers that grow too large are NULL (bounds.py).
"""

import math
from collections.abc import Callable
from typing import cast

from shared.standards.qti.documents.element import Element
from shared.standards.qti.expressions.bounds import first_beyond, within
from shared.standards.qti.expressions.compiled import Compiled, Frame, Run, Scope
from shared.standards.qti.expressions.operands import (
    CONTAINERS,
    Number,
    as_integer,
    as_number,
    integer,
    number,
    operands,
)
from shared.standards.qti.values.types import BaseType, Cardinality, Value

type Fold = Callable[[list[Number], int], Number | None]
type Two[T: Number] = Callable[[T, T], Number | None]


def compile_sum(element: Element, scope: Scope) -> Compiled:
    """Compile the sum of numbers and of the members of containers of numbers; an integer if all are."""
    found = operands(element, scope)
    if len(found) == 2 and all(operand.cardinality is Cardinality.SINGLE for operand in found):
        return _compile_two(found, element, scope, lambda x, y: x + y)
    return _compile_fold(found, element, scope, lambda values, _: sum(values))


def compile_product(element: Element, scope: Scope) -> Compiled:
    """Compile the product of numbers and of the members of containers of numbers; an integer if all are."""
    found = operands(element, scope)
    if len(found) == 2 and all(operand.cardinality is Cardinality.SINGLE for operand in found):
        return _compile_two(found, element, scope, lambda x, y: x * y)
    return _compile_fold(found, element, scope, _product)


def compile_subtract(element: Element, scope: Scope) -> Compiled:
    """Compile the first number less the second; an integer if both are."""
    return _compile_two(operands(element, scope, 2, 2), element, scope, lambda x, y: x - y)


def compile_max(element: Element, scope: Scope) -> Compiled:
    """Compile the greatest of numbers and members; NULL when one is NaN."""
    return _compile_fold(operands(element, scope), element, scope, lambda values, _: _extreme(values, max))


def compile_min(element: Element, scope: Scope) -> Compiled:
    """Compile the least of numbers and members; NULL when one is NaN."""
    return _compile_fold(operands(element, scope), element, scope, lambda values, _: _extreme(values, min))


def compile_gcd(element: Element, scope: Scope) -> Compiled:
    """Compile the greatest common divisor of integers; gcd(0, n) is n."""
    return _compile_integers(element, scope, lambda values, _: math.gcd(*cast("list[int]", values)))


def compile_lcm(element: Element, scope: Scope) -> Compiled:
    """Compile the lowest common multiple of integers; lcm(0, n) is 0."""
    return _compile_integers(element, scope, _lcm)


def compile_divide(element: Element, scope: Scope) -> Compiled:
    """Compile the first number divided by the second, a float; NULL below zero or out of range."""
    return _compile_float(element, scope, lambda x, y: x / y if y else None)


def compile_power(element: Element, scope: Scope) -> Compiled:
    """Compile the first number to the power of the second, a float; NULL where that has none."""
    return _compile_float(element, scope, math.pow)


def compile_integer_divide(element: Element, scope: Scope) -> Compiled:
    """Compile the greatest integer of at most x / y; NULL for zero below."""
    return _compile_two_integers(element, scope, lambda x, y: x // y)


def compile_integer_modulus(element: Element, scope: Scope) -> Compiled:
    """Compile x less y times their integer quotient; NULL for zero below."""
    return _compile_two_integers(element, scope, lambda x, y: x % y)


def compile_integer_to_float(element: Element, scope: Scope) -> Compiled:
    """Compile an integer as a float."""
    operand = number(operands(element, scope, 1, 1)[0], element, scope)

    def run(frame: Frame) -> float | None:
        value = operand(frame)
        return None if value is None else float(value)

    return Compiled(BaseType.FLOAT, Cardinality.SINGLE, run)


def _compile_two(found: list[Compiled], element: Element, scope: Scope, make: Two[Number]) -> Compiled:
    """Compile what two single numbers make."""
    left, right = (number(operand, element, scope) for operand in found)
    beyond = first_beyond(scope)

    def run(frame: Frame) -> Number | None:
        value, other = left(frame), right(frame)
        if value is None or other is None:
            return None
        made = make(value, other)
        return None if made is None else within(made, beyond)

    return Compiled(_type_of(found), Cardinality.SINGLE, cast("Run[Value]", run))


def _compile_float(element: Element, scope: Scope, make: Two[Number]) -> Compiled:
    left, right = (number(operand, element, scope) for operand in operands(element, scope, 2, 2))

    def run(frame: Frame) -> float | None:
        value, other = left(frame), right(frame)
        if value is None or other is None:
            return None
        try:
            made = make(float(value), float(other))
        except (ValueError, OverflowError):
            return None
        return made if made is not None and math.isfinite(made) else None

    return Compiled(BaseType.FLOAT, Cardinality.SINGLE, run)


def _compile_two_integers(element: Element, scope: Scope, make: Callable[[int, int], int]) -> Compiled:
    left, right = (integer(operand, element, scope) for operand in operands(element, scope, 2, 2))

    def run(frame: Frame) -> int | None:
        value, other = left(frame), right(frame)
        return None if value is None or not other else make(value, other)

    return Compiled(BaseType.INTEGER, Cardinality.SINGLE, run)


def _compile_fold(found: list[Compiled], element: Element, scope: Scope, fold: Fold) -> Compiled:
    """Compile what numbers make, those that stand alone and the members of containers."""
    runs = [numbers(operand, element, scope) for operand in found]
    beyond = first_beyond(scope)
    base_type = _type_of(found)

    def run(frame: Frame) -> Number | None:
        values = _gathered(runs, frame)
        if values is None:
            return None
        made = fold(values, beyond)
        if made is None:
            return None
        return float(made) if base_type is BaseType.FLOAT else within(made, beyond)

    return Compiled(base_type, Cardinality.SINGLE, cast("Run[Value]", run))


def _compile_integers(element: Element, scope: Scope, fold: Fold) -> Compiled:
    found = operands(element, scope)
    for operand in found:
        if operand.base_type is BaseType.FLOAT and operand.cardinality is Cardinality.SINGLE:
            integer(operand, element, scope)  # leaves the notice
    runs = [_members(numbers(operand, element, scope), as_integer) for operand in found]
    beyond = first_beyond(scope)

    def run(frame: Frame) -> Number | None:
        values = _gathered(runs, frame)
        made = None if values is None else fold(values, beyond)
        return None if made is None else within(made, beyond)

    return Compiled(BaseType.INTEGER, Cardinality.SINGLE, run)


def numbers(operand: Compiled, element: Element, scope: Scope) -> Run[Value]:
    """Return the run of an operand that has to be a number or a container of numbers."""
    if operand.cardinality not in CONTAINERS:
        return _shown(operand) or number(operand, element, scope)
    single = Compiled(operand.base_type, Cardinality.SINGLE, operand.run)
    read = number(single, element, scope)  # says whether the base type is one of numbers
    return operand.run if read is operand.run else _members(operand.run, as_number)


def _shown(operand: Compiled) -> Run[Value] | None:
    """Return the run of an operand of which only the run shows whether it is a container; None for others."""
    return _members(operand.run, as_number) if operand.cardinality is None else None


def _members(run: Run[Value], read: Callable[[Value], Number | None]) -> Run[Value]:
    """Return a run that reads a single value or each member of a container; NULL when one of them is none."""

    def read_all(value: Value) -> Value:
        if type(value) is not tuple:
            return read(value)
        members = [read(member) for member in value]
        return None if None in members else cast("Value", tuple(members))

    return lambda frame: read_all(run(frame))


def _gathered(runs: list[Run[Value]], frame: Frame) -> list[Number] | None:
    """Return all numbers of operands; None when one operand is NULL."""
    gathered: list[Number] = []
    for operand in runs:
        value = operand(frame)
        if value is None:
            return None
        if type(value) is tuple:
            gathered.extend(cast("tuple[Number, ...]", value))
        else:
            gathered.append(cast("Number", value))
    return gathered


def _type_of(found: list[Compiled]) -> BaseType | None:
    """Return the type of what numbers make: integers make one, others a float; None is left to the run."""
    kinds = {operand.base_type for operand in found}
    if kinds == {BaseType.INTEGER}:
        return BaseType.INTEGER
    return None if None in kinds else BaseType.FLOAT


def _product(values: list[Number], beyond: int) -> Number | None:
    made: Number = 1
    for value in values:
        made *= value
        if within(made, beyond) is None:
            return None
    return made


def _lcm(values: list[Number], beyond: int) -> Number | None:
    made = 1
    for value in cast("list[int]", values):
        made = math.lcm(made, value)
        if within(made, beyond) is None:
            return None
    return made


def _extreme(values: list[Number], pick: Callable[[list[Number]], Number]) -> Number | None:
    return None if any(value != value for value in values) else pick(values)  # noqa: PLR0124 - NaN
