"""Rules that set something: outcomes, template variables, correct responses, defaults."""

from collections.abc import Callable
from typing import Final

from shared.standards.qti.declarations.declaration import Declaration, Kind
from shared.standards.qti.documents.element import Element, attribute, children
from shared.standards.qti.expressions.compiled import Compiled, Frame, Run
from shared.standards.qti.expressions.operands import as_number
from shared.standards.qti.faults import Invalid
from shared.standards.qti.processing.fitting import fitted
from shared.standards.qti.processing.rules import Rule, Rules
from shared.standards.qti.values.types import Value

_SET_OUTCOME: Final = "QTI 3.0, SetOutcomeValue"
_SET_TEMPLATE: Final = "QTI 3.0, SetTemplateValue"
_SET_CORRECT: Final = "QTI 3.0, SetCorrectResponse"
_SET_DEFAULT: Final = "QTI 3.0, SetDefaultValue"
_LOOKUP: Final = "QTI 3.0, LookupOutcomeValue"

type _Assignment = tuple[str, Run[Value]]


def compile_set_outcome_value(element: Element, rules: Rules) -> Rule:
    """Compile the setting of an outcome; what a human scored stays as it is."""
    assignment = _assignment(element, rules, _SET_OUTCOME, "outcome")
    if assignment is None:
        return _nothing
    identifier, run = assignment

    def set_outcome(frame: Frame) -> None:
        if identifier not in frame.fixed:
            frame.values[identifier] = run(frame)

    return set_outcome


def compile_lookup_outcome_value(element: Element, rules: Rules) -> Rule:
    """Compile the setting of an outcome to what its table holds for a number; for NULL, to its default."""
    declared = _declared(element, rules, _LOOKUP, "outcome")
    source = _expression(element, rules, _LOOKUP).run
    if declared is None:
        return _nothing
    identifier, table = declared.identifier, declared.lookup
    if table is None:
        raise _invalid(element, rules, f"{identifier} has no table to look a value up in", _LOOKUP)

    def look_up(frame: Frame) -> None:
        if identifier not in frame.fixed:
            number = as_number(source(frame))
            frame.values[identifier] = table.default if number is None else table.look_up(number)

    return look_up


def compile_set_template_value(element: Element, rules: Rules) -> Rule:
    """Compile the setting of a template variable."""
    return _setting(_assignment(element, rules, _SET_TEMPLATE, "template"), lambda frame: frame.values)


def compile_set_correct_response(element: Element, rules: Rules) -> Rule:
    """Compile the setting of what counts as correct in this session."""
    return _setting(_assignment(element, rules, _SET_CORRECT, "response"), lambda frame: frame.corrects)


def compile_set_default_value(element: Element, rules: Rules) -> Rule:
    """Compile the setting of the default of a response or outcome in this session."""
    assignment = _assignment(element, rules, _SET_DEFAULT, "response", "outcome")
    return _setting(assignment, lambda frame: frame.defaults)


def _setting(assignment: _Assignment | None, place: Callable[[Frame], dict[str, Value]]) -> Rule:
    """Return the rule that puts a value in its place in the frame."""
    if assignment is None:
        return _nothing
    identifier, run = assignment

    def set_value(frame: Frame) -> None:
        place(frame)[identifier] = run(frame)

    return set_value


def _assignment(element: Element, rules: Rules, rule: str, *kinds: Kind) -> _Assignment | None:
    """Return which variable is set, and to what; None, with a notice, where it is not declared."""
    declared = _declared(element, rules, rule, *kinds)
    value = _expression(element, rules, rule)
    if declared is None:
        return None
    return declared.identifier, fitted(value, declared, element, rules.scope)


def _nothing(_: Frame) -> None:
    """Do what a rule does whose variable is not declared."""


def _declared(element: Element, rules: Rules, rule: str, *kinds: Kind) -> Declaration | None:
    """Return the variable that is set; None, with a notice, where it is not declared."""
    identifier = attribute(element, "identifier")
    if not identifier:
        raise _invalid(element, rules, "identifier is missing", rule)
    declared = rules.scope.declaration(identifier)
    if declared is None:
        message = f"{identifier} is not declared: nothing is set"
        rules.scope.warn(element, message, rule=rule)
    elif declared.kind not in kinds:
        message = f"{identifier} is a {declared.kind} variable, which can't be set here"
        raise _invalid(element, rules, message, rule)
    return declared


def _expression(element: Element, rules: Rules, rule: str) -> Compiled:
    found = list(children(element))
    if len(found) != 1:
        raise _invalid(element, rules, f"{len(found)} expressions; one is asked for", rule)
    return rules.scope.compile(found[0])


def _invalid(element: Element, rules: Rules, message: str, rule: str) -> Invalid:
    return Invalid(message, rule=rule, place=rules.scope.place(element))
