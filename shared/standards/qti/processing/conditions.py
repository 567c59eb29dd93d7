"""Conditions: the first branch whose expression is true runs (QTI 3.0, ResponseCondition, its kin)."""

from typing import Final

from shared.standards.qti.documents.element import Element, children, name_of
from shared.standards.qti.expressions.compiled import Frame, Run
from shared.standards.qti.expressions.operands import boolean
from shared.standards.qti.faults import Invalid
from shared.standards.qti.processing.rules import Rule, Rules

_NAMES: Final = {
    processing: {f"qti-{processing}-{part}": part for part in ("if", "else-if", "else")}
    for processing in ("response", "outcome", "template")
}

type Branch = tuple[Run[bool | None], Rule]


def compile_condition(element: Element, rules: Rules) -> Rule:
    """Compile if, else-if and else; an expression that gives NULL is not true."""
    branches: list[Branch] = []
    otherwise: Rule | None = None
    names = _NAMES[rules.processing]
    for part in children(element):
        kind = names.get(name_of(part))
        if kind is None:
            raise _invalid(part, rules, f"{name_of(part)} in a condition of {rules.processing} processing")
        if kind == "else":
            otherwise = rules.compile(children(part))
        else:
            branches.append(_branch(part, rules))
    if not branches:
        raise _invalid(element, rules, "a condition without an expression")
    return _chosen(branches, otherwise)


def _branch(part: Element, rules: Rules) -> Branch:
    inside = children(part)
    expression = next(inside, None)
    if expression is None:
        raise _invalid(part, rules, "a condition without an expression")
    return boolean(rules.scope.compile(expression), part, rules.scope), rules.compile(inside)


def _chosen(branches: list[Branch], otherwise: Rule | None) -> Rule:
    def run(frame: Frame) -> None:
        for holds, rule in branches:
            if holds(frame):
                rule(frame)
                return
        if otherwise is not None:
            otherwise(frame)

    return run


def _invalid(element: Element, rules: Rules, message: str) -> Invalid:
    rule = f"QTI 3.0, {rules.processing} condition"
    return Invalid(message, rule=rule, place=rules.scope.place(element))
