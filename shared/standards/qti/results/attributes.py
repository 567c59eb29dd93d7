"""Attributes of reports: those that are required, those that are numbers, and all others."""

from collections.abc import Callable, Collection
from typing import Final

from shared.standards.qti.documents.element import Element, attribute
from shared.standards.qti.documents.noticing import Noticing
from shared.standards.qti.vocabulary.names import kebab

_RULE: Final = "Results Reporting 3.0"


def required(element: Element, name: str, noticing: Noticing) -> str:
    """Return an attribute by its 3.0 name; without it, note that and return the empty string."""
    value = attribute(element, name)
    if not value:
        noticing.error(element, f"no {name}", rule=_RULE)
    return value or ""


def integer_attribute(element: Element, name: str, noticing: Noticing) -> int | None:
    """Return an attribute that is an integer, None where it is not given or, noted, is no integer."""
    return _read(element, name, noticing, int, "integer")


def float_attribute(element: Element, name: str, noticing: Noticing) -> float | None:
    """Return an attribute that is a number, None where it is not given or, noted, is no number."""
    return _read(element, name, noticing, float, "number")


def _read[T](
    element: Element, name: str, noticing: Noticing, read: Callable[[str], T], kind: str
) -> T | None:
    value = attribute(element, name)
    if value is None:
        return None
    try:
        return read(value)
    except ValueError:
        noticing.error(element, f"{name} {value[:40]!r} is no {kind}", rule=_RULE)
        return None


def other_attributes(element: Element, known: Collection[str]) -> dict[str, str]:
    """Return the attributes that have no field of their own, by their 3.0 names."""
    named = ((_name(str(name)), str(value)) for name, value in element.attrib.items())
    return {name: value for name, value in named if name not in known}


def _name(name: str) -> str:
    return name if name.startswith("{") else kebab(name)
