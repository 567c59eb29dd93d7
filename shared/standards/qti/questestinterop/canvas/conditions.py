"""Expressions of QTI 3.0 to conditions of QTI 1.2 that hold of the same responses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from shared.standards.qti.documents.element import Element, attribute, children, descendants_named, name_of
from shared.standards.qti.faults import Invalid
from shared.standards.qti.questestinterop.calculated import HIGH, LOW
from shared.standards.qti.questestinterop.canvas.asked import MATCH, Asked
from shared.standards.qti.questestinterop.canvas.building import Test, every, make, opposite, some
from shared.standards.qti.questestinterop.names import all_text

_RULE: Final = "QTI 1.2 has no counterpart"
_COMPARED: Final = {"qti-gt": "vargt", "qti-gte": "vargte", "qti-lt": "varlt", "qti-lte": "varlte"}
_SURE: Final = ("qti-is-null", "qti-base-value")
_PRECISIONS: Final = {"decimalPlaces": "decimals", "significantFigures": "significantDigits"}


class Untranslatable(Invalid):
    """Processing that QTI 1.2 can't state."""


def untranslatable(element: Element) -> Untranslatable:
    """Return the error for an expression or rule that QTI 1.2 can't state."""
    return Untranslatable(f"{name_of(element)} can't be stated in QTI 1.2", rule=_RULE)


