"""Numbers rounded by the decimal digits they are written with (QTI 2.1, 15.3: roundTo, round, truncate)."""

import math
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final

from shared.standards.qti.documents.element import Element
from shared.standards.qti.expressions.bounds import first_beyond, whole_or_infinite
from shared.standards.qti.expressions.compiled import Compiled, Frame, Scope
from shared.standards.qti.expressions.operands import Number, number, operands
from shared.standards.qti.expressions.parameters import integer_of, one_of
from shared.standards.qti.values.types import BaseType, Cardinality

type Rounding = Callable[[Number | None, Frame], float | None]

# Holds all digits of each number there is: up to 309 before the point, 340 after it.
_EXACT: Final = Context(prec=700)


def rounding(element: Element, scope: Scope) -> Rounding:
    """Return what rounds to `figures`, which are significant ones or decimal places. Raises Invalid."""
    significant = one_of(element, scope, "rounding-mode", ("significantFigures", "decimalPlaces"))[0] == "s"
    figures = integer_of(element, scope, "figures", least=1 if significant else 0)

    def rounded(value: Number | None, frame: Frame) -> float | None:
        count = figures(frame)
        if value is None or count is None or math.isnan(value):
            return None
        return significant_figures(value, count) if significant else decimal_places(value, count)

    return rounded


def significant_figures(value: Number, figures: int) -> float:
    """Round to figures counted from the first that is not zero; five rounds away from zero."""
    if not value or math.isinf(value):
        return float(value)
    written = Decimal(repr(value))
    return _to_place(written, written.adjusted() - figures + 1)


def decimal_places(value: Number, figures: int) -> float:
    """Round to figures after the point; five rounds away from zero."""
    return float(value) if math.isinf(value) else _to_place(Decimal(repr(value)), -figures)


def _to_place(written: Decimal, place: int) -> float:
    lowest = written.as_tuple().exponent
    if isinstance(lowest, int) and lowest >= place:
        return float(written)
    return float(written.quantize(Decimal((0, (1,), place)), ROUND_HALF_UP, _EXACT))


def compile_round_to(element: Element, scope: Scope) -> Compiled:
    """Compile a number rounded to figures, as a float; NaN gives NULL."""
    operand = number(operands(element, scope, 1, 1)[0], element, scope)
    rounded = rounding(element, scope)
    return Compiled(BaseType.FLOAT, Cardinality.SINGLE, lambda frame: rounded(operand(frame), frame))


def compile_round(element: Element, scope: Scope) -> Compiled:
    """Compile the nearest integer n, such that n - 0.5 <= x < n + 0.5; infinity stays, NaN gives NULL."""
    return _compile_whole(element, scope, nearest)


def compile_truncate(element: Element, scope: Scope) -> Compiled:
    """Compile the integer towards zero; infinity stays, NaN gives NULL."""
    return _compile_whole(element, scope, math.trunc)


def _compile_whole(element: Element, scope: Scope, whole: Callable[[Number], int]) -> Compiled:
    operand = number(operands(element, scope, 1, 1)[0], element, scope)
    beyond = first_beyond(scope)

    def run(frame: Frame) -> Number | None:
        value = operand(frame)
        return value if value is None or isinstance(value, int) else whole_or_infinite(value, whole, beyond)

    return Compiled(BaseType.INTEGER, Cardinality.SINGLE, run)


def nearest(value: Number) -> int:
    """Return the nearest integer, the upper one of two as near."""
    below = math.floor(value)
    return below + (value - below >= 0.5)
