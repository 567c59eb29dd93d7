"""Mappings of responses, as what each value adds."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from shared.standards.qti.documents.element import (
    Element,
    attribute,
    child_named,
    children,
    children_named,
)
from shared.standards.qti.questestinterop.canvas.asked import Asked
from shared.standards.qti.questestinterop.canvas.conditions import untranslatable
from shared.standards.qti.questestinterop.decimals import number_of


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a mapping gives: for each key so much, with or without regard to case; within bounds."""

    asked: Asked
    entries: tuple[tuple[str, Fraction, bool], ...]
    lower: Fraction | None
    upper: Fraction | None


def mapped_of(rule: Element, asked: Mapping[str, Asked]) -> Mapped:
    """Return the mapping by which a rule sets an outcome. Raises Untranslatable."""
    value = next(children(rule))
    found = asked.get(attribute(value, "identifier") or "")
    declaration = None if found is None else _declaration(rule, found)
    mapping = None if declaration is None else child_named(declaration, "qti-mapping")
    if found is None or mapping is None:
        raise untranslatable(value)
    lower, upper, default = (
        number_of(attribute(mapping, name) or "") for name in ("lower-bound", "upper-bound", "default-value")
    )
    if default:  # what is no key of a mapping is nothing that a condition could name
        raise untranslatable(mapping)
    return Mapped(
        found, tuple(_entry(each) for each in children_named(mapping, "qti-map-entry")), lower, upper
    )


def _declaration(rule: Element, asked: Asked) -> Element | None:
    root = rule.getroottree().getroot()
    declared = children_named(root, "qti-response-declaration")
    return next((each for each in declared if attribute(each, "identifier") == asked.variable), None)


def _entry(entry: Element) -> tuple[str, Fraction, bool]:
    value = number_of(attribute(entry, "mapped-value") or "")
    if value is None:
        raise untranslatable(entry)
    return attribute(entry, "map-key") or "", value, attribute(entry, "case-sensitive") != "false"
