"""Text compared (QTI 2.1, 15.3: stringMatch, substring, patternMatch)."""

import operator
from collections.abc import Callable

from shared.standards.qti.documents.element import Element, attribute
from shared.standards.qti.expressions.compiled import Compiled, Frame, Run, Scope
from shared.standards.qti.expressions.logic import truth
from shared.standards.qti.expressions.operands import invalid, operands, text, warn
from shared.standards.qti.expressions.parameters import flag, string_of
from shared.standards.qti.expressions.patterns import Pattern
from shared.standards.qti.limits import Limits

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


def compile_pattern_match(element: Element, scope: Scope) -> Compiled:
    """Compile whether a pattern of XML Schema matches the whole of a string.

    A pattern may come from a variable; one that can't be read then gives NULL. The run raises Refused for a
    pattern that takes too many steps.
    """
    operand = text(operands(element, scope, 1, 1)[0], element, scope)
    written = string_of(element, scope, "pattern")
    if not isinstance(written, str):
        return _compile_pattern_of_run(operand, written, scope.limits)
    try:
        pattern = Pattern(written, scope.limits)
    except ValueError as error:
        raise invalid(element, scope, f"pattern {written[:80]!r}: {error}") from error
    for note in pattern.notes:
        warn(element, scope, f"pattern {written[:80]!r}: {note}")

    def run(frame: Frame) -> bool | None:
        value = operand(frame)
        return None if value is None else pattern.matches(value)

    return truth(run)


def _compile_pattern_of_run(operand: Run[str | None], written: Run[str | None], limits: Limits) -> Compiled:
    def run(frame: Frame) -> bool | None:
        value, pattern = operand(frame), written(frame)
        if value is None or pattern is None:
            return None
        try:
            return Pattern(pattern, limits).matches(value)
        except ValueError:
            return None

    return truth(run)


def _compile_two(element: Element, scope: Scope, holds: Holds) -> Compiled:
    left, right = (text(operand, element, scope) for operand in operands(element, scope, 2, 2))
    as_written = flag(element, scope, "case-sensitive", default=True)

    def run(frame: Frame) -> bool | None:
        value, other = left(frame), right(frame)
        if value is None or other is None:
            return None
        return holds(value, other) if as_written else holds(value.casefold(), other.casefold())

    return truth(run)
