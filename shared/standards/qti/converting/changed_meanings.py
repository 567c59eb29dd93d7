"""What is spelled alike in all versions, but does not mean the same: conversions say it in other words."""

from typing import Final

from shared.standards.qti.converting.conversion import Conversion
from shared.standards.qti.converting.templates import template_uri
from shared.standards.qti.documents.element import Element, attribute
from shared.standards.qti.processing.standard_templates import standard_template

_WITHOUT_CASE: Final = frozenset(("boolean", "duration", "file", "float", "integer", "point"))


def convert_processing(source: Element, parent: Element, conversion: Conversion) -> None:
    """Name a standard template by its new URI; where other rules are there now, write out the old ones."""
    target = conversion.add(source, parent)
    template = attribute(source, "template")
    if template is None:
        conversion.fill(source, target)
        return
    address = template_uri(template, conversion.spelling.version)
    rules = standard_template(template)
    if rules is standard_template(address):
        target.set("template", address)
        conversion.fill(source, target)
    elif rules is not None:
        del target.attrib["template"]
        conversion.fill(rules, target)
        message = f"the rules of {template} are written out: the template of that name has other ones now"
        conversion.note(source, message, rule="response processing templates", severity="warning")


def convert_map_entry(source: Element, parent: Element, conversion: Conversion) -> None:
    """State whether the case of a key counts: by default it does in 2.x, not in 3.0 (5.91 MapEntry)."""
    target = conversion.add(source, parent)
    if attribute(source, "case-sensitive") is None and _has_case(source):
        counts = conversion.spelling.version == "3.0"
        target.set(conversion.spelling.attributes["case-sensitive"], "true" if counts else "false")
    conversion.fill(source, target)


def _has_case(entry: Element) -> bool:
    mapping = entry.getparent()
    declaration = None if mapping is None else mapping.getparent()
    return declaration is not None and attribute(declaration, "base-type") not in _WITHOUT_CASE
