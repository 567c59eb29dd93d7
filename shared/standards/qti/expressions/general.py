"""Expressions that take no operands: constants, variables and chance (QTI 2.1, 15.1)."""

import math
from typing import Final

from shared.standards.qti.documents.element import Element, attribute, text_of
from shared.standards.qti.expressions.compiled import Compiled, Frame, Run, Scope
from shared.standards.qti.expressions.operands import Number, invalid, warn
from shared.standards.qti.expressions.parameters import (
    base_type_of,
    constant_of,
    float_of,
    integer_of,
    required,
)
from shared.standards.qti.values.types import BaseType, Cardinality, Value

_CONSTANTS: Final = {"pi": math.pi, "e": math.e}
_NULL: Final = Compiled(None, None, lambda _: None)


def compile_base_value(element: Element, scope: Scope) -> Compiled:
    """Compile a constant of any base type; without text it is NULL."""
    base_type = base_type_of(element, scope)
    value = constant_of(element, scope, text_of(element), base_type)
    return Compiled(base_type, Cardinality.SINGLE, lambda _: value)


def compile_null(element: Element, scope: Scope) -> Compiled:
    """Compile NULL, which fits any type."""
    return _NULL


def compile_math_constant(element: Element, scope: Scope) -> Compiled:
    """Compile pi or e."""
    name = required(element, scope, "name")
    if name not in _CONSTANTS:
        raise invalid(element, scope, f"{name!r} is neither pi nor e")
    value = _CONSTANTS[name]
    return Compiled(BaseType.FLOAT, Cardinality.SINGLE, lambda _: value)


def compile_variable(element: Element, scope: Scope) -> Compiled:
    """Compile the value of a variable. One that is not declared is NULL, with a notice."""
    identifier = required(element, scope, "identifier")
    declared = scope.declaration(identifier)
    if declared is None:
        return _undeclared(element, scope, identifier)
    return Compiled(declared.base_type, declared.cardinality, lambda frame: frame.values[identifier])


def compile_correct(element: Element, scope: Scope) -> Compiled:
    """Compile the correct response of a variable: what template processing set, or what is declared."""
    identifier = required(element, scope, "identifier")
    declared = scope.declaration(identifier)
    if declared is None:
        return _undeclared(element, scope, identifier)
    stated = declared.correct

    def run(frame: Frame) -> Value:
        return frame.corrects.get(identifier, stated) if frame.corrects else stated

    return Compiled(declared.base_type, declared.cardinality, run)


def compile_default(element: Element, scope: Scope) -> Compiled:
    """Compile the default value of a variable: what template processing set, or what is declared."""
    identifier = required(element, scope, "identifier")
    declared = scope.declaration(identifier)
    if declared is None:
        return _undeclared(element, scope, identifier)
    stated = declared.default

    def run(frame: Frame) -> Value:
        return frame.defaults.get(identifier, stated) if frame.defaults else stated

    return Compiled(declared.base_type, declared.cardinality, run)


def _undeclared(element: Element, scope: Scope, identifier: str) -> Compiled:
    warn(element, scope, f"{identifier} is not declared: NULL")
    return _NULL


def compile_random_integer(element: Element, scope: Scope) -> Compiled:
    """Compile a random integer `min + step * k` of at most `max`; NULL where there is none."""
    lowest = integer_of(element, scope, "min", default=0)
    highest = integer_of(element, scope, "max")
    step = integer_of(element, scope, "step", least=1, default=1)

    def run(frame: Frame) -> int | None:
        low, high, stride = lowest(frame), highest(frame), step(frame)
        if low is None or high is None or stride is None or high < low:
            return None
        return low + stride * frame.chance.randrange((high - low) // stride + 1)

    return Compiled(BaseType.INTEGER, Cardinality.SINGLE, run)


def compile_random_float(element: Element, scope: Scope) -> Compiled:
    """Compile a random float from `min` to `max`; NULL where there is none."""
    lowest: Run[Number | None] = float_of(element, scope, "min", attribute(element, "min") or "0")
    highest = float_of(element, scope, "max", required(element, scope, "max"))

    def run(frame: Frame) -> float | None:
        low, high = lowest(frame), highest(frame)
        if low is None or high is None or not (low <= high and math.isfinite(high - low)):
            return None
        return frame.chance.uniform(low, high)

    return Compiled(BaseType.FLOAT, Cardinality.SINGLE, run)
