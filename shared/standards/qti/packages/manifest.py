"""The manifest of a package as typed views (IMS Content Packaging 1.2, and its profile Common Cartridge)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from shared.standards.qti.detecting.model import ManifestSigns
from shared.standards.qti.detecting.signs import signs_of
from shared.standards.qti.documents.document import Document
from shared.standards.qti.documents.element import Element, namespace_of, place_of
from shared.standards.qti.faults import Malformed, Notice, Refused
from shared.standards.qti.packages.alignments import Alignment, alignments_of
from shared.standards.qti.packages.metadata import Metadata, metadata_of
from shared.standards.qti.vocabulary.namespaces import XML

_XML_BASE: Final = f"{{{XML}}}base"
_LONGEST: Final = 4096
"""Characters of a base address: each address in the manifest is written behind it."""
_CARTRIDGE: Final = re.compile(r"imsccv(\d+)p(\d+)")


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource: what type it is of, its file, the files and resources it needs, what is told of it.

    Addresses are as written, behind the base addresses (`xml:base`) around them.

    >>> from shared.standards.qti.documents.document import parse
    >>> one = b'<resource identifier="r" type="imsqti_item_xmlv2p1"><file href="a.xml"/></resource>'
    >>> resource: Resource = read_manifest(parse(b"<manifest>%b</manifest>" % one)).resources[0]
    >>> resource.is_qti, resource.main
    (True, 'a.xml')
    """

    identifier: str
    type: str
    href: str
    files: tuple[str, ...]
    dependencies: tuple[str, ...]
    alignments: tuple[Alignment, ...]
    metadata: Metadata
    element: Element

    @property
    def is_qti(self) -> bool:
        """Whether its type says that it is content of QTI, of any version."""
        return "qti" in self.type.lower()

    @property
    def main(self) -> str:
        """The address of the file it is about: the one it names, else the first of its files."""
        return self.href or next(iter(self.files), "")


@dataclass(frozen=True, slots=True)
class Unit:
    """A node of an organization: a title, the resource that it stands for, what is below.

    >>> Unit("u", "Week 1", resource="", units=(Unit("q", "Quiz", "r1", ()),)).units[0].resource
    'r1'
    """

    identifier: str
    title: str
    resource: str
    units: tuple["Unit", ...]


@dataclass(frozen=True)
class Manifest:
    """What a package says of itself.

    >>> from shared.standards.qti.documents.document import parse
    >>> space = b"http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"
    >>> Manifest(parse(b'<manifest xmlns="%b"/>' % space)).cartridge
    '1.1'
    """

    document: Document
    notices: list[Notice] = field(default_factory=list)

    @property
    def root(self) -> Element:
        """The element `manifest`."""
        return self.document.root

    @property
    def namespace(self) -> str:
        """The namespace of the packaging."""
        return namespace_of(self.root)

    @property
    def schema_version(self) -> str | None:
        """What `schemaversion` says, as written; None where there is none."""
        version = self.root.findtext("{*}metadata/{*}schemaversion")
        return None if version is None else version.strip()

    @property
    def cartridge(self) -> str | None:
        """The version of Common Cartridge, such as `1.1`; None where it is no cartridge."""
        found = _CARTRIDGE.search(self.namespace)
        return f"{found[1]}.{found[2]}" if found else None

    @cached_property
    def metadata(self) -> Metadata:
        """What is told of the package as a whole."""
        holder = self.root.find("{*}metadata")
        return Metadata() if holder is None else metadata_of(holder)

    @cached_property
    def resources(self) -> tuple[Resource, ...]:
        """The resources, in order; those of manifests inside come where their manifest stands."""
        found = tuple(_resource(element) for element in self.root.iter("{*}resource"))
        seen = set[str]()
        for resource in found:
            if resource.identifier in seen:
                message = f"two resources are called {resource.identifier}"
                self.notices.append(
                    Notice(
                        message,
                        "IMS CP 1.2, identifier",
                        place_of(resource.element, self.document.file),
                        "error",
                    )
                )
            seen.add(resource.identifier)
        return found

    @cached_property
    def by_identifier(self) -> dict[str, Resource]:
        """The resources by their identifiers; of several of one name the first."""
        return {resource.identifier: resource for resource in reversed(self.resources)}

    @cached_property
    def organizations(self) -> tuple[Unit, ...]:
        """The trees by which the package is presented."""
        return tuple(_unit(element) for element in self.root.iterfind("{*}organizations/{*}organization"))

    def signs(self, resource: Resource | None = None) -> ManifestSigns:
        """Return what it says of versions, for detection."""
        return signs_of(self.root, None if resource is None else resource.type)


def read_manifest(document: Document) -> Manifest:
    """Return a manifest. Raises Malformed where a document is none.

    >>> from shared.standards.qti.documents.document import parse
    >>> resource = b'<resource identifier="r" type="imsqti_item_xmlv2p1" href="a.xml"/>'
    >>> manifest = read_manifest(parse(b"<manifest><resources>%b</resources></manifest>" % resource))
    >>> [(one.identifier, one.main) for one in manifest.resources]
    [('r', 'a.xml')]
    """
    if document.kind != "manifest":
        raise Malformed(
            f"{document.kind} is no manifest",
            rule="IMS CP 1.2, manifest",
            place=place_of(document.root, document.file),
        )
    return Manifest(document)


def _resource(element: Element) -> Resource:
    base = _base(element)
    return Resource(
        identifier=element.get("identifier", "").strip(),
        type=element.get("type", "").strip(),
        href=_address(base, element.get("href")),
        files=tuple(_address(base, file.get("href")) for file in element.iterchildren("{*}file")),
        dependencies=tuple(
            one.get("identifierref", "").strip() for one in element.iterchildren("{*}dependency")
        ),
        alignments=tuple(
            one for holder in element.iterchildren("{*}metadata") for one in alignments_of(holder)
        ),
        metadata=next((metadata_of(holder) for holder in element.iterchildren("{*}metadata")), Metadata()),
        element=element,
    )


def _base(element: Element) -> str:
    """Return the base addresses of a resource and what is around it, joined (XML Base)."""
    around = [*reversed([above.get(_XML_BASE, "") for above in element.iterancestors()])]
    base = "".join((*around, element.get(_XML_BASE, "")))
    if len(base) > _LONGEST:
        message = f"base addresses of {len(base)} characters; at most {_LONGEST} are read"
        raise Refused(message, rule="limits of a manifest", place=place_of(element))
    return base


def _address(base: str, href: str | None) -> str:
    return f"{base}{href.strip()}" if href and href.strip() else ""


def _unit(element: Element) -> Unit:
    """Return an organization; the parser bounds how deep it may be."""
    return Unit(
        identifier=element.get("identifier", ""),
        title=element.findtext("{*}title", "").strip(),
        resource=element.get("identifierref", ""),
        units=tuple(_units(element)),
    )


def _units(element: Element) -> Iterator[Unit]:
    return (_unit(child) for child in element.iterchildren("{*}item"))
