"""Truth in three values, one of them NULL: not known (QTI 2.1, 15.3: and, or, not, anyN, isNull)."""

from typing import Final, cast

from shared.standards.qti.documents.element import Element
from shared.standards.qti.expressions.compiled import Compiled, Frame, Run, Scope
from shared.standards.qti.expressions.operands import boolean, operands
from shared.standards.qti.expressions.parameters import integer_of
from shared.standards.qti.values.types import BaseType, Cardinality, Value

_EMPTY: Final[tuple[Value, ...]] = ("", (), {})


def truth(run: Run[bool | None]) -> Compiled:
    """Return an expression that gives a single boolean."""
    return Compiled(BaseType.BOOLEAN, Cardinality.SINGLE, cast("Run[Value]", run))


def compile_and(element: Element, scope: Scope) -> Compiled:
    """Compile a conjunction: false when one operand is, else NULL when one is, else true."""
    runs = _booleans(element, scope)

    def run(frame: Frame) -> bool | None:
        result: bool | None = True
        for operand in runs:
            value = operand(frame)
            if value is False:
                return False
            if value is None:
                result = None
        return result

    return truth(run)


def compile_or(element: Element, scope: Scope) -> Compiled:
    """Compile a disjunction: true when one operand is, else NULL when one is, else false."""
    runs = _booleans(element, scope)

    def run(frame: Frame) -> bool | None:
        result: bool | None = False
        for operand in runs:
            value = operand(frame)
            if value:
                return True
            if value is None:
                result = None
        return result

    return truth(run)


def compile_not(element: Element, scope: Scope) -> Compiled:
    """Compile a negation; NULL stays NULL."""
    operand = boolean(operands(element, scope, 1, 1)[0], element, scope)

    def run(frame: Frame) -> bool | None:
        value = operand(frame)
        return None if value is None else not value

    return truth(run)


def compile_any_n(element: Element, scope: Scope) -> Compiled:
    """Compile whether `min` to `max` operands are true; NULL where that hangs on those that are NULL."""
    runs = _booleans(element, scope)
    least, most = integer_of(element, scope, "min"), integer_of(element, scope, "max")

    def run(frame: Frame) -> bool | None:
        low, high = least(frame), most(frame)
        if low is None or high is None:
            return None
        values = [operand(frame) for operand in runs]
        true, unknown = values.count(True), values.count(None)
        if true > high or true + unknown < low:
            return False
        return True if true >= low and true + unknown <= high else None

    return truth(run)


def compile_is_null(element: Element, scope: Scope) -> Compiled:
    """Compile whether the operand is NULL: without a value, an empty string or an empty container."""
    operand = operands(element, scope, 1, 1)[0].run

    def run(frame: Frame) -> bool:
        value = operand(frame)
        return value is None or value in _EMPTY

    return truth(run)


def _booleans(element: Element, scope: Scope) -> list[Run[bool | None]]:
    return [boolean(operand, element, scope) for operand in operands(element, scope)]
