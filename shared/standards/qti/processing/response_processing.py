"""Response processing of an item: rules of its own, or a template's (QTI 3.0, ResponseProcessing)."""

from collections.abc import Mapping
from typing import Final

from shared.standards.qti.documents.document import Document
from shared.standards.qti.documents.element import Element, attribute, children, name_of
from shared.standards.qti.expressions.compiled import Frame, Scope
from shared.standards.qti.faults import Invalid
from shared.standards.qti.processing.registry import RESPONSE_RULES
from shared.standards.qti.processing.rules import Left, Rule, Rules
from shared.standards.qti.processing.standard_templates import standard_template

_RULE: Final = "QTI 3.0, ResponseProcessing"


def compile_response_processing(
    element: Element | None, scope: Scope, templates: Mapping[str, Document]
) -> Rule | None:
    """Compile what turns responses into outcomes; None where an item has no such rules.

    A template takes precedence over rules beside it. `templates` holds those of the package, by the address
    that items give. Raises Invalid for a template that is nowhere.
    """
    if element is None:
        return None
    rules = Rules("response", scope, RESPONSE_RULES).compile(children(_source(element, scope, templates)))

    def run(frame: Frame) -> None:
        try:
            rules(frame)
        except Left:
            return

    return run


def _source(element: Element, scope: Scope, templates: Mapping[str, Document]) -> Element:
    """Return the element that holds the rules."""
    addresses = [
        address for name in ("template", "template-location") if (address := attribute(element, name))
    ]
    for address in addresses:
        if address in templates:
            return _root_of(templates[address], element, scope)
        found = standard_template(address)
        if found is not None:
            return found
    if addresses and not len(element):
        message = f"the template {addresses[0]} is neither a standard one nor given"
        raise Invalid(message, rule=_RULE, place=scope.place(element))
    if addresses:
        message = f"the template {addresses[0]} is not known: the rules of the item run"
        scope.warn(element, message, rule=_RULE)
    return element


def _root_of(template: Document, element: Element, scope: Scope) -> Element:
    if name_of(template.root) != "qti-response-processing":
        message = f"{template.file or 'the template'} holds no response processing"
        raise Invalid(message, rule=_RULE, place=scope.place(element))
    return template.root
