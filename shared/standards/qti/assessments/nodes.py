"""What stands inside tests, parts, sections and references alike: rules, rubric blocks, feedback."""

from collections.abc import Iterator
from typing import Final, Literal, cast

from shared.standards.qti.assessments.plan import BranchRule, Feedback, RubricBlock
from shared.standards.qti.documents.element import Element, attribute, children, children_named
from shared.standards.qti.documents.noticing import Noticing

_FEEDBACK_RULE: Final = "QTI 3.0, TestFeedback"


def rules_of(owner: Element, noticing: Noticing) -> tuple[tuple[Element, ...], tuple[BranchRule, ...]]:
    """Return the expressions of an element's preconditions, and its branch rules, in their order."""
    preconditions = tuple(_expression(rule, noticing) for rule in children_named(owner, "qti-pre-condition"))
    return preconditions, tuple(_branches(owner, noticing))


def _branches(owner: Element, noticing: Noticing) -> Iterator[BranchRule]:
    for rule in children_named(owner, "qti-branch-rule"):
        target = attribute(rule, "target")
        if not target:
            raise noticing.invalid(rule, "a branch rule without target", rule="QTI 3.0, BranchRule")
        yield BranchRule(target, _expression(rule, noticing))


def _expression(rule: Element, noticing: Noticing) -> Element:
    inside = list(children(rule))
    if len(inside) != 1:
        message = f"{len(inside)} expressions in the place of one"
        raise noticing.invalid(rule, message, rule="QTI 3.0, PreCondition and BranchRule")
    return inside[0]


def read_rubric_blocks(owner: Element) -> tuple[RubricBlock, ...]:
    """Return the rubric blocks directly inside an element."""
    return tuple(
        RubricBlock(tuple((attribute(block, "view") or "").split()), block)
        for block in children_named(owner, "qti-rubric-block", "qti-test-rubric-block")
    )


def read_feedback(owner: Element, noticing: Noticing) -> tuple[Feedback, ...]:
    """Return the test feedback directly inside an element."""
    return tuple(_feedback(element, noticing) for element in children_named(owner, "qti-test-feedback"))


def _feedback(element: Element, noticing: Noticing) -> Feedback:
    access = attribute(element, "access")
    if access not in {"during", "atEnd"}:
        noticing.error(element, f"access {access!r} is read as atEnd", rule=_FEEDBACK_RULE)
        access = "atEnd"
    outcome, identifier = attribute(element, "outcome-identifier"), attribute(element, "identifier")
    if outcome is None or identifier is None:
        noticing.error(
            element,
            "feedback that names no outcome or identifier; without an outcome it is always shown",
            rule=_FEEDBACK_RULE,
        )
    return Feedback(
        cast("Literal['during', 'atEnd']", access),
        outcome or "",
        identifier or "",
        attribute(element, "show-hide") != "hide",
        element,
    )
