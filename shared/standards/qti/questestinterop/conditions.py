"""Conditions of QTI 1.2 (ASI, conditionvar) to expressions of QTI 3.0 that are true of the same responses."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shared.standards.qti.documents.element import Element
from shared.standards.qti.questestinterop.blanks import equals_label, equals_text
from shared.standards.qti.questestinterop.budget import Budget
from shared.standards.qti.questestinterop.building import base, call, variable
from shared.standards.qti.questestinterop.findings import Findings
from shared.standards.qti.questestinterop.names import (
    all_text,
    below,
    first,
    given,
    identifier,
    is_yes,
    tag_of,
)
from shared.standards.qti.questestinterop.numbers import equals_number
from shared.standards.qti.questestinterop.responses import Response, Sort

type Test = Element | bool
"""An expression, or what is known to be true or false of every response."""

_RULE: Final = "QTI 1.2 ASI, conditionvar"
_COMPARED: Final = {"varlt": "lt", "varlte": "lte", "vargt": "gt", "vargte": "gte"}
_SHAPES: Final = {"ellipse": "ellipse", "rectangle": "rect", "bounded": "poly"}


def scored_values(item: Element) -> dict[str, set[str]]:
    """Return the values of each response that points of an item hang on."""
    found: dict[str, set[str]] = {}
    for condition in below(item, "respcondition"):
        if first(condition, "setvar") is not None:
            for key in below(condition, "varequal"):
                found.setdefault(given(key, "respident"), set()).add(all_text(key).strip())
    return found


def every(tests: Iterable[Test]) -> Test:
    """Return the test that all of some are true."""
    open_tests = [test for test in tests if test is not True]
    if any(test is False for test in open_tests):
        return False
    return _joined("and", open_tests, empty=True)


def some(tests: Iterable[Test]) -> Test:
    """Return the test that one of some is true."""
    open_tests = [test for test in tests if test is not False]
    if any(test is True for test in open_tests):
        return True
    return _joined("or", open_tests, empty=False)


def opposite(test: Test) -> Test:
    """Return the test that another is not true."""
    return not test if isinstance(test, bool) else call("not", test)


def _joined(operator: str, tests: Sequence[Test], *, empty: bool) -> Test:
    elements = [test for test in tests if not isinstance(test, bool)]
    if not elements:
        return empty
    return elements[0] if len(elements) == 1 else call(operator, *elements)


@dataclass(frozen=True, slots=True)
class Conditions:
    """Translates the conditions of one item. `other` is true whenever it is reached, as vendors mean it.

    `named` tells which values of each response points hang on; `budget` how much may still be made.
    """

    responses: Mapping[str, Response]
    findings: Findings
    named: Mapping[str, set[str]]
    budget: Budget
    case_sensitive: bool = False

    def of(self, conditionvar: Element, *, scores: bool) -> Test:
        """Return the test of a respcondition; `scores` says whether points hang on it."""
        return self._all(conditionvar, sure=False, scores=scores, loose=True)

    def _all(self, element: Element, *, sure: bool, scores: bool, loose: bool) -> Test:
        """Join by and, but read what belongs together as one.

        Several values of an ordered response are its sequence. Several values of a single response directly
        in a conditionvar, which can't all be true, are alternatives: so Canvas writes a short answer.
        """
        tests: list[Test] = []
        for group in self._groups(element):
            response = self._response(group[0])
            if len(group) > 1 and response is not None and response.sort is not Sort.ORDER and loose:
                self._warn_of_alternatives(group[1])
                tests.append(some(self._one(child, sure=sure, scores=scores) for child in group))
            elif response is not None and response.sort is Sort.ORDER and tag_of(group[0]) == "varequal":
                sequence = self._sequence(group, response)
                tests.append(self._surely(sequence, response) if sure else sequence)
            else:
                tests.extend(self._one(child, sure=sure, scores=scores) for child in group)
        return every(tests)

    def _groups(self, element: Element) -> list[list[Element]]:
        """Put values of one response together, unless each may be true beside the others."""
        together: dict[str, list[Element]] = {}
        groups: list[list[Element]] = []
        for child in element.iterchildren("*"):
            response = self._response(child)
            ident = given(child, "respident")
            alone = response is None or response.takes_many or tag_of(child) != "varequal"
            if not alone and ident in together:
                together[ident].append(child)
                continue
            groups.append([child])
            if not alone:
                together[ident] = groups[-1]
        return groups

    def _response(self, element: Element) -> Response | None:
        return self.responses.get(given(element, "respident"))

    def _warn_of_alternatives(self, element: Element) -> None:
        message = "several values of one single response are read as alternatives"
        self.findings.warn(element, message, rule=_RULE)

    def _one(self, element: Element, *, sure: bool, scores: bool) -> Test:
        name = tag_of(element)
        if name == "and":
            return self._all(element, sure=sure, scores=scores, loose=False)
        if name == "or":
            return some(self._one(child, sure=sure, scores=scores) for child in element.iterchildren("*"))
        if name == "not":
            inner = [self._one(child, sure=True, scores=scores) for child in element.iterchildren("*")]
            return opposite(every(inner))
        if name in {"other", "qticomment"}:
            return True
        return self._leaf(element, name, sure=sure, scores=scores)

    def _leaf(self, element: Element, name: str, *, sure: bool, scores: bool) -> Test:
        response = self._response(element)
        if response is None:
            message = f"{name} of {given(element, 'respident')!r}, which is no response here, is never true"
            self.findings.blame(element, message, rule=_RULE)
            return False
        if name == "unanswered":
            self.budget.spend(len(response.labels), element)
            return self._unanswered(response)
        self.budget.spend(1, element)
        test = self._comparison(element, name, response, scores=scores)
        if test is None:
            self.findings.blame(element, f"{name} of {response.sort} is never true", rule=_RULE)
            return False
        return self._surely(test, response) if sure else test

    def _unanswered(self, response: Response) -> Element:
        """Return the test for no response; a side of a matching has none where no pair starts with it."""
        nothing = call("is-null", variable(response.variable))
        if response.sort is not Sort.PAIR or not response.labels:
            return nothing
        pairs = (base("directedPair", f"{response.side} {label.identifier}") for label in response.labels)
        used = (call("member", pair, variable(response.variable)) for pair in pairs)
        return call("or", nothing, call("not", call("or", *used)))

    def _surely(self, test: Test, response: Response) -> Test:
        """Make a comparison with no response false, as in QTI 1.2, and not NULL, whose opposite is NULL."""
        if isinstance(test, bool):
            return test
        return call("and", call("not", call("is-null", variable(response.variable))), test)

    def _comparison(self, element: Element, name: str, response: Response, *, scores: bool) -> Test | None:
        text = all_text(element).strip()
        if name == "varequal":
            return self._equal(element, text, response, scores=scores)
        if name in _COMPARED and response.sort is Sort.NUMBER:
            return call(_COMPARED[name], variable(response.variable), base("float", text))
        if name == "varsubstring" and response.sort is Sort.TEXT:
            sensitive = "true" if self._is_case_sensitive(element) else "false"
            key = base("string", text)
            return call("substring", key, variable(response.variable), case_sensitive=sensitive)
        if name == "varsubset" and response.sort in {Sort.CHOICES, Sort.ORDER, Sort.PAIR}:
            return every(self._contains(ident.strip(), element, response) for ident in text.split(","))
        if name == "varinside" and response.sort is Sort.POINT:
            shape = _SHAPES.get(given(element, "areatype").lower(), "rect")
            return call("inside", variable(response.variable), shape=shape, coords=",".join(text.split()))
        return None

    def _equal(  # noqa: PLR0911 - one for each sort of response
        self, element: Element, text: str, response: Response, *, scores: bool
    ) -> Test | None:
        name = response.variable
        match response.sort:
            case Sort.CHOICE:
                return call("match", variable(name), self._key(text, element, response))
            case Sort.CHOICES | Sort.PAIR:
                return self._contains(text, element, response)
            case Sort.ORDER:
                return self._sequence([element], response)
            case Sort.NUMBER:
                return equals_number(name, element, text)
            case Sort.TEXT:
                return equals_text(name, text, case_sensitive=self._is_case_sensitive(element))
            case Sort.BLANK:
                return self._in_blank(text, element, response, scores=scores)
            case Sort.POINT:
                return None

    def _contains(self, ident: str, element: Element, response: Response) -> Element:
        key = self._key(ident, element, response)
        if response.sort is Sort.PAIR:
            key = base("directedPair", f"{response.side} {all_text(key)}")
        return call("member", key, variable(response.variable))

    def _in_blank(self, text: str, element: Element, response: Response, *, scores: bool) -> Test:
        """Return the test for a blank, whose labels are the answers that count.

        Canvas names one where it gives points and means any; where it shows feedback it means that one.
        """
        label = response.label(text)
        if label is None:
            return equals_text(response.variable, text, case_sensitive=self._is_case_sensitive(element))
        self.budget.spend(len(response.labels), element)
        accepted = response.labels if scores and len(self.named.get(response.ident, ())) == 1 else (label,)
        case, name = self.case_sensitive, response.variable
        return some(equals_label(name, one, case_sensitive=case, findings=self.findings) for one in accepted)

    def _sequence(self, keys: list[Element], response: Response) -> Test:
        chosen = [self._key(all_text(key).strip(), key, response) for key in keys]
        places = [given(key, "index") for key in keys]
        value = variable(response.variable)
        if not all(places):
            return call("match", value, call("ordered", *chosen))
        at = (call("index", variable(response.variable), n=place) for place in places)
        return every(call("match", found, key) for found, key in zip(at, chosen, strict=True))

    def _key(self, ident: str, element: Element, response: Response) -> Element:
        return base("identifier", self._chosen(ident, element, response))

    def _chosen(self, ident: str, element: Element, response: Response) -> str:
        label = response.label(ident)
        if label is not None:
            return label.identifier
        self.findings.blame(element, f"{ident!r} is no choice of {response.ident!r}", rule=_RULE)
        return identifier(ident)

    def _is_case_sensitive(self, element: Element) -> bool:
        return is_yes(given(element, "case")) or self.case_sensitive
