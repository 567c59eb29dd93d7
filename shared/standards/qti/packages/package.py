"""A package: its files, its manifest, and the documents of QTI in it, read one at a time."""

from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from posixpath import basename, dirname
from typing import Final

from shared.standards.qti.detecting.detection import detect
from shared.standards.qti.detecting.model import Detection
from shared.standards.qti.documents.document import Document, parse
from shared.standards.qti.documents.element import local_name
from shared.standards.qti.faults import Malformed, Notice, Place, QtiError, Refused
from shared.standards.qti.limits import LIMITS, Limits
from shared.standards.qti.packages.alignments import Alignment
from shared.standards.qti.packages.manifest import Manifest, Resource, read_manifest
from shared.standards.qti.packages.references import Addresses, is_remote
from shared.standards.qti.packages.sources import SingleSource, Source, source_of

MANIFEST: Final = "imsmanifest.xml"
_XML: Final = (".xml", ".qti", ".dat")


class Package:
    """A content package, cartridge, result archive, or document by itself. Nothing is kept of what is read.

    `notices` tells what was found while it was read, such as documents that can't be.

    >>> package: Package = open_package(b"<assessmentItem>", name="a.xml")
    >>> list(package.documents()), len(package.notices)
    ([], 1)
    """

    def __init__(self, source: Source, *, name: str = "", limits: Limits = LIMITS) -> None:
        self.name = name
        self._noted: dict[Notice, None] = {}
        self._source = source
        self._limits = limits
        self._addresses = Addresses(self.names)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of its files, in order."""
        return tuple(name for name in self._source.sizes if not name.endswith("/"))

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What was found so far while it was read."""
        return tuple(self._noted)

    @property
    def entries(self) -> int:
        """How many entries there are, folders included."""
        return len(self._source.sizes)

    @property
    def unpacked(self) -> int:
        """The bytes of all files."""
        return sum(self._source.sizes.values())

    def stream(self, name: str) -> Iterator[bytes]:
        """Yield the bytes of a file, a megabyte at most at a time. Raises KeyError for a file it lacks."""
        return self._source.stream(name)

    def read(self, name: str, *, most: int | None = None) -> bytes:
        """Return a file. Raises Refused where it is longer than a document, or than `most`, may be."""
        bound = self._limits.document_bytes if most is None else most
        if self._source.sizes[name] > bound:
            message = f"{self._source.sizes[name]} bytes; at most {bound} are read"
            raise Refused(message, rule="limits.document_bytes", place=Place(name))
        return b"".join(self.stream(name))

    def document(self, name: str) -> Document:
        """Return a file as a document, parsed anew at each call."""
        return parse(self.read(name), file=name, limits=self._limits)

    @cached_property
    def manifest_names(self) -> tuple[str, ...]:
        """The manifests in it, the one that counts first: that nearest to the top."""
        found = (name for name in self.names if basename(name).lower() == MANIFEST)
        return tuple(sorted(found, key=lambda name: name.count("/")))

    @cached_property
    def manifest(self) -> Manifest | None:
        """The manifest, None where the package has none."""
        if not self.manifest_names:
            return None
        return read_manifest(self.document(self.manifest_names[0]))

    @cached_property
    def folder(self) -> str:
        """The folder that addresses in the manifest are relative to: that of the manifest."""
        return dirname(self.manifest_names[0]) if self.manifest_names else ""

    def resolve(self, href: str, *, beside: str | None = None) -> str | None:
        """Return the file that an address in the manifest names, or one in the file `beside`."""
        return self._addresses.resolve(href, base=self.folder if beside is None else dirname(beside))

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """The addresses of files that the manifest names and the package lacks; remote ones do not count."""
        resources = self.manifest.resources if self.manifest else ()
        named = dict.fromkeys(href for one in resources for href in (one.href, *one.files) if href)
        return tuple(href for href in named if not is_remote(href) and self.resolve(href) is None)

    @cached_property
    def resources_by_file(self) -> dict[str, Resource]:
        """The resource that each main file is of."""
        found: dict[str, Resource] = {}
        for resource in self.manifest.resources if self.manifest else ():
            for href in (resource.main, *(file for file in resource.files if file.lower().endswith(".qti"))):
                name = self.resolve(href) if href else None
                if name is not None:
                    found.setdefault(name, resource)
        return found

    @cached_property
    def alignments_by_part(self) -> dict[str, list[tuple[Resource, Alignment]]]:
        """The alignments that name a part of their resource, by that part."""
        found: dict[str, list[tuple[Resource, Alignment]]] = {}
        for resource in self.manifest.resources if self.manifest else ():
            for one in resource.alignments:
                if one.part:
                    found.setdefault(one.part, []).append((resource, one))
        return found

    def documents(self) -> Iterator[Document]:
        """Yield each XML document that can be read, but for manifests; a notice tells of each that can't."""
        alone = isinstance(self._source, SingleSource)
        for name in self.names:
            if alone or (_may_be_document(name) and name not in self.manifest_names):
                try:
                    yield self.document(name)
                except QtiError as error:
                    place = error.place if error.place.file else Place(name)
                    self.note(Notice(error.message, error.rule, place, "error"))

    def detect(self, document: Document) -> Detection:
        """Return what a document of the package is, by its own signs and those of the manifest."""
        if self.manifest is None:
            return detect(document)
        resource = self.resources_by_file.get(document.file)
        return detect(document, self.manifest.signs(resource)) if resource else detect(document)

    def facts(self) -> dict[str, object]:
        """Return counts of what is in it: entries, bytes, roots, and what the manifest says."""
        roots = Counter(local_name(document.root) for document in self.documents())
        roots.update(["manifest"] * len(self.manifest_names))
        told: dict[str, object] = {
            "entries": self.entries,
            "bytes": self.unpacked,
            "roots": dict(roots),
            "manifests": len(self.manifest_names),
        }
        if self.manifest is not None:
            told["manifest_ns"] = self.manifest.namespace
            told["resource_types"] = dict(Counter(one.type for one in self.manifest.resources))
            told["missing_files"] = len(self.missing)
            told["schemaversion"] = self.manifest.schema_version
        return told

    def note(self, notice: Notice) -> None:
        """Add a notice, once: a package may be read several times."""
        self._noted[notice] = None


def open_package(given: Path | bytes, *, name: str = "", limits: Limits = LIMITS) -> Package:
    """Return a package: a zip, a folder, a folder named by its manifest, or a document by itself.

    Raises Refused where it is unsafe or breaks a limit, Malformed where it is damaged.

    >>> package = open_package(b"<assessmentItem/>", name="item.xml")
    >>> package.names, package.manifest
    (('item.xml',), None)
    """
    known = name or (given.name if isinstance(given, Path) else "package")
    source = source_of(given, known, limits)
    if not source.sizes:
        raise Malformed("nothing is in it", rule="IMS CP 1.2, package", place=Place(known))
    return Package(source, name=known, limits=limits)


def _may_be_document(name: str) -> bool:
    """Say whether a file is XML by its name; what macOS puts beside each file is named like it and is not."""
    left_by_system = name.startswith("__MACOSX/") or basename(name).startswith("._")
    return name.lower().endswith(_XML) and not left_by_system
