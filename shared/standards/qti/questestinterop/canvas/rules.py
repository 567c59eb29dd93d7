"""Rules of response processing of QTI 3.0 to respconditions of QTI 1.2 that come to the same scores."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from shared.standards.qti.documents.element import Element, attribute, children, descendants_named, name_of
from shared.standards.qti.questestinterop.building import number_text
from shared.standards.qti.questestinterop.canvas.building import (
    Test,
    conditionvar,
    every,
    make,
    opposite,
)
from shared.standards.qti.questestinterop.canvas.conditions import Tests, is_formula_test, untranslatable
from shared.standards.qti.questestinterop.canvas.mappings import Mapped, mapped_of
from shared.standards.qti.questestinterop.decimals import number_of
from shared.standards.qti.questestinterop.names import all_text

SCORE: Final = "SCORE"
_ACTIONS: Final = {
    "qti-sum": "Add",
    "qti-subtract": "Subtract",
    "qti-product": "Multiply",
    "qti-divide": "Divide",
}
_BRANCHES: Final = ("qti-response-if", "qti-response-else-if")


@dataclass(slots=True)
class Steps:
    """Translates the rules of one item. `scale` makes of points what Canvas writes, 100 for full marks.

    `bounded_below` and `bounded_above` say whether the score is kept between nothing and full marks,
    `whole` that it is made all or nothing in the end.
    """

    tests: Tests
    scale: Fraction
    shown_by: frozenset[str]
    bounded_below: bool = False
    bounded_above: bool = False
    whole: bool = False
    lowest: Fraction = Fraction(0)
    _mapped: list[Mapped] = field(default_factory=list)

    def of(self, rules: Sequence[Element]) -> list[Element]:
        """Return the respconditions for rules. Raises Untranslatable."""
        rest = list(rules)
        while rest and self._is_end(rest[-1]):
            rest.pop()
        return list(self._steps(rest, [], last=True))

    def _is_end(self, rule: Element) -> bool:
        """Say whether a rule, the last, only bounds the score or makes it whole; then remember that."""
        expressions = list(children(rule))
        if name_of(rule) == "qti-set-outcome-value" and attribute(rule, "identifier") == SCORE:
            value = expressions[0]
            if name_of(value) in {"qti-min", "qti-max"}:
                return self._bounds(value)
        if name_of(rule) == "qti-response-condition" and _is_whole(rule):
            self.whole = True
            return True
        return False

    def _bounds(self, value: Element) -> bool:
        for each in [value, *descendants_named(value, "qti-min", "qti-max")]:
            limits = [number_of(all_text(one)) for one in children(each) if name_of(one) == "qti-base-value"]
            others = [one for one in children(each) if name_of(one) != "qti-base-value"]
            if len(limits) != 1 or limits[0] is None or len(others) != 1:
                return False
            if name_of(others[0]) not in {"qti-variable", "qti-min", "qti-max"}:
                return False
            if name_of(each) == "qti-max":
                self.bounded_below, self.lowest = True, limits[0] * self.scale
            elif limits[0] * self.scale == 100:
                self.bounded_above = True
            else:
                raise untranslatable(each)
        return True

    def _steps(self, rules: Sequence[Element], path: list[Test], *, last: bool) -> Iterator[Element]:
        plain: list[Element] = []
        for at, rule in enumerate(rules):
            if name_of(rule) == "qti-set-outcome-value" and not _is_mapping(rule):
                plain.append(rule)
                continue
            yield from self._step(every(path), plain, goes_on=True)
            plain = []
            if name_of(rule) == "qti-set-outcome-value":
                yield from self._by_mapping(rule, path)
            elif name_of(rule) == "qti-response-condition":
                yield from self._condition(rule, path, last=last and at == len(rules) - 1)
            else:
                raise untranslatable(rule)
        yield from self._step(every(path), plain, goes_on=True)

    def _condition(self, rule: Element, path: list[Test], *, last: bool) -> Iterator[Element]:
        branches = list(children(rule))
        if last and not path and len(branches) > 1 and all(_is_plain(each) for each in branches[:-1]):
            yield from self._ending(branches)
            return
        before: list[Test] = []
        if len(branches) > 1 and any(is_formula_test(each) for each in rule.iterdescendants("*")):
            raise untranslatable(rule)
        for branch in branches:
            test, rules = self._parts(branch)
            yield from self._steps(rules, [*path, *before, test], last=False)
            before.append(opposite(test))

    def _ending(self, branches: list[Element]) -> Iterator[Element]:
        """Yield branches of which the first that holds ends the processing, as Canvas writes them."""
        for branch in branches:
            test, rules = self._parts(branch)
            if name_of(branch) in _BRANCHES and _is_plain(branch):
                yield from self._step(test, rules, goes_on=False)
            else:
                yield from self._steps(rules, [] if test is True else [test], last=True)

    def _parts(self, branch: Element) -> tuple[Test, list[Element]]:
        rules = list(children(branch))
        if name_of(branch) not in _BRANCHES:
            return True, rules
        self.tests.scores = any(
            attribute(each, "identifier") == SCORE
            for each in descendants_named(branch, "qti-set-outcome-value")
        )
        if is_formula_test(rules[0]) and not self.tests.scores:
            raise untranslatable(rules[0])
        return self.tests.true(rules[0]), rules[1:]

    def _step(self, test: Test, rules: list[Element], *, goes_on: bool) -> Iterator[Element]:
        if test is False or (not rules and goes_on):
            return
        held = make("other") if isinstance(test, bool) else test
        actions = [action for rule in rules for action in self._actions(rule)]
        attributes = {"continue": "Yes" if goes_on else "No"}
        yield make("respcondition", attributes, conditionvar(held), *actions)

    def _actions(self, rule: Element) -> Iterator[Element]:
        name = attribute(rule, "identifier") or ""
        value = next(children(rule))
        if name in self.shown_by:
            yield from _displays(value, name)
        elif name_of(value) == "qti-base-value":
            yield self._setvar(name, "Set", value)
        else:
            operands = list(children(value))
            own = len(operands) == 2 and attribute(operands[0], "identifier") == name
            if name_of(value) not in _ACTIONS or not own or name_of(operands[1]) != "qti-base-value":
                raise untranslatable(value)
            yield self._setvar(name, _ACTIONS[name_of(value)], operands[1])

    def _setvar(self, name: str, action: str, constant: Element) -> Element:
        number = number_of(all_text(constant))
        if number is None:
            raise untranslatable(constant)
        if name == SCORE and action not in {"Multiply", "Divide"}:
            number *= self.scale
        return make("setvar", {"action": action, "varname": name}, number_text(float(number)))

    def _by_mapping(self, rule: Element, path: list[Test]) -> Iterator[Element]:
        """Yield a step for each entry of a mapping: a response counts once for each value that it has."""
        mapped = mapped_of(rule, self.tests.asked)
        if attribute(rule, "identifier") != SCORE:
            raise untranslatable(rule)
        self.tests.scores = True
        self.bounded_below = self.bounded_below or mapped.lower is not None
        self.lowest = mapped.lower * self.scale if mapped.lower is not None else self.lowest
        if mapped.upper is not None and mapped.upper * self.scale != 100:
            raise untranslatable(rule)
        self.bounded_above = self.bounded_above or mapped.upper is not None
        for key, value, sensitive in mapped.entries:
            test = every([*path, self.tests.has(mapped.asked, key, sensitive=sensitive)])
            amount = make(
                "setvar", {"action": "Add", "varname": SCORE}, number_text(float(value * self.scale))
            )
            if not isinstance(test, bool):
                yield make("respcondition", {"continue": "Yes"}, conditionvar(test), amount)


def _is_mapping(rule: Element) -> bool:
    return any(name_of(each) == "qti-map-response" for each in children(rule))


def _is_plain(branch: Element) -> bool:
    rules = list(children(branch))[1:]
    return all(name_of(each) == "qti-set-outcome-value" and not _is_mapping(each) for each in rules)


def _is_whole(rule: Element) -> bool:
    """Say whether a rule makes a score all or nothing."""
    tests = [next(children(branch), None) for branch in children(rule)]
    first = tests[0] if tests else None
    if first is None or name_of(first) != "qti-gte" or len(tests) != 2:
        return False
    left = next(children(first))
    return name_of(left) == "qti-variable" and attribute(left, "identifier") == SCORE


def _displays(value: Element, name: str) -> Iterator[Element]:
    parts = list(children(value)) if name_of(value) == "qti-multiple" else [value]
    for part in parts:
        if name_of(part) == "qti-base-value":
            ident = all_text(part).strip()
            yield make("displayfeedback", {"feedbacktype": "Response", "linkrefid": ident})
        elif attribute(part, "identifier") != name:
            raise untranslatable(part)
