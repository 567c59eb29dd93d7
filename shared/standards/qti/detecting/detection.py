"""The verdict on a document, by the tree of rules that all formats share."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from shared.standards.detection import Reading, judge
from shared.standards.qti.detecting.model import KNOWN, Detection, ManifestSigns
from shared.standards.qti.detecting.signs import (
    LOCATION,
    is_report,
    read_location,
    read_manifest,
    read_namespace,
    read_vocabulary,
    signs_of,
    strangers,
    vocabulary_reading,
)
from shared.standards.qti.documents.document import Document
from shared.standards.qti.documents.element import Element, local_name, namespace_of
from shared.standards.qti.questestinterop.dialects import Vendor, dialect_of
from shared.standards.qti.vocabulary.namespaces import APIP

_NEWEST: Final = {"1": "1.2", "2": "2.2", "3": "3.0"}
_NO_SIGNS: Final = ManifestSigns()


def detect(document: Document, manifest: ManifestSigns = _NO_SIGNS) -> Detection:
    """Return what a document is; `manifest` holds what the manifest of its package says of it.

    >>> from shared.standards.qti.documents.document import parse
    >>> item = b'<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="i"/>'
    >>> found = detect(parse(item), ManifestSigns(resource_type="imsqti_item_xmlv2p2"))
    >>> found.version, found.contradictions
    ('2.1', ('vocabulary says 2.1, resource type says 2.2',))
    """
    root = document.root
    if local_name(root) == "POOL":
        return Detection("POOL", dialect="Blackboard POOL", warnings=("a pool of Blackboard is not QTI",))
    if local_name(root) == "manifest":
        return _of_manifest(root)
    major = read_vocabulary(root)
    if major is None and not is_report(root) and read_namespace(root) is None:
        return Detection(document.kind, warnings=("nothing in it says that it is QTI",))
    others = _declared(root, manifest)
    readings = others if major is None else [vocabulary_reading(_fullest(major, others)), *others]
    verdict = judge([_minor(reading) for reading in readings], KNOWN)
    if verdict is None:
        return Detection(document.kind, warnings=("nothing in it says of which version of QTI it is",))
    return Detection(
        kind=document.kind,
        version=verdict.version,
        patch=_patch(verdict.version, others),
        reads_as=verdict.reads_as,
        dialect=_dialect(root, major),
        confidence=round(verdict.confidence, 3),
        contradictions=(*verdict.contradictions, *_further(root, major, verdict.version, others)),
        warnings=(*verdict.warnings, *_warnings(major, others)),
        readings=tuple(readings),
    )


def _of_manifest(root: Element) -> Detection:
    readings = tuple(read_manifest(signs_of(root)))
    verdict = judge([_minor(reading) for reading in readings], KNOWN)
    if verdict is None:
        return Detection("manifest", warnings=("the manifest names no version of QTI",))
    return Detection(
        kind="manifest",
        version=verdict.version,
        patch=_patch(verdict.version, readings),
        reads_as=verdict.reads_as,
        confidence=round(verdict.confidence, 3),
        contradictions=verdict.contradictions,
        warnings=verdict.warnings,
        readings=readings,
    )


def _declared(root: Element, manifest: ManifestSigns) -> list[Reading]:
    readings = (read_namespace(root), read_location(root), *read_manifest(manifest))
    return [reading for reading in readings if reading is not None]


def _fullest(major: str, others: Sequence[Reading]) -> str:
    """Return the version that the vocabulary of a major stands for: what another reading makes of it."""
    for reading in others:
        if reading.version.partition(".")[0] == major:
            return reading.version
    return _NEWEST[major]


def _minor(reading: Reading) -> Reading:
    return Reading(reading.source, _short(reading.version), reading.weight)


def _short(version: str) -> str:
    return ".".join(version.split(".")[:2])


def _patch(version: str, readings: Sequence[Reading]) -> str | None:
    """Return the patch level that the schema location names, else another reading."""
    ordered = sorted(readings, key=lambda reading: reading.source != LOCATION)
    return next((one.version for one in ordered if one.version.startswith(f"{version}.")), None)


def _dialect(root: Element, major: str | None) -> str:
    if major == "1":
        vendor = dialect_of(root).vendor
        return "" if vendor is Vendor.UNKNOWN else vendor.value
    if APIP in root.nsmap.values() or "apip" in namespace_of(root):
        return "APIP"
    return "aQTI" if major == "2" and "v3p0" in namespace_of(root) else ""


def _further(root: Element, major: str | None, version: str, readings: Sequence[Reading]) -> Iterator[str]:
    patches = {one.version: one.source for one in readings if one.version.startswith(f"{version}.")}
    if len(patches) > 1:
        yield ", ".join(f"{source} says {patch}" for patch, source in patches.items())
    for (name, other), count in Counter(strangers(root, major) if major else ()).items():
        yield f"the root is named as in {major}, {count} of {name} inside as in {other}"
    namespace = namespace_of(root)
    if namespace and read_namespace(root) is None:
        yield f"the namespace {namespace} is none of QTI"


def _warnings(major: str | None, others: Sequence[Reading]) -> Iterator[str]:
    if major is not None and not others:
        yield "no namespace, schema or manifest names a version; the vocabulary alone tells it"
