"""Manifests of packages from one version to another: namespaces, types of resources, names of schemas."""

import re
from collections.abc import Mapping
from copy import copy
from typing import Final, cast

from lxml import etree

from shared.standards.qti.documents.document import Document
from shared.standards.qti.documents.element import Element, attributes_of, name_of
from shared.standards.qti.vocabulary.namespaces import QTI_21, QTI_22, XSI
from shared.standards.qti.writing.manifests import PACKAGING, SCHEMA_NAMES, SCHEMA_VERSIONS, schema_location

_TYPE: Final = re.compile(r"imsqti_(?:apip)?(?P<kind>[a-z]+)_xmlv\dp\d(?:p\d)?")
_SCHEMA: Final = re.compile(
    r"(?:IMS )?(?:QTI|APIP)(?:v?\d\.\d(?:\.\d)?)? ?(?P<what>Package|Item Bank|Item|Test|Section)?"
)
_METADATA: Final = "http://www.imsglobal.org/xsd/imsqti_metadata_v{}"
_MINOR: Final = {"3.0": "3p0", "2.2": "2p2", "2.1": "2p1"}


def convert_manifest(document: Document, version: str) -> Document:
    """Return the manifest of a package of QTI in another version; what it says of content and files stays.

    >>> from shared.standards.qti import parse
    >>> resource = b'<resource type="imsqti_item_xmlv2p1" href="i.xml"/>'
    >>> manifest = parse(b"<manifest><resources>%b</resources></manifest>" % resource)
    >>> convert_manifest(manifest, "3.0").root[0][0].get("type")
    'imsqti_item_xmlv3p0'
    """
    root = _moved(document.root, None, _spaces(document.root, version))
    root.set(f"{{{XSI}}}schemaLocation", schema_location(version))
    for element in root.iter("*"):
        _adapt(element, version)
    return Document(root, document.file, document.notices)


def _spaces(root: Element, version: str) -> Mapping[str, str]:
    """Return what becomes of each namespace: of packaging and of metadata of QTI; those of others stay."""
    metadata = _METADATA.format(_MINOR[version])
    known = {_METADATA.format(minor): metadata for minor in ("3p0", "2p2", "2p1")}
    own = etree.QName(root).namespace or ""
    return {**known, QTI_21: metadata, QTI_22: metadata, own: PACKAGING[version]}


def _moved(source: Element, parent: Element | None, spaces: Mapping[str, str]) -> Element:
    """Return an element and all that is inside, in the namespaces of the new version."""
    name = etree.QName(source)
    uri = name.namespace or ""
    space = spaces.get(uri, uri)
    tag = f"{{{space}}}{name.localname}" if space else name.localname
    nsmap = cast("dict[str, str]", {prefix: spaces.get(each, each) for prefix, each in source.nsmap.items()})
    if parent is None:
        nsmap = cast("dict[str, str]", {None: space, **nsmap})
        target = etree.Element(tag, nsmap=nsmap)
    else:
        target = etree.SubElement(parent, tag, nsmap=nsmap)
    for key, value in attributes_of(source):
        target.set(key, value)
    target.text, target.tail = source.text, source.tail if parent is not None else None
    for child in source:
        if name_of(child):
            _moved(child, target, spaces)
        else:
            target.append(copy(child))
    return target


def _adapt(element: Element, version: str) -> None:
    match etree.QName(element).localname:
        case "resource":
            found = _TYPE.fullmatch(element.get("type") or "")
            if found:
                kind = "test" if found["kind"] == "assessment" else found["kind"]
                element.set("type", f"imsqti_{kind}_xmlv{_MINOR[version]}")
        case "schema":
            found = _SCHEMA.fullmatch((element.text or "").strip())
            if found:
                element.text = SCHEMA_NAMES[version].replace("Package", found["what"] or "Package")
        case "schemaversion" if etree.QName(element).namespace == PACKAGING[version]:
            element.text = SCHEMA_VERSIONS[version]
        case _:
            pass