@dataclass(slots=True)
class Tests:
    """Translates the expressions of one item.

    `placed` says that responses are blanks in the text. Their answers are labels, which `texts` gathers by
    variable, with the rule of case before each; only what gives points (`scores`) makes a label, as a blank
    takes what its labels say.
    """

    asked: Mapping[str, Asked]
    placed: bool
    scores: bool = False
    texts: dict[str, dict[str, str]] = field(default_factory=dict)

    def true(self, element: Element) -> Test:
        """Return the condition that an expression is true."""
        name = name_of(element)
        if is_formula_test(element):
            return True
        match name:
            case "qti-and":
                return every(self.true(child) for child in children(element))
            case "qti-or":
                return some(self.true(child) for child in children(element))
            case "qti-not":
                return self.false(next(children(element)))
            case "qti-is-null":
                return self._unanswered(element)
        return self._leaf(element, name)

    def false(self, element: Element) -> Test:
        """Return the condition that an expression is false, and not NULL, which is not true either."""
        name = name_of(element)
        if is_formula_test(element):
            return False
        if name == "qti-and" and (leaf := _sure_leaf(element)) is not None:
            return opposite(self.true(leaf))
        match name:
            case "qti-and":
                return some(self.false(child) for child in children(element))
            case "qti-or":
                return every(self.false(child) for child in children(element))
            case "qti-not":
                return self.true(next(children(element)))
        return opposite(self.true(element)) if name in _SURE else self._false_leaf(element, name)

    def _unanswered(self, element: Element) -> Test:
        asked = self._asked(next(children(element)))
        return every(make("unanswered", {"respident": ident}) for ident in _idents(asked))

    def _false_leaf(self, element: Element, name: str) -> Test:
        """Return the condition that there is a response and that a comparison does not hold of it."""
        variables = [
            attribute(each, "identifier") or "" for each in descendants_named(element, "qti-variable")
        ]
        asked = [self.asked[each] for each in variables if each in self.asked]
        answered = (
            some(opposite(make("unanswered", {"respident": ident})) for ident in _idents(each))
            for each in asked
        )
        return every([opposite(self._leaf(element, name)), *answered])

    def _leaf(self, element: Element, name: str) -> Test:
        operands = list(children(element))
        if name in _COMPARED:
            return self._compared(_COMPARED[name], operands)
        translate = {
            "qti-base-value": self._known,
            "qti-match": self._match,
            "qti-member": self._member,
            "qti-contains": self._contains,
            "qti-string-match": self._text,
            "qti-equal": self._number,
            "qti-equal-rounded": self._number,
            "qti-substring": self._substring,
        }.get(name)
        if translate is None:
            raise untranslatable(element)
        return translate(element, operands)

    def _known(self, element: Element, _operands: list[Element]) -> Test:
        return all_text(element).strip() in {"true", "1"}

    def _member(self, _element: Element, operands: list[Element]) -> Test:
        return self.has(self._asked(operands[1]), _constant(operands[0]))

    def _contains(self, _element: Element, operands: list[Element]) -> Test:
        asked = self._asked(operands[0])
        return every(self.has(asked, _constant(each)) for each in children(operands[1]))

    def _text(self, element: Element, operands: list[Element]) -> Test:
        sensitive = attribute(element, "case-sensitive") != "false"
        return self.has(self._asked(operands[0]), _constant(operands[1]), sensitive=sensitive)

    def _substring(self, element: Element, operands: list[Element]) -> Test:
        case = "Yes" if attribute(element, "case-sensitive") != "false" else "No"
        asked = self._asked(operands[1])
        if self.placed:
            raise untranslatable(element)
        return make("varsubstring", {"respident": asked.ident, "case": case}, _constant(operands[0]))

    def _match(self, element: Element, operands: list[Element]) -> Test:
        left, right = operands
        if name_of(left) != "qti-variable":
            left, right = right, left
        asked = self._asked(left)
        if name_of(right) == "qti-correct":
            found = asked.correct
        elif name_of(right) in {"qti-ordered", "qti-multiple"}:
            found = tuple(_constant(each) for each in children(right))
        else:
            found = (_constant(right),)
        if not found:
            raise untranslatable(element)
        return self.equals(asked, found)

    def equals(self, asked: Asked, values: tuple[str, ...]) -> Test:
        """Return the condition that a response is exactly these values."""
        if asked.name == MATCH:
            return self._pairs(asked, values)
        if asked.cardinality == "ordered":
            keys = (make("varequal", {"respident": asked.ident}, value) for value in values)
            return make("and", {}, *keys)
        if asked.cardinality == "multiple":
            others = (opposite(self.has(asked, each)) for each in asked.choices if each not in values)
            return every([*(self.has(asked, each) for each in values), *others])
        return self.has(asked, values[0], sensitive=True)

    def _pairs(self, asked: Asked, values: tuple[str, ...]) -> Test:
        tests = [self.has(asked, value) for value in values]
        taken = {value.split()[0] for value in values}
        for side in asked.sides:
            if asked.is_many:
                pairs = (f"{side} {target}" for target in asked.choices)
                tests += [opposite(self.has(asked, pair)) for pair in pairs if pair not in values]
            elif side not in taken:
                tests.append(make("unanswered", {"respident": side}))
        return every(tests)

    def has(self, asked: Asked, value: str, *, sensitive: bool = True) -> Test:
        """Return the condition that a response is, or contains, a value."""
        if asked.name == MATCH:
            side, _, target = value.partition(" ")
            return make("varequal", {"respident": side}, target)
        if asked.base_type != "string":
            return make("varequal", {"respident": asked.ident}, value)
        case = "Yes" if sensitive else "No"
        if self.placed:
            value = self._label(asked, value, sensitive=sensitive)
        return make("varequal", {"respident": asked.ident, "case": case}, value)

    def _label(self, asked: Asked, text: str, *, sensitive: bool) -> str:
        """Return the ident of the label for an answer of a blank, or the answer where it makes none."""
        labels = self.texts.setdefault(asked.variable, {})
        key = f"{'=' if sensitive else '~'}{text}"
        if self.scores:
            labels.setdefault(key, f"{asked.variable}-{len(labels) + 1}")
        return labels.get(key, text)

    def _number(self, element: Element, operands: list[Element]) -> Test:
        asked, value, name = self._asked(operands[0]), _constant(operands[1]), name_of(element)
        more = {"respident": asked.ident}
        tolerance = (attribute(element, "tolerance") or "").split()
        mode = attribute(element, "tolerance-mode") or "exact"
        if name == "qti-equal-rounded":
            kind = _PRECISIONS[attribute(element, "rounding-mode") or "significantFigures"]
            more |= {"precisiontype": kind, "precision": attribute(element, "figures") or ""}
        elif mode != "exact":
            if len(set(tolerance)) != 1 or attribute(element, "include-lower-bound") == "false":
                raise untranslatable(element)
            more |= {"margintype": "percent" if mode == "relative" else "absolute", "margin": tolerance[0]}
        return make("varequal", more, value)

    def _compared(self, name: str, operands: list[Element]) -> Test:
        asked = self._asked(operands[0])
        return make(name, {"respident": asked.ident}, _constant(operands[1]))

    def _asked(self, element: Element) -> Asked:
        found = self.asked.get(attribute(element, "identifier") or "")
        if name_of(element) != "qti-variable" or found is None:
            raise untranslatable(element)
        return found


def is_formula_test(element: Element) -> bool:
    """Say whether an expression is what reading makes of a right answer to a formula."""
    names = [attribute(each, "identifier") for each in element.iterdescendants("*")]
    return name_of(element) == "qti-and" and LOW in names and HIGH in names


def _sure_leaf(element: Element) -> Element | None:
    """Return the comparison in `and(not(is-null(R)), comparison of R)`, which is false where R is NULL."""
    parts = list(children(element))
    if (
        len(parts) != 2
        or name_of(parts[0]) != "qti-not"
        or name_of(parts[1]) in {"qti-and", "qti-or", "qti-not"}
    ):
        return None
    guarded = [name_of(each) for each in parts[0].iterdescendants("*")]
    return parts[1] if guarded == ["qti-is-null", "qti-variable"] else None


def _idents(asked: Asked) -> tuple[str, ...]:
    return asked.sides if asked.name == MATCH else (asked.ident,)


def _constant(element: Element) -> str:
    if name_of(element) != "qti-base-value":
        raise untranslatable(element)
    return all_text(element).strip()
