"""The four readings: vocabulary, namespace, schema location, manifest. Each knows nothing of the others.

The same release goes by several namespaces, and minor versions differ only in the hint where their schema
lies, so no sign is enough by itself.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from shared.standards.detection import Reading
from shared.standards.qti.detecting.model import ManifestSigns
from shared.standards.qti.documents.element import Element, children, local_name, namespace_of
from shared.standards.qti.vocabulary.names import MODERN
from shared.standards.qti.vocabulary.namespaces import FOREIGN, XSI

VOCABULARY: Final = "vocabulary"
NAMESPACE: Final = "namespace"
LOCATION: Final = "schema location"
TYPE: Final = "resource type"
SCHEMA: Final = "manifest"
PACKAGING: Final = "manifest namespace"

_WEIGHTS: Final = {VOCABULARY: 8.0, NAMESPACE: 4.0, LOCATION: 2.0, TYPE: 0.5, SCHEMA: 0.3, PACKAGING: 0.2}
"""Vocabulary decides, then the namespace, then the schema location; a manifest only breaks ties."""

_OF_QTI: Final = re.compile(r"qti[a-z_]*v(\d+)p(\d+)(?:p(\d+))?", re.IGNORECASE)
_IN_SCHEMA: Final = re.compile(r"QTI\s*v?(\d+(?:\.\d+)+)", re.IGNORECASE)
_ANY_QTI: Final = re.compile(r"\bQTI\b", re.IGNORECASE)
_RESULTS: Final = frozenset(("assessmentResult", "usageData"))
"""Reports keep their names in all versions, so their vocabulary tells nothing."""

# A later draft of packaging for 3.0.1 counted the minor version up where the standard counts the patch.
_RENUMBERED: Final = {"3.1": "3.0.1"}


def read_vocabulary(root: Element) -> str | None:
    """Return the major version whose names the root has, None where it has names of all or of none."""
    return _major(root)


def is_report(root: Element) -> bool:
    """Say whether a root is that of results or usage data, whose names are the same in all versions."""
    return local_name(root) in _RESULTS


def strangers(root: Element, major: str) -> Iterator[tuple[str, str]]:
    """Yield name and major version of the children that are named as in another version than the root."""
    for child in children(root):
        other = _major(child)
        if other is not None and other != major:
            yield local_name(child), other


def read_namespace(root: Element) -> Reading | None:
    """Return what the namespace of the root names, None where that is none of QTI."""
    return _named(NAMESPACE, namespace_of(root))


def read_location(root: Element) -> Reading | None:
    """Return what the schema that is named for the namespace of the root is of, by its file name."""
    named = root.get(f"{{{XSI}}}schemaLocation") or root.get(f"{{{XSI}}}noNamespaceSchemaLocation") or ""
    hints = named.split()
    own = [where for name, where in pairwise(hints) if name == namespace_of(root)]
    for hint in (*own, *hints):
        if hint.endswith(".xsd") and (reading := _named(LOCATION, hint.rpartition("/")[2])):
            return reading
    return None


def read_manifest(signs: ManifestSigns) -> Iterator[Reading]:
    """Yield what a manifest says: by the type of the resource, its schema and version, its namespace."""
    for source, text in ((TYPE, signs.resource_type), (PACKAGING, signs.namespace)):
        reading = _named(source, text)
        if reading is not None:
            yield _renumbered(reading)
    schema = _of_schema(signs)
    if schema:
        yield Reading(SCHEMA, schema, _WEIGHTS[SCHEMA])


def signs_of(manifest: Element, resource_type: str | None = None) -> ManifestSigns:
    """Return what a manifest says; of its first resource of QTI where no type of resource is given."""
    types = (one.get("type", "") for one in manifest.iterdescendants("{*}resource"))
    return ManifestSigns(
        namespace=namespace_of(manifest),
        schema=manifest.findtext("{*}metadata/{*}schema", "").strip(),
        schema_version=manifest.findtext("{*}metadata/{*}schemaversion", "").strip(),
        resource_type=next(filter(_OF_QTI.search, types), "") if resource_type is None else resource_type,
    )


def vocabulary_reading(version: str) -> Reading:
    """Return the reading of a vocabulary that was found to be of a version."""
    return Reading(VOCABULARY, version, _WEIGHTS[VOCABULARY])


def _major(element: Element) -> str | None:
    name = local_name(element)
    if namespace_of(element) in FOREIGN or is_report(element):
        return None
    if name.startswith("qti-"):
        return "3"
    if name == "questestinterop":
        return "1"
    # Names without a capital, such as `section` or `title`, are names of many vocabularies.
    return "2" if name in MODERN and not name.islower() else None


def _named(source: str, text: str) -> Reading | None:
    found = _OF_QTI.search(text)
    if found is None:
        return None
    return Reading(source, ".".join(part for part in found.groups() if part), _WEIGHTS[source])


def _renumbered(reading: Reading) -> Reading:
    return Reading(reading.source, _RENUMBERED.get(reading.version, reading.version), reading.weight)


def _of_schema(signs: ManifestSigns) -> str | None:
    """Return the version that `schema` names, or `schemaversion` where the schema is QTI.

    The `schemaversion` of other schemas is that of the packaging: 1.1.3 is no version of QTI.
    """
    named = _IN_SCHEMA.search(signs.schema)
    if named:
        return named[1]
    version = signs.schema_version.strip()
    if not _ANY_QTI.search(signs.schema) or not re.fullmatch(r"\d+(\.\d+)+", version):
        return None
    return version
