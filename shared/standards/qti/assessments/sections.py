"""Sections and references to items, read inside a part."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from shared.standards.qti.assessments.control import Control, read_control, read_flag, read_time_limits
from shared.standards.qti.assessments.nodes import read_rubric_blocks, rules_of
from shared.standards.qti.assessments.plan import (
    AdaptiveSelection,
    ItemRef,
    Section,
    Selection,
    TemplateDefault,
)
from shared.standards.qti.documents.document import Document
from shared.standards.qti.documents.element import (
    Element,
    attribute,
    child_named,
    children,
    children_named,
    name_of,
)
from shared.standards.qti.documents.noticing import Noticing

_SECTION_RULE: Final = "QTI 3.0, AssessmentSection"
_REF_RULE: Final = "QTI 3.0, AssessmentItemRef"
_MOST_NESTED: Final = 32
_MOST_DIGITS: Final = 9


@dataclass(frozen=True, slots=True)
class SectionReader:
    """Reads what stands in sections; sections in files of their own come from `documents`, by href."""

    documents: Mapping[str, Document]
    noticing: Noticing
    seen: set[str]
    depth: int = 0

    def sections(self, owner: Element, outer: Control) -> Iterator[Section]:
        """Yield the sections directly inside a part."""
        for child in self._children(owner, outer):
            if isinstance(child, ItemRef):
                message = f"item {child.identifier} outside of sections"
                raise self.noticing.invalid(child.element, message, rule="QTI 3.0, TestPart")
            yield child

    def unique(self, element: Element) -> str:
        """Return the identifier of a part, section or reference. Raises Invalid unless it has one of its own.

        Sections that refer to each other end here, before they multiply.
        """
        identifier = self._identifier(element)
        if identifier in self.seen:
            message = f"identifier {identifier} is used twice"
            raise self.noticing.invalid(element, message, rule="QTI 3.0, AssessmentTest")
        self.seen.add(identifier)
        return identifier

    def _identifier(self, element: Element) -> str:
        identifier = attribute(element, "identifier")
        if not identifier:
            raise self.noticing.invalid(element, "no identifier", rule="QTI 3.0, AssessmentTest")
        return identifier

    def _children(self, owner: Element, outer: Control) -> Iterator[ItemRef | Section]:
        if self.depth > _MOST_NESTED:
            message = f"sections more than {_MOST_NESTED} deep"
            raise self.noticing.invalid(owner, message, rule=_SECTION_RULE)
        for element in children(owner):
            match name_of(element):
                case "qti-assessment-section":
                    yield self.section(element, outer)
                case "qti-assessment-section-ref":
                    yield self._referred(element, outer)
                case "qti-assessment-item-ref":
                    yield self._item_ref(element, outer)

    def _referred(self, element: Element, outer: Control) -> Section:
        href = attribute(element, "href") or ""
        document = self.documents.get(href)
        if document is None or document.kind != "qti-assessment-section":
            raise self.noticing.invalid(element, f"no section at {href!r}", rule=_SECTION_RULE)
        noticing = replace(self.noticing, file=document.file)
        return SectionReader(self.documents, noticing, self.seen, self.depth + 1).section(
            document.root, outer
        )

    def section(self, element: Element, outer: Control) -> Section:
        """Return a section with all that is in it."""
        noticing, identifier = self.noticing, self.unique(element)
        control = read_control(element, outer, noticing)
        preconditions, branches = rules_of(element, noticing)
        ordering = child_named(element, "qti-ordering")
        inner = SectionReader(self.documents, noticing, self.seen, self.depth + 1)
        nested = tuple(inner._children(element, control))
        return Section(
            identifier,
            element,
            preconditions,
            branches,
            control,
            read_time_limits(element, noticing),
            attribute(element, "title") or "",
            read_flag(element, "visible", True, noticing),
            read_flag(element, "keep-together", True, noticing),
            read_flag(element, "required", False, noticing),
            read_flag(element, "fixed", False, noticing),
            ordering is not None and read_flag(ordering, "shuffle", False, noticing),
            self._selection(element, nested),
            _adaptive(element),
            read_rubric_blocks(element),
            tuple(
                attribute(stimulus, "href") or ""
                for stimulus in children_named(element, "qti-assessment-stimulus-ref")
            ),
            nested,
        )

    def _selection(self, section: Element, nested: tuple[ItemRef | Section, ...]) -> Selection | None:
        element = child_named(section, "qti-selection")
        if element is None:
            return None
        text = attribute(element, "select") or ""
        if not text.isdecimal() or len(text) > _MOST_DIGITS:
            message = f"select {text[:40]!r} is not a number of children"
            raise self.noticing.invalid(element, message, rule="QTI 3.0, Selection")
        repeated = read_flag(element, "with-replacement", False, self.noticing)
        self._check_selection(element, int(text), repeated, nested)
        return Selection(int(text), repeated)

    def _check_selection(
        self, element: Element, select: int, repeated: bool, nested: tuple[ItemRef | Section, ...]
    ) -> None:
        required = sum(child.required for child in nested)
        if select < required:
            message = f"{select} are selected, but {required} are required: all required ones are taken"
            self.noticing.error(element, message, rule="QTI 3.0, Selection")
        if select > len(nested) and not repeated:
            message = f"{select} of {len(nested)} are selected: all are taken"
            self.noticing.error(element, message, rule="QTI 3.0, Selection")

    def _item_ref(self, element: Element, outer: Control) -> ItemRef:
        noticing = self.noticing
        preconditions, branches = rules_of(element, noticing)
        href = attribute(element, "href")
        if not href:
            raise noticing.invalid(element, "a reference to an item without href", rule=_REF_RULE)
        return ItemRef(
            self.unique(element),
            element,
            preconditions,
            branches,
            read_control(element, outer, noticing),
            read_time_limits(element, noticing),
            href,
            read_flag(element, "required", False, noticing),
            read_flag(element, "fixed", False, noticing),
            tuple((attribute(element, "category") or "").split()),
            self._weights(element),
            self._mappings(element),
            tuple(self._template_defaults(element)),
            noticing.file,
        )

    def _weights(self, ref: Element) -> dict[str, float]:
        return {
            self._identifier(weight): self._weight(weight) for weight in children_named(ref, "qti-weight")
        }

    def _weight(self, element: Element) -> float:
        text = attribute(element, "value") or ""
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise self.noticing.invalid(element, f"weight {text[:40]!r}", rule="QTI 3.0, Weight")
        return value

    def _mappings(self, ref: Element) -> dict[str, str]:
        mappings: dict[str, str] = {}
        for element in children_named(ref, "qti-variable-mapping"):
            source, target = attribute(element, "source-identifier"), attribute(element, "target-identifier")
            if not source or not target or target in mappings.values():
                message = f"mapping of {source!r} to {target!r}"
                raise self.noticing.invalid(element, message, rule="QTI 3.0, VariableMapping")
            mappings[source] = target
        return mappings

    def _template_defaults(self, ref: Element) -> Iterator[TemplateDefault]:
        for element in children_named(ref, "qti-template-default"):
            identifier, inside = attribute(element, "template-identifier"), list(children(element))
            if not identifier or len(inside) != 1:
                message = "a template default names one variable and has one expression"
                raise self.noticing.invalid(element, message, rule="QTI 3.0, TemplateDefault")
            yield TemplateDefault(identifier, inside[0])


def _adaptive(section: Element) -> AdaptiveSelection | None:
    element = child_named(section, "qti-adaptive-selection")
    if element is None:
        return None
    return AdaptiveSelection(
        element,
        _href(element, "qti-adaptive-engine-ref") or "",
        _href(element, "qti-adaptive-settings-ref"),
        _href(element, "qti-usagedata-ref"),
        _href(element, "qti-metadata-ref"),
    )


def _href(owner: Element, name: str) -> str | None:
    element = child_named(owner, name)
    return None if element is None else attribute(element, "href")
