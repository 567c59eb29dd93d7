"""Item session control and time limits: what test, parts and sections allow their items."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from shared.standards.qti.documents.element import Element, attribute, child_named
from shared.standards.qti.documents.noticing import Noticing

_CONTROL_RULE: Final = "QTI 3.0, ItemSessionControl"
_LIMITS_RULE: Final = "QTI 3.0, TimeLimits"
_FLAGS: Final = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class Control:
    """What may happen in the session of an item (QTI 3.0, ItemSessionControl); the defaults are its defaults.

    `max_attempts` is 0 where there is no limit; it does not bind adaptive items. `allow_skipping` and
    `validate_responses` apply where items are submitted one by one.
    """

    max_attempts: int = 1
    show_feedback: bool = False
    allow_review: bool = True
    show_solution: bool = False
    allow_comment: bool = False
    allow_skipping: bool = True
    validate_responses: bool = False


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """Seconds that test, part, section or item may take; late responses count only where that is allowed."""

    least: float | None = None
    most: float | None = None
    allow_late: bool = False


def read_control(owner: Element, outer: Control, noticing: Noticing) -> Control:
    """Return the control inside `owner`; each attribute that it does not give is inherited from outside."""
    element = child_named(owner, "qti-item-session-control")
    if element is None:
        return outer
    attempts = _number(element, "max-attempts", int, _CONTROL_RULE, noticing)
    return replace(
        outer,
        max_attempts=outer.max_attempts if attempts is None else attempts,
        show_feedback=read_flag(element, "show-feedback", outer.show_feedback, noticing),
        allow_review=read_flag(element, "allow-review", outer.allow_review, noticing),
        show_solution=read_flag(element, "show-solution", outer.show_solution, noticing),
        allow_comment=read_flag(element, "allow-comment", outer.allow_comment, noticing),
        allow_skipping=read_flag(element, "allow-skipping", outer.allow_skipping, noticing),
        validate_responses=read_flag(element, "validate-responses", outer.validate_responses, noticing),
    )


def read_time_limits(owner: Element, noticing: Noticing) -> TimeLimits:
    """Return the time limits inside `owner`, none at all where it gives none."""
    element = child_named(owner, "qti-time-limits")
    if element is None:
        return TimeLimits()
    return TimeLimits(
        _number(element, "min-time", float, _LIMITS_RULE, noticing),
        _number(element, "max-time", float, _LIMITS_RULE, noticing),
        read_flag(element, "allow-late-submission", False, noticing),
    )


def read_flag(element: Element, name: str, otherwise: bool, noticing: Noticing) -> bool:
    """Return a boolean attribute; `otherwise` where it is not given or, noted, is no boolean."""
    text = attribute(element, name)
    if text is None:
        return otherwise
    if text not in _FLAGS:
        noticing.error(
            element, f"{name} {text!r} is not true or false: left aside", rule="XML Schema, boolean"
        )
    return _FLAGS.get(text, otherwise)


def _number[N: (int, float)](
    element: Element, name: str, kind: Callable[[str], N], rule: str, noticing: Noticing
) -> N | None:
    text = attribute(element, name)
    if text is None:
        return None
    try:
        number = kind(text)
    except ValueError:
        raise noticing.invalid(element, f"{name} {text[:40]!r} is not a number", rule=rule) from None
    if not number >= 0:
        raise noticing.invalid(element, f"{name} {text[:40]!r} is less than nothing", rule=rule)
    return number
