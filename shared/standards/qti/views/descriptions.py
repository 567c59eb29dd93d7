"""What is in a document, told as plain JSON: what it asks for, and all that it brings along."""

from collections.abc import Callable, Iterator
from typing import Final

from shared.standards.qti.documents.element import (
    Element,
    attribute,
    child_named,
    children_named,
    descendants_named,
    is_true,
    name_of,
)
from shared.standards.qti.views.catalogs import catalogs_of
from shared.standards.qti.views.files import addresses_of
from shared.standards.qti.views.materials import companion_materials_of, stimulus_refs_of
from shared.standards.qti.views.portable import custom_interactions_of
from shared.standards.qti.vocabulary.elements import INTERACTIONS
from shared.standards.qti.vocabulary.namespaces import XML

type Json = dict[str, object]

_SCRIPTS: Final = ("{*}script", "{*}iframe", "{*}embed", "{*}applet")


def describe_content(item: Element) -> Json:
    """Return what an item asks for and brings along.

    >>> from shared.standards.qti.documents.document import parse
    >>> body = b'<itemBody><p><textEntryInteraction responseIdentifier="R"/></p></itemBody>'
    >>> describe_content(parse(b"<assessmentItem>%b</assessmentItem>" % body).root)["interactions"]
    [{'kind': 'text-entry', 'response': 'R'}]
    """
    return {
        "language": _language_of(item),
        "adaptive": is_true(item, "adaptive"),
        "time_dependent": is_true(item, "time-dependent"),
        "interactions": list(_interactions(item)),
        "variables": _variables(item),
        "processing": _processing(item),
        "stimuli": [{"identifier": ref.identifier, "href": ref.href} for ref in stimulus_refs_of(item)],
        **_brought_along(item),
    }


def _brought_along(root: Element) -> Json:
    return {
        "catalogs": [
            {"identifier": catalog.identifier, "supports": [card.support for card in catalog.cards]}
            for catalog in catalogs_of(root)
        ],
        "companion_materials": [
            {"kind": one.kind, "description": one.description} for one in companion_materials_of(root)
        ],
        "custom_interactions": [
            {
                "kind": one.kind,
                "response": one.response,
                "type": one.type,
                "module": one.module,
                "modules": [module.name for module in one.modules],
                "needs_sandbox": one.needs_sandbox,
            }
            for one in custom_interactions_of(root)
        ],
        "files": list(dict.fromkeys(addresses_of(root))),
        "scripts": sum(1 for _ in root.iter(*_SCRIPTS)) + _handlers(root),
    }


def _handlers(root: Element) -> int:
    """Return how many attributes would run a script where the content is shown as it is."""
    keys = (str(key).lower() for element in root.iter("*") for key in element.keys())  # noqa: SIM118 - no dict
    return sum(1 for key in keys if key.startswith("on"))


def _interactions(item: Element) -> Iterator[Json]:
    for element in descendants_named(item, *INTERACTIONS):
        yield {
            "kind": name_of(element).removeprefix("qti-").removesuffix("-interaction"),
            "response": attribute(element, "response-identifier"),
        }


def _variables(item: Element) -> Json:
    kinds = ("response", "outcome", "template", "context")
    named = {kind: children_named(item, f"qti-{kind}-declaration") for kind in kinds}
    found = {kind: [attribute(one, "identifier") for one in declared] for kind, declared in named.items()}
    return {kind: names for kind, names in found.items() if names}


def _processing(item: Element) -> str:
    """Return the standard template that scores an item, `own` for rules, `none`."""
    processing = child_named(item, "qti-response-processing")
    if processing is None:
        return "none"
    template = (attribute(processing, "template") or "").rstrip("/").rpartition("/")[2].removesuffix(".xml")
    return template or ("own" if len(processing) else "none")


def _test(test: Element) -> Json:
    return {
        "identifier": attribute(test, "identifier"),
        "title": attribute(test, "title"),
        "parts": sum(1 for _ in children_named(test, "qti-test-part")),
        "sections": sum(1 for _ in descendants_named(test, "qti-assessment-section")),
        "items": [attribute(ref, "href") for ref in descendants_named(test, "qti-assessment-item-ref")],
        "outcomes": [attribute(one, "identifier") for one in children_named(test, "qti-outcome-declaration")],
        **_brought_along(test),
    }


def _stimulus(stimulus: Element) -> Json:
    return {
        "identifier": attribute(stimulus, "identifier"),
        "title": attribute(stimulus, "title"),
        "language": _language_of(stimulus),
        **_brought_along(stimulus),
    }


def _result(result: Element) -> Json:
    context = child_named(result, "context")
    return {
        "candidate": None if context is None else attribute(context, "sourced-id"),
        "items": sum(1 for _ in children_named(result, "itemResult")),
    }


def _language_of(element: Element) -> str:
    """Return the language that an element says its content is in, empty where it does not."""
    return element.get(f"{{{XML}}}lang") or ""


DESCRIPTIONS: Final[dict[str, tuple[str, Callable[[Element], Json] | None]]] = {
    "qti-assessment-test": ("tests", _test),
    "qti-assessment-section": ("sections", _test),
    "qti-assessment-stimulus": ("stimuli", _stimulus),
    "assessmentResult": ("results", _result),
}
"""What describes the root of a document that is no item, and what such documents are called, by its name."""
