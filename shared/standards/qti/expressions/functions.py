"""Mathematical functions of numbers (QTI 2.1, 15.3: mathOperator)."""

import math
from collections.abc import Callable
from typing import Final, cast

from shared.standards.qti.documents.element import Element
from shared.standards.qti.expressions.bounds import first_beyond, within
from shared.standards.qti.expressions.compiled import Compiled, Frame, Scope
from shared.standards.qti.expressions.operands import Number, invalid, number, operands
from shared.standards.qti.expressions.parameters import required
from shared.standards.qti.values.types import BaseType, Cardinality

type Function = Callable[[float], Number | None]


def compile_math_operator(element: Element, scope: Scope) -> Compiled:
    """Compile a function of one number, or atan2 of two; NULL for NaN and outside of its natural domain."""
    name = required(element, scope, "name")
    if name == "atan2":
        return _compile_atan2(element, scope)
    if name not in FUNCTIONS:
        raise invalid(element, scope, f"{name!r} is no function")
    function = FUNCTIONS[name]
    operand = number(operands(element, scope, 1, 1)[0], element, scope)
    beyond = first_beyond(scope)

    def run(frame: Frame) -> Number | None:
        value = operand(frame)
        return None if value is None else _applied(function, value, beyond)

    base_type = BaseType.INTEGER if name in _WHOLE else BaseType.FLOAT
    return Compiled(base_type, Cardinality.SINGLE, run)


def _applied(function: Function, value: Number, beyond: int) -> Number | None:
    if math.isnan(value):
        return None
    try:
        made = function(value)
    except (ValueError, ZeroDivisionError):
        return None
    return None if made is None or math.isnan(made) else within(made, beyond)


def _compile_atan2(element: Element, scope: Scope) -> Compiled:
    left, right = (number(operand, element, scope) for operand in operands(element, scope, 2, 2))

    def run(frame: Frame) -> float | None:
        y, x = left(frame), right(frame)
        if y is None or x is None or math.isnan(y) or math.isnan(x):
            return None
        return math.atan2(y, x)

    return Compiled(BaseType.FLOAT, Cardinality.SINGLE, run)


def _growing(function: Callable[[float], float], *, odd: bool = False) -> Function:
    """Return a function that is infinite where a float holds it no more."""

    def grow(value: float) -> float:
        try:
            return function(value)
        except OverflowError:
            return -math.inf if odd and value < 0 else math.inf

    return grow


def _reciprocal(function: Function) -> Function:
    """Return one divided by a function: 0 where that is infinite, NULL where it is 0."""
    return lambda value: 1 / cast("float", function(value))


def _inverse(function: Callable[[float], float]) -> Function:
    """Return the inverse of a reciprocal function, such as asec from acos."""
    return lambda value: function(1 / value)


def _arc_cotangent(value: float) -> float:
    return math.atan(1 / value) if value else math.pi / 2


def _logarithm(function: Callable[[float], float]) -> Function:
    return lambda value: function(value) if value > 0 else None


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


_SINH: Final = _growing(math.sinh, odd=True)
_COSH: Final = _growing(math.cosh)

_WHOLE: Final = frozenset(("signum", "floor", "ceil"))

FUNCTIONS: Final[dict[str, Function]] = {
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "sec": _reciprocal(math.cos),
    "csc": _reciprocal(math.sin),
    "cot": _reciprocal(math.tan),
    "asin": math.asin,
    "acos": math.acos,
    "atan": math.atan,
    "asec": _inverse(math.acos),
    "acsc": _inverse(math.asin),
    "acot": _arc_cotangent,
    "sinh": _SINH,
    "cosh": _COSH,
    "tanh": math.tanh,
    "sech": _reciprocal(_COSH),
    "csch": _reciprocal(_SINH),
    "coth": _reciprocal(math.tanh),
    "log": _logarithm(math.log10),
    "ln": _logarithm(math.log),
    "exp": _growing(math.exp),
    "abs": lambda value: float(abs(value)),
    "signum": _sign,
    "floor": lambda value: value if math.isinf(value) else math.floor(value),
    "ceil": lambda value: value if math.isinf(value) else math.ceil(value),
    "toDegrees": math.degrees,
    "toRadians": math.radians,
}
"""The functions of one argument; trigonometric ones take radians."""
