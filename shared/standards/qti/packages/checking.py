"""Checks a package: that its manifest and its files agree (IMS Content Packaging 1.2)."""

from collections.abc import Collection, Iterator
from itertools import islice
from typing import Final

from shared.standards.qti.documents.document import Document
from shared.standards.qti.documents.element import Element, place_of
from shared.standards.qti.faults import Notice, Place, Severity
from shared.standards.qti.packages.manifest import Manifest, Resource
from shared.standards.qti.packages.package import Package
from shared.standards.qti.packages.references import is_remote
from shared.standards.qti.validating.schemas import SchemaFolder
from shared.standards.qti.validating.validation import Report, validate
from shared.standards.qti.views.files import addresses_of

_MOST: Final = 200
"""How many faults of one kind are listed."""

_RULE: Final = "IMS CP 1.2, manifest"
_ROOTS: Final = {
    "_item_": ("qti-assessment-item",),
    "_test_": ("qti-assessment-test",),
    "_section_": ("qti-assessment-section",),
    "_stimulus_": ("qti-assessment-stimulus",),
    "_xmlv1p2": ("questestinterop",),
}
"""What the root of a file is by the type of its resource, as far as the type tells."""

type _Fault = tuple[Element, str, Severity]


def check_package(package: Package, *, schemas: SchemaFolder | None = None) -> Iterator[Report]:
    """Yield the report on the manifest, then one on each document of QTI in the package.

    >>> from shared.standards.qti.packages.package import open_package
    >>> [report.file for report in check_package(open_package(b"<assessmentTest/>", name="a.xml"))]
    ['a.xml']
    """
    if len(package.names) > 1 or package.manifest is not None:
        yield _manifest_report(package)
    for document in package.documents():
        detection = package.detect(document)
        if detection.is_qti:
            report = validate(document, detection=detection, schemas=schemas)
            more = tuple(islice(_file_faults(package, document), _MOST))
            yield Report(report.file, report.ran, report.skipped, report.notices + more)
    if package.notices:
        yield Report(package.name, ("reading",), (), package.notices)


def _manifest_report(package: Package) -> Report:
    manifest = package.manifest
    if manifest is None:
        place = Place(package.name)
        notice = Notice("the package has no imsmanifest.xml", "IMS CP 1.2, package", place, "error")
        return Report(package.name, ("package",), (), (notice,))
    found = islice(_manifest_faults(package, manifest), _MOST)
    notices = (_notice(manifest, *fault) for fault in found)
    listed = tuple(islice(_unlisted(package, manifest), _MOST))
    return Report(manifest.document.file, ("package",), (), (*notices, *manifest.notices, *listed))


def _notice(manifest: Manifest, element: Element, message: str, severity: Severity) -> Notice:
    return Notice(message, _RULE, place_of(element, manifest.document.file), severity)


def _manifest_faults(package: Package, manifest: Manifest) -> Iterator[_Fault]:
    if not manifest.root.get("identifier"):
        yield manifest.root, "the manifest has no identifier", "error"
    known = {resource.identifier for resource in manifest.resources}
    for resource in manifest.resources:
        for message, severity in _resource_faults(package, resource, known):
            yield resource.element, message, severity


def _resource_faults(
    package: Package, resource: Resource, known: Collection[str]
) -> Iterator[tuple[str, Severity]]:
    for name in ("identifier", "type"):
        if not resource.element.get(name):
            yield f"a resource has no {name}", "error"
    for href in dict.fromkeys(filter(None, (resource.href, *resource.files))):
        if is_remote(href):
            yield f"{href} is outside of the package, and not read", "warning"
        elif package.resolve(href) is None:
            yield f"the package has no {href}", "error"
    for identifier in resource.dependencies:
        if identifier not in known:
            yield f"there is no resource {identifier} to depend on", "error"
    if any(not alignment.guid for alignment in resource.alignments):
        yield f"an alignment of {resource.identifier} has no GUID", "error"


def _unlisted(package: Package, manifest: Manifest) -> Iterator[Notice]:
    """Yield a warning for each file of content that no resource lists, so that importers may drop it."""
    hrefs = (href for resource in manifest.resources for href in (resource.href, *resource.files) if href)
    listed = {package.resolve(href) for href in hrefs}
    for name in package.names:
        if name not in listed and name not in package.manifest_names and not name.lower().endswith(".xsd"):
            yield Notice("no resource of the manifest lists this file", _RULE, Place(name))


def _file_faults(package: Package, document: Document) -> Iterator[Notice]:
    """Yield what a document has against its resource, and files that it refers to and the package lacks."""
    resource = package.resources_by_file.get(document.file)
    for part, roots in _ROOTS.items():
        if resource and part in resource.type.lower() and document.kind not in roots:
            message = f"its resource is of type {resource.type}, its root is {document.kind}"
            yield Notice(message, _RULE, place_of(document.root, document.file))
    if package.manifest is None:
        return
    for address in dict.fromkeys(addresses_of(document.root)):
        if is_remote(address) or address.startswith("#"):
            continue
        if package.resolve(address, beside=document.file) is None:
            yield Notice(f"the package has no {address[:200]}", "references, files", Place(document.file))
