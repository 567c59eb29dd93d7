"""Tests of QTI 3.0 as quizzes of Canvas."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from posixpath import basename
from typing import Final

from shared.standards.qti.documents.document import Document
from shared.standards.qti.documents.element import (
    Element,
    attribute,
    child_named,
    children,
    children_named,
    descendants_named,
    name_of,
)
from shared.standards.qti.questestinterop.building import number_text
from shared.standards.qti.questestinterop.canvas.building import make, metadata
from shared.standards.qti.questestinterop.canvas.items import write_item
from shared.standards.qti.questestinterop.decimals import number_of
from shared.standards.qti.questestinterop.findings import Findings

_RULE: Final = "QTI 1.2 has no counterpart"
_PARTS: Final = ("qti-assessment-section", "qti-assessment-item-ref")
_READ: Final = (
    *_PARTS,
    "qti-selection",
    "qti-ordering",
    "qti-weight",
    "qti-test-part",
    "qti-outcome-declaration",
    "qti-outcome-processing",
    "qti-time-limits",
)


def write_test(test: Document, items: Mapping[str, Document], findings: Findings) -> Element:
    """Return a quiz with its items in their groups. What refers to no item at hand is told as a loss."""
    root = test.root
    writer = _Sections(items, findings)
    parts = list(children_named(root, "qti-test-part"))
    if len(parts) > 1:
        findings.lose(parts[1], "test parts become one", rule=_RULE)
    content = [
        each
        for part in parts
        for section in children_named(part, _PARTS[0])
        for each in [writer.section(section)]
    ]
    limits = {}
    limit = child_named(root, "qti-time-limits")
    seconds = number_of("" if limit is None else attribute(limit, "max-time") or "")
    if seconds:
        limits["qmd_timelimit"] = str(-(-seconds // 60))
        if seconds % 60:
            findings.lose(root, "a limit of time becomes whole minutes", rule=_RULE)
    writer.tell(root)
    for part in parts:
        writer.tell(part)
    attributes = {"ident": attribute(root, "identifier") or "", "title": attribute(root, "title") or ""}
    return make("assessment", attributes, metadata({"cc_maxattempts": "1"} | limits), *writer.rooted(content))


class _Sections:
    def __init__(self, items: Mapping[str, Document], findings: Findings) -> None:
        self._items = items
        self._findings = findings

    def rooted(self, sections: list[Element]) -> list[Element]:
        """Return sections as Canvas has them: all in one."""
        if len(sections) == 1:
            return sections
        return [make("section", {"ident": "root_section"}, *sections)]

    def section(self, section: Element) -> Element:
        """Return a section with what it chooses and holds."""
        self.tell(section)
        attributes = {
            "ident": attribute(section, "identifier") or "",
            "title": attribute(section, "title") or "",
        }
        return make("section", attributes, *self._selection(section), *self._children(section))

    def tell(self, element: Element) -> None:
        """Tell what of a test, part, section or reference a quiz does not have."""
        for each in children(element):
            if name_of(each) not in _READ:
                self._findings.lose(each, f"{name_of(each)} is left out", rule=_RULE)

    def _selection(self, section: Element) -> Iterator[Element]:
        selection, ordering = (child_named(section, name) for name in ("qti-selection", "qti-ordering"))
        parts = []
        if selection is not None:
            number = make("selection_number", {}, attribute(selection, "select") or "1")
            parts.append(make("selection", {}, number))
            if attribute(selection, "with-replacement") == "true":
                self._findings.lose(selection, "items are chosen once each", rule=_RULE)
        if ordering is not None and attribute(ordering, "shuffle") == "true":
            parts.append(make("order", {"order_type": "Random"}))
        if parts:
            yield make("selection_ordering", {}, *parts)

    def _children(self, section: Element) -> Iterator[Element]:
        for child in children_named(section, *_PARTS):
            if name_of(child) == _PARTS[0]:
                yield self.section(child)
            else:
                yield from self._item(child)

    def _item(self, reference: Element) -> Iterator[Element]:
        self.tell(reference)
        name = attribute(reference, "identifier") or ""
        file = basename(attribute(reference, "href") or "")
        document = self._items.get(file) or self._items.get(name)
        if document is None:
            self._findings.lose(reference, f"the item {name} is not at hand", rule="QTI 3.0, item reference")
            return
        item = write_item(document, self._weight(reference), self._findings)
        if item is not None:
            yield item

    def _weight(self, reference: Element) -> Fraction:
        """Return the weight of an item, by which its points are multiplied, as Canvas has no weights."""
        weights = list(descendants_named(reference, "qti-weight"))
        if not weights:
            return Fraction(1)
        value = number_of(attribute(weights[0], "value") or "") or Fraction(1)
        if value != 1:
            message = f"a weight of {number_text(float(value))} becomes points of the item"
            self._findings.warn(reference, message, rule=_RULE)
        return value
