"""Assessments and sections of QTI 1.2 to tests and sections of QTI 3.0, which refer to their items."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from shared.standards.qti.documents.element import Element
from shared.standards.qti.questestinterop.building import assign, call, declare, make, number_text, values
from shared.standards.qti.questestinterop.decimals import number_of
from shared.standards.qti.questestinterop.durations import minutes_of, seconds_of
from shared.standards.qti.questestinterop.findings import Findings
from shared.standards.qti.questestinterop.items import ImportedItem
from shared.standards.qti.questestinterop.kinds import Kind
from shared.standards.qti.questestinterop.material import blocks, content_of
from shared.standards.qti.questestinterop.metadata import metadata_of
from shared.standards.qti.questestinterop.names import (
    Identifiers,
    all_text,
    given,
    identifier,
    inside,
    tag_of,
)
from shared.standards.qti.questestinterop.processing import SCORE
from shared.standards.qti.questestinterop.selections import (
    BankReference,
    Selection,
    selection_of,
    weights_of,
)

WEIGHT: Final = "WEIGHT"
_RULE: Final = "QTI 1.2 ASI, section"
_READ: Final = frozenset(
    (
        "item",
        "itemref",
        "section",
        "sectionref",
        "bankentry_item",
        "selection_ordering",
        "qtimetadata",
        "qticomment",
        "duration",
        "outcomes_processing",
        "presentation_material",
        "rubric",
        "objectives",
        "itemmetadata",
        "sectionmetadata",
        "section_metadata",
        "assessmentmetadata",
    )
)


@dataclass(slots=True)
class Assembly:
    """Builds the tests and sections of one file from the items that were read."""

    items: Mapping[Element, ImportedItem]
    named: Mapping[str, ImportedItem]
    banks: Mapping[str, Sequence[ImportedItem]]
    findings: Findings
    references: list[BankReference] = field(default_factory=list)
    _names: Identifiers = field(default_factory=Identifiers)
    _weighted: bool = False

    def test(self, assessment: Element) -> Element:
        """Return the test for an assessment: one part, its score the sum of those of its items."""
        self._names, self._weighted = Identifiers(), False
        metadata = metadata_of(assessment)
        name = identifier(given(assessment, "ident") or given(assessment, "title") or "assessment")
        self._tell(assessment)
        sections = [self.section(each) for each in inside(assessment, "section")]
        loose = list(self._children(assessment, Selection(), {}))
        if loose or not sections:
            attributes = {"identifier": self._names.take("section"), "title": "", "visible": "true"}
            sections.append(make("qti-assessment-section", attributes, *loose))
        for rubric in reversed(list(self._rubrics(assessment))):
            sections[0].insert(_after_rules(sections[0]), rubric)
        by_turns = metadata.get("wct_attempt_questionDelivery") == "oneByOneRestricted"
        modes = {"navigation-mode": "linear" if by_turns else "nonlinear", "submission-mode": "simultaneous"}
        limit = minutes_of(metadata.get("qmd_timelimit", "")) or self._duration(assessment)
        return make(
            "qti-assessment-test",
            {"identifier": name, "title": given(assessment, "title") or name},
            declare("outcome", SCORE, "float", "single", values("qti-default-value", "0")),
            *_limits(limit),
            make("qti-test-part", {"identifier": "part"} | modes, *sections),
            self._outcome_processing(),
        )

    def section(self, section: Element) -> Element:
        """Return a section with what it chooses and what it holds."""
        self._tell(section)
        name = self._names.take(given(section, "ident") or given(section, "title") or "section")
        chosen = selection_of(section, self.findings)
        weights = weights_of(section)
        limits = _limits(self._duration(section))
        children = list(self._children(section, chosen, weights, name))
        visible = "false" if given(section, "visible").lower() == "false" else "true"
        attributes = {"identifier": name, "title": given(section, "title"), "visible": visible}
        return make(
            "qti-assessment-section",
            attributes,
            *limits,
            *self._selection(section, chosen, children),
            *([make("qti-ordering", {"shuffle": "true"})] if chosen.shuffle else []),
            *self._rubrics(section),
            *children,
        )

    def _selection(self, section: Element, chosen: Selection, children: list[Element]) -> list[Element]:
        if chosen.select is None or not children:
            return []
        if chosen.select > len(children):
            message = f"{chosen.select} are chosen of {len(children)}; all are"
            self.findings.blame(section, message, rule=_RULE)
            return []
        return [make("qti-selection", {"select": str(chosen.select)})]

    def _children(
        self, section: Element, chosen: Selection, weights: Mapping[str, Fraction], name: str = ""
    ) -> Iterator[Element]:
        for child in section.iterchildren("*"):
            kind = tag_of(child)
            if kind == "section" and name:
                yield self.section(child)
            elif kind == "item" and (item := self.items.get(child)) is not None:
                yield from self._reference(item, chosen, weights)
            elif kind == "itemref":
                yield from self._named(given(child, "linkrefid"), child, chosen, weights, name)
            elif kind == "bankentry_item":
                yield from self._bank_entry(child, chosen, name)
        for ident in chosen.named:
            yield from self._named(ident, section, chosen, weights, name)
        if chosen.bank:
            yield from self._bank(section, chosen, name)

    def _reference(
        self, item: ImportedItem, chosen: Selection, weights: Mapping[str, Fraction]
    ) -> Iterator[Element]:
        if item.kind is Kind.STIMULUS:
            return
        weight = weights.get(given(item.original, "ident"))
        if weight is None and chosen.points_per_item is not None and item.points:
            weight = chosen.points_per_item / Fraction(item.points)
        yield self._item_ref(item.identifier, f"items/{item.identifier}.xml", weight)

    def _item_ref(self, ident: str, href: str, weight: Fraction | None) -> Element:
        attributes = {"identifier": self._names.take(ident), "href": href}
        if weight is None or weight == 1:
            return make("qti-assessment-item-ref", attributes)
        self._weighted = True
        value = number_text(float(weight))
        return make(
            "qti-assessment-item-ref", attributes, make("qti-weight", {"identifier": WEIGHT, "value": value})
        )

    def _named(
        self, ident: str, element: Element, chosen: Selection, weights: Mapping[str, Fraction], name: str
    ) -> Iterator[Element]:
        item = self.named.get(ident)
        if item is not None:
            yield from self._reference(item, chosen, weights)
            return
        self.findings.warn(element, "items that are not in this file are referred to", rule=_RULE)
        self.references.append(BankReference("", ident, name))
        yield self._item_ref(ident, f"items/{identifier(ident)}.xml", weights.get(ident))

    def _bank_entry(self, entry: Element, chosen: Selection, name: str) -> Iterator[Element]:
        bank, ident = given(entry, "sourcebank_ref"), given(entry, "item_ref")
        points = number_of(given(entry, "points_possible"))
        item = self.named.get(ident) or next(
            (each for each in self.banks.get(bank, ()) if given(each.original, "ident") == ident), None
        )
        if item is not None:
            worth = chosen if points is None else Selection(points_per_item=points)
            yield from self._reference(item, worth, {})
            return
        self.findings.warn(
            entry, "items of banks outside this file are referred to", rule="Canvas, bankentry_item"
        )
        worth_points = None if points is None else float(points)
        self.references.append(BankReference(bank, ident, name, points=worth_points))
        yield self._item_ref(ident, f"banks/{identifier(bank)}/{identifier(ident)}.xml", None)

    def _bank(self, section: Element, chosen: Selection, name: str) -> Iterator[Element]:
        items = self.banks.get(chosen.bank)
        if items is not None:
            for item in items:
                yield from self._reference(item, chosen, {})
            return
        self.findings.warn(
            section, "items are drawn from a bank outside this file", rule="Canvas, sourcebank_ref"
        )
        points = None if chosen.points_per_item is None else float(chosen.points_per_item)
        self.references.append(BankReference(chosen.bank, None, name, chosen.select, points))

    def _rubrics(self, element: Element) -> Iterator[Element]:
        for each in inside(element, "presentation_material", "rubric", "objectives"):
            found = blocks(content_of(each, self.findings))
            if found:
                body = make("qti-content-body", {}, *found)
                yield make("qti-rubric-block", {"use": "instructions", "view": "candidate"}, body)

    def _duration(self, element: Element) -> int | None:
        for each in inside(element, "duration"):
            text = all_text(each)
            seconds = seconds_of(text)
            if seconds is None and text.strip():
                self.findings.lose(
                    each, f"the duration {text.strip()!r} is not read", rule="ISO 8601, durations"
                )
            return seconds
        return None

    def _outcome_processing(self) -> Element:
        attributes = {"variable-identifier": SCORE} | (
            {"weight-identifier": WEIGHT} if self._weighted else {}
        )
        total = call("sum", make("qti-test-variables", attributes))
        return make("qti-outcome-processing", {}, assign(SCORE, total))

    def _tell(self, element: Element) -> None:
        for child in element.iterchildren("*"):
            if tag_of(child) not in _READ:
                message = f"the element {tag_of(child)} of {tag_of(element)} is left out"
                self.findings.lose(child, message, rule=_RULE)


def _limits(seconds: int | None) -> list[Element]:
    return [] if seconds is None else [make("qti-time-limits", {"max-time": str(seconds)})]


def _after_rules(section: Element) -> int:
    rules = {"qti-time-limits", "qti-selection", "qti-ordering", "qti-item-session-control"}
    return sum(1 for child in section.iterchildren("*") if tag_of(child) in rules)
