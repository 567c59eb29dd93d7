"""Values, numbers and durations compared (QTI 2.1, 15.3: match, equal, equalRounded, lt, durationLT...)."""

import operator
from collections.abc import Callable

from shared.standards.qti.documents.element import Element
from shared.standards.qti.expressions.compiled import Compiled, Frame, Run, Scope
from shared.standards.qti.expressions.likeness import alike, likeness
from shared.standards.qti.expressions.logic import truth
from shared.standards.qti.expressions.operands import Number, duration, invalid, number, operands
from shared.standards.qti.expressions.parameters import flag, float_of, one_of, required
from shared.standards.qti.expressions.rounding import rounding
from shared.standards.qti.values.types import Cardinality

type Comparison = Callable[[Number, Number], bool]
type Pick = Callable[[Compiled, Element, Scope], Run[Number | None]]


def compile_match(element: Element, scope: Scope) -> Compiled:
    """Compile whether two operands have the same value, multiple containers without regard for order."""
    first, second = operands(element, scope, 2, 2)
    left, right = alike(first, second, element, scope)
    if first.cardinality is second.cardinality is Cardinality.SINGLE:

        def run_single(frame: Frame) -> bool | None:
            value = left(frame)
            if value is None:
                return None
            other = right(frame)
            return None if other is None else value == other

        return truth(run_single)
    same = likeness(first, second, element, scope)

    def run(frame: Frame) -> bool | None:
        value, other = left(frame), right(frame)
        return None if value is None or other is None else same(value, other)

    return truth(run)


def _comparing(pick: Pick, holds: Comparison) -> Callable[[Element, Scope], Compiled]:
    def compile_comparison(element: Element, scope: Scope) -> Compiled:
        """Compile a comparison of two operands; NULL when one of them is."""
        left, right = (pick(operand, element, scope) for operand in operands(element, scope, 2, 2))

        def run(frame: Frame) -> bool | None:
            value, other = left(frame), right(frame)
            return None if value is None or other is None else holds(value, other)

        return truth(run)

    return compile_comparison


compile_lt = _comparing(number, operator.lt)
compile_lte = _comparing(number, operator.le)
compile_gt = _comparing(number, operator.gt)
compile_gte = _comparing(number, operator.ge)
compile_duration_lt = _comparing(duration, operator.lt)
compile_duration_gte = _comparing(duration, operator.ge)


def compile_equal(element: Element, scope: Scope) -> Compiled:
    """Compile whether two numbers are equal: exactly, or the second within a tolerance around the first."""
    mode = one_of(element, scope, "tolerance-mode", ("exact", "absolute", "relative"))
    if mode == "exact":
        return _compile_exact(element, scope)
    left, right = (number(operand, element, scope) for operand in operands(element, scope, 2, 2))
    below, above = _tolerance(element, scope)
    holds_below: Comparison = (
        operator.le if flag(element, scope, "include-lower-bound", default=True) else operator.lt
    )
    holds_above: Comparison = (
        operator.le if flag(element, scope, "include-upper-bound", default=True) else operator.lt
    )
    bounds = _absolute if mode == "absolute" else _relative

    def run(frame: Frame) -> bool | None:
        value, other, under, over = left(frame), right(frame), below(frame), above(frame)
        if value is None or other is None or under is None or over is None:
            return None
        lower, upper = bounds(value, under, over)
        return holds_below(lower, other) and holds_above(other, upper)

    return truth(run)


_compile_exact = _comparing(number, operator.eq)


def _tolerance(element: Element, scope: Scope) -> tuple[Run[Number | None], Run[Number | None]]:
    parts = required(element, scope, "tolerance").split()
    if len(parts) > 2:
        raise invalid(element, scope, f"tolerance has {len(parts)} parts, not one or two")
    below, *rest = [float_of(element, scope, "tolerance", part) for part in parts]
    return below, rest[0] if rest else below


def _absolute(value: Number, below: Number, above: Number) -> tuple[Number, Number]:
    return value - below, value + above


def _relative(value: Number, below: Number, above: Number) -> tuple[Number, Number]:
    """Return the bounds at percentages of a value; for a negative value they change sides."""
    lower, upper = value * (1 - below / 100), value * (1 + above / 100)
    return (lower, upper) if lower <= upper else (upper, lower)


def compile_equal_rounded(element: Element, scope: Scope) -> Compiled:
    """Compile whether two numbers are equal after both are rounded to so many figures."""
    left, right = (number(operand, element, scope) for operand in operands(element, scope, 2, 2))
    rounded = rounding(element, scope)

    def run(frame: Frame) -> bool | None:
        value, other = rounded(left(frame), frame), rounded(right(frame), frame)
        return None if value is None or other is None else value == other

    return truth(run)
