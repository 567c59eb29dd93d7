"""Portable custom and custom interactions: kept intact and described, never run.

Their scripts are those of strangers. A client runs them from an origin of their own, in a sandbox, with the
modules of the package and no other; `needs_sandbox` says so for each.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from shared.standards.qti.documents.element import (
    Element,
    attribute,
    child_named,
    children_named,
    descendants_named,
    name_of,
)
from shared.standards.qti.vocabulary.namespaces import PCI, PCI_V1

_INSIDE: Final = tuple(f"{{{space}}}portableCustomInteraction" for space in (PCI, PCI_V1))


@dataclass(frozen=True, slots=True)
class Module:
    """A module of script by its name, and the paths it is looked for at."""

    name: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CustomInteraction:
    """An interaction that brings its own script.

    `kind` is `portable-custom-interaction` or `custom-interaction`; `type` names what it is of;
    `properties` configure it (`data-` attributes in 3.0, a list in PCI 1.0 of 2.x).
    """

    kind: str
    response: str
    type: str
    module: str
    modules: tuple[Module, ...]
    properties: tuple[tuple[str, str], ...]
    element: Element
    needs_sandbox: bool = True


def custom_interactions_of(root: Element) -> Iterator[CustomInteraction]:
    """Yield the portable custom and custom interactions of an item, of all versions.

    >>> from shared.standards.qti.documents.document import parse
    >>> pci = '<qti-portable-custom-interaction response-identifier="R" module="m" data-max="3"/>'
    >>> found: CustomInteraction
    >>> (found,) = custom_interactions_of(parse(f"<qti-item-body>{pci}</qti-item-body>".encode()).root)
    >>> found.module, found.properties, found.needs_sandbox
    ('m', (('max', '3'),), True)
    """
    kinds = ("qti-portable-custom-interaction", "qti-custom-interaction")
    for element in descendants_named(root, *kinds):
        inner = next(element.iter(*_INSIDE), None)
        yield _modern(element) if inner is None else _inside(element, inner)


def _modern(element: Element) -> CustomInteraction:
    holder = child_named(element, "qti-interaction-modules")
    modules = () if holder is None else children_named(holder, "qti-interaction-module")
    data = ((str(key), str(value)) for key, value in element.items() if str(key).startswith("data-"))
    return CustomInteraction(
        kind=name_of(element).removeprefix("qti-"),
        response=attribute(element, "response-identifier") or "",
        type=attribute(element, "custom-interaction-type-identifier") or attribute(element, "class") or "",
        module=attribute(element, "module") or "",
        modules=tuple(_module(module) for module in modules),
        properties=tuple((key.removeprefix("data-"), value) for key, value in data),
        element=element,
    )


def _module(module: Element) -> Module:
    paths = (attribute(module, "primary-path"), attribute(module, "fallback-path"))
    return Module(attribute(module, "id") or "", tuple(path for path in paths if path))


def _inside(element: Element, inner: Element) -> CustomInteraction:
    """Return the PCI that a custom interaction of 2.x holds (IMS Portable Custom Interactions 1.0)."""
    return CustomInteraction(
        kind="portable-custom-interaction",
        response=attribute(element, "response-identifier") or "",
        type=inner.get("customInteractionTypeIdentifier", ""),
        module=inner.get("hook", "") or inner.get("module", ""),
        modules=tuple(_library(one) for one in inner.iter("{*}lib", "{*}module")),
        properties=tuple(
            (one.get("key", ""), (one.text or "").strip()) for one in inner.iter("{*}property", "{*}entry")
        ),
        element=element,
    )


def _library(library: Element) -> Module:
    paths = [library.get("href", ""), *((file.get("src") or "") for file in library.iter("{*}file"))]
    return Module(library.get("id") or library.get("name") or "", tuple(path for path in paths if path))
