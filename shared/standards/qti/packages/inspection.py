"""What is in a package or document, told as plain JSON."""

from collections import Counter
from dataclasses import asdict
from typing import Final

from shared.standards.qti.detecting.model import Detection
from shared.standards.qti.documents.document import Document
from shared.standards.qti.packages.items import ItemRecord, items_of, replaced_quizzes
from shared.standards.qti.packages.manifest import Unit
from shared.standards.qti.packages.package import Package
from shared.standards.qti.questestinterop.facts import facts_of
from shared.standards.qti.questestinterop.reading import read_questestinterop
from shared.standards.qti.views.descriptions import DESCRIPTIONS, Json, describe_content

_NOTHING: Final[tuple[object, ...]] = (None, "", (), {})


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
            plural, describe = DESCRIPTIONS.get(part.kind, ("", None))
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
    return told | describe_content(record.document.root)


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
