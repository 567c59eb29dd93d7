"""Custom interactions for clients: marked to run in a sandbox of another origin only, or not at all."""

from shared.standards.qti.delivery.rendering import Rendering
from shared.standards.qti.documents.element import (
    Element,
    attribute,
    attributes_of,
    child_named,
    descendants_named,
)
from shared.standards.qti.values.json_form import write_json


def custom(rendering: Rendering, source: Element) -> dict[str, object]:
    """Describe an interaction that only its own system understands: nothing of it is shown."""
    rendering.note(source, "what is in a custom interaction is left out of the view")
    return {"sandbox": True}


def portable(rendering: Rendering, source: Element) -> dict[str, object]:
    """Describe a portable custom interaction: its modules, by references, and what it is told when it starts.

    Its code decides what it shows, so it has to run where it can reach nothing else.
    """
    modules = child_named(source, "qti-interaction-modules")
    return {
        "sandbox": True,
        "typeIdentifier": attribute(source, "custom-interaction-type-identifier"),
        "module": attribute(source, "module"),
        "modules": [_module(rendering, each) for each in descendants_named(source, "qti-interaction-module")],
        "configuration": None if modules is None else rendering.reference(modules, "primary-configuration"),
        "properties": {
            key.removeprefix("data-"): value
            for key, value in attributes_of(source)
            if key.startswith("data-")
        },
        "templateValues": _template_values(rendering, source),
        "markup": rendering.html(child_named(source, "qti-interaction-markup")),
    }


def _module(rendering: Rendering, source: Element) -> dict[str, str | None]:
    return {
        "id": attribute(source, "id"),
        "primaryPath": rendering.reference(source, "primary-path"),
        "fallbackPath": rendering.reference(source, "fallback-path"),
    }


def _template_values(rendering: Rendering, source: Element) -> dict[str, object]:
    variables = descendants_named(source, "qti-template-variable")
    names = [attribute(each, "template-identifier") or "" for each in variables]
    return {name: write_json(rendering.visibility.value(name)) for name in names}
