"""Every element at its smallest: right as it is, and wrong as soon as anything that it needs is gone."""

from collections.abc import Iterator
from typing import Final

import pytest
from lxml import etree

from shared.standards.qti.documents.element import Element
from shared.standards.qti.validating.model.rules import Major, Rule, rules_of
from shared.standards.qti.validating.model.values import TYPES
from shared.standards.qti.validating.structure import faults_of
from shared.standards.qti.vocabulary.names import LEGACY

_MAJORS: Final[tuple[Major, ...]] = ("2", "3")
_VALUES: Final = (
    "x",
    "0",
    "true",
    "single",
    "string",
    "show",
    "rect",
    "0,0,1,1",
    "exact",
    "horizontal",
    "linear",
)
_MORE: Final = ("individual", "candidate", "atEnd", "decimalPlaces")
_ELEMENTS: Final = [(major, name) for major in _MAJORS for name in sorted(rules_of(major))]


def smallest(name: str, major: Major) -> Element:
    """The element with what it must have and no more."""
    rule = rules_of(major)[name]
    element = etree.Element(LEGACY.get(name, name) if major == "2" else name)
    for key in rule.required:
        element.set(key, _some_value(rule, key))
    for particle in rule.content or ():
        for _ in range(particle.least):
            element.append(smallest(_least(particle.names), major))
    return element


def _some_value(rule: Rule, key: str) -> str:
    check = rule.attributes[key]
    return next(value for value in (*_VALUES, *_MORE) if check is None or check(value))


def _least(names: frozenset[str]) -> str:
    """One of several that needs nothing inside itself, or the first."""
    known = sorted(name for name in names if name in rules_of("3"))
    return next((name for name in known if not rules_of("3")[name].needs_content), known[0])


def messages(element: Element, major: Major) -> list[str]:
    return [message for _, message in faults_of(element, major)]


def _without_one(element: Element) -> Iterator[tuple[str, Element]]:
    for at in range(len(element)):
        copy = etree.fromstring(etree.tostring(element))
        copy.remove(copy[at])
        yield str(element[at].tag), copy


@pytest.mark.parametrize(("major", "name"), _ELEMENTS)
def test_an_element_with_all_it_needs_has_no_faults(major: Major, name: str) -> None:
    assert messages(smallest(name, major), major) == []


@pytest.mark.parametrize(("major", "name"), _ELEMENTS)
def test_each_attribute_that_is_needed_is_missed(major: Major, name: str) -> None:
    for key in rules_of(major)[name].required:
        element = smallest(name, major)
        del element.attrib[key]
        assert messages(element, major) == [f"{name} needs the attribute {key}"]


@pytest.mark.parametrize(("major", "name"), _ELEMENTS)
def test_each_element_that_is_needed_is_missed(major: Major, name: str) -> None:
    for gone, element in _without_one(smallest(name, major)):
        assert any(" is missing before " in one or " inside" in one for one in messages(element, major)), gone


@pytest.mark.parametrize(("major", "name"), _ELEMENTS)
def test_what_no_element_has_is_named_where_not_all_is_allowed(major: Major, name: str) -> None:
    rule, element = rules_of(major)[name], smallest(name, major)
    element.set("nonsense", "x")
    etree.SubElement(element, "qti-nonsense")
    expected = [] if rule.any_attribute else [f"{name} has no attribute nonsense"]
    expected += [] if rule.content is None else ["QTI has no element qti-nonsense"]
    assert messages(element, major) == expected


def test_each_type_takes_some_value_and_refuses_another() -> None:
    for name, check in TYPES.items():
        assert any(check(value) for value in (*_VALUES, *_MORE)), name
        assert not all(check(value) for value in ("", "?")), name
