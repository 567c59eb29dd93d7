"""What is in a package or document, told as plain JSON."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Final

from shared.standards.qti.detecting.model import Detection
from shared.standards.qti.documents.document import Document
from shared.standards.qti.documents.element import (
    Element,
    attribute,
    child_named,
    children_named,
    descendants_named,
    name_of,
)
from shared.standards.qti.packages.items import ItemRecord, items_of, replaced_quizzes
from shared.standards.qti.packages.manifest import Unit
from shared.standards.qti.packages.metadata import language_of
from shared.standards.qti.packages.package import Package
from shared.standards.qti.questestinterop.facts import facts_of
from shared.standards.qti.questestinterop.reading import read_questestinterop
from shared.standards.qti.views.catalogs import catalogs_of
from shared.standards.qti.views.files import addresses_of
from shared.standards.qti.views.materials import companion_materials_of, stimulus_refs_of
from shared.standards.qti.views.portable import custom_interactions_of
from shared.standards.qti.vocabulary.elements import INTERACTIONS

type Json = dict[str, object]

_NOTHING: Final[tuple[object, ...]] = (None, "", (), {})
_SCRIPTS: Final = ("{*}script", "{*}iframe", "{*}embed", "{*}applet")


def inspect_package(package: Package) -> Json:
    """Return what is in a package: its version, facts, metadata, items, tests, stimuli, and what is off.

    >>> from shared.standards.qti.packages.package import open_package
    >>> found = inspect_package(open_package(b'<assessmentItem identifier="i"/>', name="a.xml"))
    >>> found["version"], found["counts"]
    ('2.2', {'items': 1})
    """
    items = [describe_item(record) for record in items_of(package)]
    others: dict[str, list[Json]] = {}
    versions: Counter[str] = Counter()
    replaced = replaced_quizzes(package)
    for document in package.documents():
        detection = package.detect(document)
        if detection.version is not None:
            versions[detection.version] += 1
        for part in _parts(document) if document.file not in replaced else ():
            plural, describe = _KINDS.get(part.kind, ("", None))
            if describe is not None:
                others.setdefault(plural, []).append({"file": document.file, **describe(part.root)})
    told: Json = {
        "package": package.name,
        "version": versions.most_common(1)[0][0] if versions else None,
        "versions": dict(versions),
        "counts": {name: len(found) for name, found in {"items": items, **others}.items() if found},
        "facts": package.facts(),
        **_of_manifest(package),
        "items": items,
        **others,
    }
    return told


def _parts(document: Document) -> tuple[Document, ...]:
    """Return a document, or what one of 1.2 holds beside items."""
    if document.kind != "questestinterop":
        return (document,)
    imported = read_questestinterop(document)
    return (*imported.tests, *imported.sections, *(stimulus.document for stimulus in imported.stimuli))


def _of_manifest(package: Package) -> Json:
    manifest = package.manifest
    if manifest is None:
        return {}
    return {
        "cartridge": manifest.cartridge,
        "metadata": manifest.metadata.as_json(),
        "organizations": [_unit(unit) for unit in manifest.organizations],
        "missing": list(package.missing),
        "alignments": sum(len(resource.alignments) for resource in manifest.resources),
    }


def _unit(unit: Unit) -> Json:
    told: Json = {"identifier": unit.identifier, "title": unit.title, "resource": unit.resource}
    return {**told, "units": [_unit(one) for one in unit.units]} if unit.units else told


def describe_item(record: ItemRecord) -> Json:
    """Return what is in an item, and what its package tells of it."""
    told: Json = {
        "identifier": record.identifier,
        "title": record.title,
        "file": record.file,
        "resource": record.resource.identifier if record.resource else None,
        **signs_as_json(record.detection),
        "metadata": record.metadata.as_json(),
        "alignments": [alignment.as_json() for alignment in record.alignments],
    }
    if record.imported is not None:
        facts = asdict(facts_of(record.imported))
        told["facts"] = {name: value for name, value in facts.items() if value not in _NOTHING}
    return told | _content(record.document.root)


def signs_as_json(detection: Detection) -> Json:
    """Return what a document was found to be."""
    return {
        "kind": detection.kind,
        "version": detection.version,
        "patch": detection.patch,
        "dialect": detection.dialect,
        "confidence": detection.confidence,
        "contradictions": list(detection.contradictions),
        "warnings": list(detection.warnings),
    }


def _content(item: Element) -> Json:
    return {
        "language": language_of(item),
        "adaptive": attribute(item, "adaptive") in {"true", "1"},
        "time_dependent": attribute(item, "time-dependent") in {"true", "1"},
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
        "language": language_of(stimulus),
        **_brought_along(stimulus),
    }


def _result(result: Element) -> Json:
    context = child_named(result, "context")
    return {
        "candidate": None if context is None else attribute(context, "sourced-id"),
        "items": sum(1 for _ in children_named(result, "itemResult")),
    }


_KINDS: Final[dict[str, tuple[str, Callable[[Element], Json] | None]]] = {
    "qti-assessment-test": ("tests", _test),
    "qti-assessment-section": ("sections", _test),
    "qti-assessment-stimulus": ("stimuli", _stimulus),
    "assessmentResult": ("results", _result),
}
