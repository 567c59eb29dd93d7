"""Custom interactions for clients: marked to run in a sandbox of another origin only, or not at all."""

from typing import Final

from shared.standards.qti.delivery.rendering import Rendering
from shared.standards.qti.documents.element import Element, attribute, descendants_named
from shared.standards.qti.values.json_form import write_json
from shared.standards.qti.views.portable import CustomInteraction, Module, custom_interactions_of

_MARKUP: Final = ("{*}qti-interaction-markup", "{*}interactionMarkup", "{*}markup")


def custom(rendering: Rendering, source: Element) -> dict[str, object]:
    """Describe a custom interaction: its modules, by references, and what it is told when it starts.

    Its code decides what it shows, so it has to run where it can reach nothing else. Of one that is not
    portable, which only its own system understands, nothing is shown.
    """
    around = source.getparent()
    found = custom_interactions_of(source if around is None else around)
    interaction = next((each for each in found if each.element is source), None)
    if interaction is None or interaction.kind != "portable-custom-interaction":
        rendering.note(source, "what is in a custom interaction is left out of the view")
        return {"sandbox": True}
    return {"sandbox": True, **_portable(rendering, source, interaction)}


def _portable(rendering: Rendering, source: Element, interaction: CustomInteraction) -> dict[str, object]:
    modules = next(descendants_named(source, "qti-interaction-modules"), None)
    return {
        "kind": interaction.kind.removesuffix("-interaction"),
        "typeIdentifier": interaction.type,
        "module": interaction.module,
        "modules": [_module(rendering, each) for each in interaction.modules],
        "configuration": None if modules is None else rendering.reference(modules, "primary-configuration"),
        "properties": dict(interaction.properties),
        "templateValues": _template_values(rendering, source),
        "markup": rendering.html(next(source.iter(*_MARKUP), None)),
    }


def _module(rendering: Rendering, module: Module) -> dict[str, object]:
    return {"id": module.name, "paths": [path for path in map(rendering.located, module.paths) if path]}


def _template_values(rendering: Rendering, source: Element) -> dict[str, object]:
    variables = source.iter("{*}qti-template-variable", "{*}templateVariable")
    names = [attribute(each, "template-identifier") or "" for each in variables]
    return {name: write_json(rendering.visibility.value(name)) for name in names}
