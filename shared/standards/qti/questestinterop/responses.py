"""The responses of an item of QTI 1.2, and which variable of QTI 3.0 each becomes."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shared.standards.qti.documents.element import Element
from shared.standards.qti.questestinterop.findings import Findings
from shared.standards.qti.questestinterop.kinds import Kind, comparisons_of, is_numeric
from shared.standards.qti.questestinterop.material import plain_text
from shared.standards.qti.questestinterop.names import (
    Identifiers,
    below,
    given,
    identifier,
    inside,
    tag_of,
)

_TAGS: Final = ("response_lid", "response_str", "response_num", "response_xy", "response_grp")


class Sort(StrEnum):
    """What a response is made of."""

    CHOICE = "one choice"
    CHOICES = "choices"
    ORDER = "choices in order"
    PAIR = "a pair"
    TEXT = "text"
    NUMBER = "a number"
    BLANK = "text for one of some labels"
    POINT = "a point"


@dataclass(frozen=True, slots=True)
class Label:
    """A response_label: what may be chosen, or what counts as right in a blank.

    What it shows is inside it, or, in a matching of Blackboard, in a block of its own (`shown`).
    """

    ident: str
    identifier: str
    text: str
    element: Element
    shown: Element


@dataclass(frozen=True, slots=True)
class Response:
    """A response of QTI 1.2, the variable it becomes, and in a matching the choice that it stands for."""

    ident: str
    variable: str
    sort: Sort
    element: Element
    by_ident: Mapping[str, Label]
    labels: tuple[Label, ...] = ()
    side: str = ""

    @property
    def takes_many(self) -> bool:
        """Whether several values may be given, each for itself; one side of a matching takes one."""
        several = given(self.element, "rcardinality") == "Multiple"
        return self.sort is Sort.CHOICES or (self.sort is Sort.PAIR and several)

    def label(self, ident: str) -> Label | None:
        """Return the label with an ident, the first of several; None where there is none."""
        return self.by_ident.get(ident)


_ENTERED: Final = ("", "openEntry")
_MATCHINGS: Final = (Kind.MATCHING, Kind.CATEGORIZATION)


def responses_of(item: Element, kind: Kind, findings: Findings) -> tuple[Response, ...]:
    """Return the responses of an item in the order in which they are presented."""
    elements = list(below(item, *_TAGS))
    comparisons = comparisons_of(item)
    beside = _right_matches(item)
    names, sides = Identifiers(), Identifiers()
    found: list[Response] = []
    known: set[str] = set()
    for element in elements:
        ident = given(element, "ident")
        if ident in known:
            findings.blame(element, "a response has the ident of another", rule="QTI 1.2 ASI, ident")
        known.add(ident)
        alone = len(elements) == 1 or kind in _MATCHINGS
        variable = "RESPONSE" if alone else names.take(ident or "RESPONSE")
        side = sides.take(ident) if kind in _MATCHINGS else ""
        labels = _labels(element, beside, findings)
        by_ident = {label.ident: label for label in reversed(labels)}
        sort = _sort(element, comparisons, kind)
        found.append(Response(ident, variable, sort, element, by_ident, labels, side))
    return tuple(found)


def _labels(response: Element, beside: list[Element], findings: Findings) -> tuple[Label, ...]:
    names = Identifiers()
    labels = []
    for at, element in enumerate(below(response, "response_label")):
        ident = given(element, "ident")
        name = names.take(ident)
        if name != identifier(ident):
            findings.blame(
                element,
                f"the choice {ident!r} is there twice; the second is renamed",
                rule="QTI 1.2 ASI, ident",
            )
        shown = beside[at] if at < len(beside) and not len(element) else element
        labels.append(Label(ident, name, plain_text(shown, Findings()), element, shown))
    return tuple(labels)


def _right_matches(item: Element) -> list[Element]:
    """Return what the labels of a matching of Blackboard stand for, in their order."""
    found = (flow for flow in below(item, "flow") if given(flow, "class") == "RIGHT_MATCH_BLOCK")
    return [each for block in found for each in inside(block, "flow")]


def _sort(element: Element, comparisons: Mapping[str, list[Element]], kind: Kind) -> Sort:
    if kind is Kind.BLANKS and tag_of(element) == "response_lid":
        entered = all(given(label, "answer_type") in _ENTERED for label in below(element, "response_label"))
        return Sort.BLANK if entered else Sort.CHOICE
    if kind in _MATCHINGS:
        return Sort.PAIR
    if tag_of(element) == "response_xy":
        return Sort.POINT
    if tag_of(element) in {"response_lid", "response_grp"}:
        many = {"Multiple": Sort.CHOICES, "Ordered": Sort.ORDER}
        return many.get(given(element, "rcardinality"), Sort.CHOICE)
    if kind is Kind.CALCULATED or is_numeric(element, comparisons):
        return Sort.NUMBER
    return Sort.TEXT
