"""Manifests of packages (IMS Content Packaging 1.2, as QTI 2.1, 2.2 and 3.0 profile it)."""

from collections.abc import Iterable
from dataclasses import dataclass
from posixpath import dirname
from typing import Final
from urllib.parse import quote

from lxml import etree

from shared.standards.qti.documents.document import Document
from shared.standards.qti.documents.element import Element, attribute
from shared.standards.qti.packages.references import Addresses
from shared.standards.qti.views.files import addresses_of
from shared.standards.qti.vocabulary.namespaces import XSI

PACKAGING: Final = {
    "3.0": "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1",
    "2.2": "http://www.imsglobal.org/xsd/imscp_v1p1",
    "2.1": "http://www.imsglobal.org/xsd/imscp_v1p1",
    "1.2": "http://www.imsglobal.org/xsd/imscp_v1p1",
}
"""The namespace of manifests, by version."""

_SCHEMAS: Final = {
    "3.0": "https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqtiv3p0_imscpv1p2_v1p0.xsd",
    "2.2": "http://www.imsglobal.org/xsd/qti/qtiv2p2/qtiv2p2_imscpv1p2_v1p0.xsd",
    "2.1": "http://www.imsglobal.org/xsd/qti/qtiv2p1/qtiv2p1_imscpv1p2_v1p0.xsd",
    "1.2": "http://www.imsglobal.org/xsd/imscp_v1p1.xsd",
}
SCHEMA_NAMES: Final = {
    "3.0": "QTI Package",
    "2.2": "QTIv2.2 Package",
    "2.1": "QTIv2.1 Package",
    "1.2": "IMS Content",
}
"""What `schema` says, by version."""
SCHEMA_VERSIONS: Final = {"3.0": "3.0.0", "2.2": "1.0.0", "2.1": "1.0.0", "1.2": "1.1.3"}
"""What `schemaversion` says: from 3.0 on the version of QTI, before that of the profile of packaging."""

_TYPES: Final = {
    "qti-assessment-item": "imsqti_item_xmlv{}",
    "qti-assessment-test": "imsqti_test_xmlv{}",
    "qti-assessment-section": "imsqti_section_xmlv{}",
    "qti-assessment-stimulus": "imsqti_stimulus_xmlv{}",
    "qti-response-processing": "imsqti_rptemplate_xmlv{}",
    "qti-outcome-declaration": "imsqti_outcomes_xmlv{}",
    "qti-outcome-processing": "imsqti_rptemplate_xmlv{}",
    "questestinterop": "imsqti_xmlv{}",
}
_OTHER: Final = "webcontent"


@dataclass(frozen=True, slots=True)
class Listed:
    """A file that a manifest lists: its name, its type, what identifies it, the addresses that it names.

    >>> Listed("a.css").type
    'webcontent'
    """

    name: str
    type: str = _OTHER
    identifier: str = ""
    refers_to: tuple[str, ...] = ()


def schema_location(version: str) -> str:
    """Return where the schema of manifests of a version lies."""
    return f"{PACKAGING[version]} {_SCHEMAS[version]}"


def listed(document: Document, version: str) -> Listed:
    """Return how a document of QTI is listed in a package of a version.

    >>> from shared.standards.qti import parse
    >>> item = b"<assessmentItem identifier='i'><itemBody><img src='../b.png'/></itemBody></assessmentItem>"
    >>> listed(parse(item, file="x/i.xml"), "2.1")
    Listed(name='x/i.xml', type='imsqti_item_xmlv2p1', identifier='i', refers_to=('../b.png',))
    """
    kind = _TYPES[document.kind].format(version.replace(".", "p"))
    identifier = attribute(document.root, "identifier") or ""
    return Listed(document.file, kind, identifier, tuple(dict.fromkeys(addresses_of(document.root))))


def write_manifest(identifier: str, files: Iterable[Listed], version: str) -> bytes:
    """Return a manifest that lies beside the files it lists.

    What a document refers to becomes a dependency of its resource, where it is among the files.
    """
    given = {each.name: each for each in files}
    names, addresses = _identifiers(given.values()), Addresses(given)
    space = PACKAGING[version]
    root = etree.Element(f"{{{space}}}manifest", {"identifier": identifier}, nsmap={None: space, "xsi": XSI})  # type: ignore[dict-item]
    root.set(f"{{{XSI}}}schemaLocation", schema_location(version))
    metadata = etree.SubElement(root, f"{{{space}}}metadata")
    etree.SubElement(metadata, f"{{{space}}}schema").text = SCHEMA_NAMES[version]
    etree.SubElement(metadata, f"{{{space}}}schemaversion").text = SCHEMA_VERSIONS[version]
    etree.SubElement(root, f"{{{space}}}organizations")
    resources = etree.SubElement(root, f"{{{space}}}resources")
    for each in given.values():
        _add_resource(resources, each, names, addresses)
    etree.indent(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _add_resource(resources: Element, file: Listed, names: dict[str, str], addresses: Addresses) -> None:
    space = etree.QName(resources).namespace
    about = {"identifier": names[file.name], "type": file.type, "href": quote(file.name)}
    resource = etree.SubElement(resources, f"{{{space}}}resource", about)
    etree.SubElement(resource, f"{{{space}}}file", {"href": quote(file.name)})
    for address in file.refers_to:
        name = addresses.resolve(address, base=dirname(file.name))
        if name is not None and name != file.name:
            etree.SubElement(resource, f"{{{space}}}dependency", {"identifierref": names[name]})


def _identifiers(files: Iterable[Listed]) -> dict[str, str]:
    """Return an identifier for each file: the one of its content where that is free, else a numbered one."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for number, each in enumerate(files, 1):
        wanted = each.identifier or f"file-{number}"
        found[each.name] = wanted if wanted not in taken else f"{wanted}-{number}"
        taken.add(found[each.name])
    return found
