"""The steps of response processing of QTI 1.2 to rules of QTI 3.0 that come to the same scores."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from shared.standards.qti.documents.element import Element
from shared.standards.qti.faults import Refused
from shared.standards.qti.questestinterop.building import assign, base, call, make, number_text, variable
from shared.standards.qti.questestinterop.conditions import Test
from shared.standards.qti.questestinterop.points import Points
from shared.standards.qti.questestinterop.processing import SCORE, Change, Step

FEEDBACK: Final = "FEEDBACK"
_OPERATORS: Final = {"Add": "sum", "Subtract": "subtract", "Multiply": "product", "Divide": "divide"}
_DEEPEST: Final = 60


@dataclass(frozen=True, slots=True)
class Rules:
    """Makes rules of steps: by which names outcomes go, how the score counts, which feedback there is."""

    points: Points
    outcomes: Mapping[str, str]
    kinds: Mapping[str, str]
    feedback: Mapping[str, str] = field(default_factory=dict)

    def of(self, steps: list[Step], depth: int = 0) -> list[Element]:
        """Return the rules for some steps.

        Steps that end the processing are branches of one condition; what comes after them is its `else`.
        Raises Refused when ends and steps alternate more often than any real item has it.
        """
        if depth > _DEEPEST:
            raise Refused(f"conditions that end processing {_DEEPEST} times over", rule="limits.depth")
        rules: list[Element] = []
        for at, step in enumerate(steps):
            if step.test is False:
                continue
            if step.stops:
                return rules + self._ending(steps[at:], depth)
            rules.extend(_when(step.test, self._actions(step)))
        return rules

    def _ending(self, steps: list[Step], depth: int) -> list[Element]:
        ends = next((at for at, step in enumerate(steps) if not step.stops), len(steps))
        branches = [step for step in steps[:ends] if step.test is not False]
        certain = next((at for at, step in enumerate(branches) if step.test is True), None)
        if certain is None:
            last = self.of(steps[ends:], depth + 1)
        else:
            last = self._actions(branches[certain])
            branches = branches[:certain]
        done = [(step.test, self._actions(step)) for step in branches if not isinstance(step.test, bool)]
        if not last:
            while done and not done[-1][1]:
                done.pop()
        return _condition(done, last)

    def _actions(self, step: Step) -> list[Element]:
        shown = [self.feedback[ident] for ident in step.shown if ident in self.feedback]
        changes = (change for change in step.changes if not change.is_idle)
        return [*(self._change(change) for change in changes), *(_show(name) for name in shown)]

    def _change(self, change: Change) -> Element:
        name, kind = self.outcomes[change.variable], self.kinds[change.variable]
        if change.number is None or kind != "float":
            return assign(name, base(kind, change.text))
        number = change.number
        if name == SCORE and change.action not in {"Multiply", "Divide"}:
            number *= self.points.factor
        value = base("float", number_text(float(number)))
        if change.action == "Set":
            return assign(name, value)
        return assign(name, call(_OPERATORS[change.action], variable(name), value))


def bounded(points: Points) -> list[Element]:
    """Return the rule that keeps the score in its bounds, where it could leave them."""
    value = variable(SCORE)
    if points.high is not None:
        value = call("min", value, _number(points.high))
    if points.low is not None:
        value = call("max", value, _number(points.low))
    return [] if points.low is None and points.high is None else [assign(SCORE, value)]


def all_or_nothing(most: Fraction) -> list[Element]:
    """Return the rule that leaves full marks and makes nothing of the rest; files round the parts."""
    nearly = _number(most * Fraction(9999, 10000))
    full = [assign(SCORE, _number(most))]
    return _condition([(call("gte", variable(SCORE), nearly), full)], [assign(SCORE, _number(Fraction(0)))])


def _number(value: Fraction) -> Element:
    return base("float", number_text(float(value)))


def _show(name: str) -> Element:
    return assign(FEEDBACK, call("multiple", variable(FEEDBACK), base("identifier", name)))


def _when(test: Test, actions: list[Element]) -> list[Element]:
    return actions if isinstance(test, bool) or not actions else _condition([(test, actions)], [])


def _condition(branches: list[tuple[Element, list[Element]]], last: list[Element]) -> list[Element]:
    if not branches:
        return last
    parts = [
        make("qti-response-else-if" if at else "qti-response-if", {}, test, *actions)
        for at, (test, actions) in enumerate(branches)
    ]
    if last:
        parts.append(make("qti-response-else", {}, *last))
    return [make("qti-response-condition", {}, *parts)]
