"""Portable custom interactions: in 2.x of a namespace of their own inside `customInteraction`, of QTI in 3.0.

Two forms are in use: the draft that TAO writes (`hook`, `libraries`, `properties`), and version 1 of the PCI
specification (`modules`, `interactionMarkup`). The code of an interaction is carried along, never looked at.
"""

import re
from typing import Final, cast

from lxml import etree

from shared.standards.qti.converting.conversion import Conversion, append_text
from shared.standards.qti.documents.element import Element, attributes_of, children, local_name, name_of
from shared.standards.qti.vocabulary.names import kebab
from shared.standards.qti.vocabulary.namespaces import PCI_V1

_RULE: Final = "PCI 1.0"
_BY_DEFAULT: Final = cast("dict[str, str]", {None: PCI_V1})
_ATTRIBUTE_NAME: Final = re.compile(r"[A-Za-z_][\w.-]*")
_RENAMED: Final = {
    "modules": "qti-interaction-modules",
    "module": "qti-interaction-module",
    "templateVariable": "qti-template-variable",
    "contextVariable": "qti-context-variable",
    "stylesheet": "qti-stylesheet",
    "interactionMarkup": "qti-interaction-markup",
    "markup": "qti-interaction-markup",
}
_OLD_NAMES: Final = {new: old for old, new in _RENAMED.items() if old != "markup"}
_OF_THE_INTERACTION: Final = frozenset(("response-identifier", "id", "class", "label"))
_OPENED: Final = frozenset(("resources", "instance", "stylesheets"))
"""Wrappers of the first draft that 3.0 does without."""


def convert_custom_interaction(source: Element, parent: Element, conversion: Conversion) -> None:
    """Write a custom interaction of 2.x: as a portable one where it holds one, else as it is."""
    portable = next(
        (child for child in children(source) if local_name(child) == "portableCustomInteraction"), None
    )
    if portable is None:
        conversion.fill(source, conversion.add(source, parent))
        return
    target = conversion.add(source, parent, "qti-portable-custom-interaction")
    for key, value in attributes_of(portable):
        _set_attribute(target, key, value)
    for child in children(portable):
        _convert_part(child, target, conversion)


def _set_attribute(target: Element, key: str, value: str) -> None:
    if key == "hook":
        target.set("module", value)
    elif key == "version":
        target.set("data-version", value)
    else:
        target.set(key if key.startswith(("data-", "{")) else kebab(key), value)


def _convert_part(source: Element, target: Element, conversion: Conversion) -> None:
    local = local_name(source)
    if local in _RENAMED:
        _rename(source, target, conversion)
    elif local in _OPENED:
        for child in children(source):
            _convert_part(child, target, conversion)
    elif local == "libraries":
        _libraries(source, target, conversion)
    elif local == "properties":
        _properties(source, target, conversion, "data-")
    else:
        conversion.note(source, f"{local} of a portable custom interaction", rule=_RULE)


def _rename(source: Element, target: Element, conversion: Conversion) -> None:
    """Give an element its name in 3.0; HTML of markup gets the namespace of QTI, as all HTML has there."""
    renamed = conversion.add_new(_RENAMED[local_name(source)], target)
    for key, value in attributes_of(source):
        renamed.set(kebab(key), value)
    if renamed.tag.endswith("qti-interaction-markup"):
        conversion.fill(source, renamed)
        return
    append_text(renamed, source.text or "")
    for child in children(source):
        _convert_part(child, renamed, conversion)


def _libraries(source: Element, target: Element, conversion: Conversion) -> None:
    modules = conversion.add_new("qti-interaction-modules", target)
    for library in children(source):
        module = conversion.add_new("qti-interaction-module", modules)
        identifier = library.get("id") or library.get("name") or ""
        module.set("id", identifier)
        module.set("primary-path", library.get("href") or identifier)


def _properties(source: Element, target: Element, conversion: Conversion, prefix: str) -> None:
    """Write properties as data attributes, where code of 3.0 looks; nested ones with both keys."""
    for entry in children(source):
        name = prefix + (entry.get("key") or "")
        if not _ATTRIBUTE_NAME.fullmatch(name):
            conversion.note(entry, f"the property {name!r}, no name for an attribute", rule=_RULE)
        elif len(entry):
            _properties(entry, target, conversion, f"{name}-")
        else:
            target.set(name, (entry.text or "").strip())


def convert_portable(source: Element, parent: Element, conversion: Conversion) -> None:
    """Write one of 3.0 in version 1 of PCI, inside the `customInteraction` of 2.x."""
    custom = conversion.add_new("qti-custom-interaction", parent)
    portable = etree.SubElement(custom, f"{{{PCI_V1}}}portableCustomInteraction", nsmap=_BY_DEFAULT)
    for key, value in attributes_of(source):
        holder = custom if key in _OF_THE_INTERACTION else portable
        holder.set(conversion.spelling.attributes[key], value)
    for child in children(source):
        _convert_modern_part(child, portable, conversion)


def _convert_modern_part(source: Element, parent: Element, conversion: Conversion) -> None:
    local = _OLD_NAMES.get(name_of(source))
    if local is None:
        conversion.note(source, f"{name_of(source)} of a portable custom interaction", rule=_RULE)
        return
    target = etree.SubElement(parent, f"{{{PCI_V1}}}{local}")
    for key, value in attributes_of(source):
        target.set(conversion.spelling.attributes[key], value)
    if local == "interactionMarkup":
        conversion.fill(source, target)
        return
    for child in children(source):
        _convert_modern_part(child, target, conversion)
