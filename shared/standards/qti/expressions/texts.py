"""Text compared (QTI 2.1, 15.3: stringMatch, substring, patternMatch)."""

import operator
from collections.abc import Callable

from shared.standards.qti.documents.element import Element, attribute
from shared.standards.qti.expressions.compiled import Compiled, Frame, Scope
from shared.standards.qti.expressions.logic import truth
from shared.standards.qti.expressions.operands import operands, text, warn
from shared.standards.qti.expressions.parameters import flag

type Holds = Callable[[str, str], bool]


def compile_string_match(element: Element, scope: Scope) -> Compiled:
    """Compile whether two strings are equal or, by a deprecated attribute, the first contains the second."""
    if attribute(element, "case-sensitive") is None:
        warn(element, scope, "case-sensitive is missing: true")
    within = flag(element, scope, "substring", default=False)
    return _compile_two(element, scope, operator.contains if within else operator.eq)


def compile_substring(element: Element, scope: Scope) -> Compiled:
    """Compile whether the first string is part of the second."""
    return _compile_two(element, scope, lambda part, whole: part in whole)


def _compile_two(element: Element, scope: Scope, holds: Holds) -> Compiled:
    left, right = (text(operand, element, scope) for operand in operands(element, scope, 2, 2))
    as_written = flag(element, scope, "case-sensitive", default=True)

    def run(frame: Frame) -> bool | None:
        value, other = left(frame), right(frame)
        if value is None or other is None:
            return None
        return holds(value, other) if as_written else holds(value.casefold(), other.casefold())

    return truth(run)
