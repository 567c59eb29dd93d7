"""The subset of a test's items that an expression is about (QTI 3.0, ItemSubset)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from shared.standards.qti.assessments.plan import ItemRef, Plan, Section
from shared.standards.qti.documents.element import Element, attribute
from shared.standards.qti.expressions.compiled import Scope


@dataclass(frozen=True, slots=True)
class Subsets:
    """What subsets are taken from."""

    refs: Mapping[str, ItemRef]
    sections: Mapping[str, Section]

    def of(self, element: Element, scope: Scope) -> list[ItemRef]:
        """Return the references that an expression is about, in the order of the document.

        Those in the section that it names, sub-sections included; with one of the categories to include,
        where any are given; with none of the categories to exclude.
        """
        include, exclude = _categories(element, "include-category"), _categories(element, "exclude-category")
        return [
            ref
            for ref in self._in_section(element, scope)
            if (not include or include & set(ref.categories)) and not exclude & set(ref.categories)
        ]

    def _in_section(self, element: Element, scope: Scope) -> Iterator[ItemRef]:
        identifier = attribute(element, "section-identifier")
        if not identifier:
            return iter(self.refs.values())
        section = self.sections.get(identifier)
        if section is None:
            scope.warn(element, f"no section {identifier}: no items", rule="QTI 3.0, ItemSubset")
            return iter(())
        return section.item_refs()


def subsets_of(plan: Plan) -> Subsets:
    """Return what the subsets of a plan are taken from."""
    sections = {node.identifier: node for node in plan.nodes() if isinstance(node, Section)}
    return Subsets({ref.identifier: ref for ref in plan.item_refs()}, sections)


def _categories(element: Element, name: str) -> set[str]:
    return set((attribute(element, name) or "").split())
