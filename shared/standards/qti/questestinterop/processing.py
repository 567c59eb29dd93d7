"""Response processing of QTI 1.2 (ASI, resprocessing) as what it does, step by step."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from shared.standards.qti.documents.element import Element
from shared.standards.qti.questestinterop.conditions import Conditions, Test
from shared.standards.qti.questestinterop.decimals import number_of
from shared.standards.qti.questestinterop.findings import Findings
from shared.standards.qti.questestinterop.names import all_text, first, given, inside, is_yes

SCORE: Final = "SCORE"
_RULE: Final = "QTI 1.2 ASI, respcondition"
_ADDING: Final = ("Add", "Subtract")


@dataclass(frozen=True, slots=True)
class Change:
    """A setvar: what it does to which variable. `number` is None where the value is a word."""

    variable: str
    action: str
    text: str
    number: Fraction | None
    element: Element

    @property
    def is_idle(self) -> bool:
        """Whether it changes nothing, as exports have it for wrong answers."""
        return self.action in _ADDING and self.number == 0


@dataclass(frozen=True, slots=True)
class Step:
    """A respcondition: when it holds, what it changes and shows, and whether the rest is then left out."""

    test: Test
    changes: tuple[Change, ...]
    shown: tuple[str, ...]
    stops: bool
    element: Element

    @property
    def gain(self) -> Fraction:
        """The most that one of its changes gives."""
        numbers = (change.number for change in self.changes if change.action in {"Set", "Add"})
        return max((number for number in numbers if number is not None), default=Fraction(0))


def steps_of(
    item: Element, conditions: Conditions, highest: dict[str, Fraction], findings: Findings
) -> list[Step]:
    """Return the steps of all the response processing of an item.

    A step ends the processing where `continue` is No. It is No when it is not given (DTD), but what adds
    points or only shows feedback has to go on, and does so in every export that leaves `continue` out.
    """
    return [
        _step(element, conditions, highest, findings)
        for processing in inside(item, "resprocessing")
        for element in inside(processing, "respcondition")
    ]


def _step(element: Element, conditions: Conditions, highest: dict[str, Fraction], findings: Findings) -> Step:
    changes = tuple(_change(setvar, highest, findings) for setvar in inside(element, "setvar"))
    shown = tuple(given(show, "linkrefid") for show in inside(element, "displayfeedback"))
    conditionvar = first(element, "conditionvar")
    scores = any(change.number is None or change.number > 0 for change in changes)
    test = True if conditionvar is None else conditions.of(conditionvar, scores=scores)
    return Step(test, changes, shown, _stops(element, changes, findings), element)


def _stops(element: Element, changes: tuple[Change, ...], findings: Findings) -> bool:
    if given(element, "continue"):
        return not is_yes(given(element, "continue"))
    if any(change.action == "Set" for change in changes):
        return True
    findings.warn(element, "a condition without `continue` that sets nothing goes on", rule=_RULE)
    return False


def _change(setvar: Element, highest: dict[str, Fraction], findings: Findings) -> Change:
    name = given(setvar, "varname", "variablename") or SCORE
    action = (given(setvar, "action") or "Set").capitalize()
    text = all_text(setvar).strip()
    if action not in {"Set", "Add", "Subtract", "Multiply", "Divide"}:
        raise findings.invalid(setvar, f"{action!r} is no action of setvar", rule="QTI 1.2 ASI, setvar")
    if text.endswith(".max"):  # how Blackboard writes the highest value of a variable
        return Change(name, action, text, highest.get(name, Fraction(1)), setvar)
    return Change(name, action, text, number_of(text), setvar)


def reach(changes: list[Change], start: Fraction) -> tuple[Fraction, Fraction] | None:
    """Return the lowest and highest that changes of a variable can come to; None where it does not show."""
    if any(change.number is None or change.action not in {"Set", *_ADDING} for change in changes):
        return None
    steps = list(_signed(changes))
    sets = [start, *(change.number for change in changes if change.action == "Set" and change.number)]
    low = min(sets) + sum(step for step in steps if step < 0)
    high = max(sets) + sum(step for step in steps if step > 0)
    return Fraction(low), Fraction(high)


def _signed(changes: list[Change]) -> Iterator[Fraction]:
    for change in changes:
        if change.action in _ADDING and change.number is not None:
            yield change.number if change.action == "Add" else -change.number
