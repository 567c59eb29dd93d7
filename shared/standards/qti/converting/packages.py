"""Whole packages from one version to another, a file at a time."""

from collections.abc import Iterable, Iterator
from posixpath import basename
from typing import Final, Protocol

from shared.standards.qti.converting.conversion import Converted
from shared.standards.qti.converting.manifests import convert_manifest
from shared.standards.qti.converting.to_2_x import to_2_x
from shared.standards.qti.converting.to_3_0 import can_convert, to_3_0
from shared.standards.qti.documents.document import Document
from shared.standards.qti.faults import Notice, Place, QtiError
from shared.standards.qti.writing.manifests import Listed, listed, write_manifest
from shared.standards.qti.writing.serialising import serialise
from shared.standards.qti.writing.zips import PackagedFile

_MANIFEST: Final = "imsmanifest.xml"
_XML: Final = (".xml", ".qti")


class Files(Protocol):
    """The files of a package, as `open_package` gives them."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all files."""
        ...

    def stream(self, name: str) -> Iterator[bytes]:
        """Yield the bytes of a file in pieces."""
        ...

    def document(self, name: str) -> Document:
        """Return a file as a document. Raises QtiError."""
        ...


class PackageConversion:
    """A package on its way to a version. `notices` is complete when all files were taken.

    >>> from types import SimpleNamespace
    >>> package = SimpleNamespace(names=("a.css",), stream=lambda name: [b"p{}"])
    >>> [name for name, _ in PackageConversion(package, "3.0").files()]
    ['a.css', 'imsmanifest.xml']

    Documents of QTI and the manifest are converted, all other files come along as they are. A package without
    a manifest gets one.
    """

    def __init__(self, package: Files, version: str) -> None:
        """Take the files and the version to write: 3.0, 2.2 or 2.1."""
        self.notices: Final[list[Notice]] = []
        self._package = package
        self._version = version

    def files(self) -> Iterator[PackagedFile]:
        """Yield the files of the new package, its manifest last where it is a new one."""
        written: list[Listed] = []
        has_manifest = False
        for name in self._package.names:
            if basename(name).lower() == _MANIFEST:
                has_manifest = True
                yield name, [serialise(convert_manifest(self._package.document(name), self._version))]
                continue
            document = self._converted(name)
            if document is None:
                written.append(Listed(name))
                yield name, self._package.stream(name)
            else:
                written.append(listed(document, self._version))
                yield name, [serialise(document)]
        if not has_manifest:
            yield _MANIFEST, [write_manifest("package", written, self._version)]

    def _converted(self, name: str) -> Document | None:
        """Return a document of QTI in the new version, None for any other file."""
        if not name.lower().endswith(_XML):
            return None
        try:
            document = self._package.document(name)
        except QtiError as error:
            message = f"{error.message}; it comes along as it is"
            self.notices.append(Notice(message, error.rule, Place(name, error.place.line), "error"))
            return None
        if not can_convert(document):
            if document.kind == "questestinterop":
                message = "QTI 1.2 comes along as it is: its items have to be read one by one"
                self.notices.append(Notice(message, "QTI 1.2 ASI", Place(name), "error"))
            return None
        converted = convert_to(document, self._version)
        self.notices.extend(converted.notices)
        return converted.document


def convert_to(document: Document, version: str) -> Converted:
    """Return a document of any version from 2.0 on in another: 3.0, 2.2 or 2.1.

    >>> from shared.standards.qti import parse
    >>> convert_to(parse(b"<assessmentItem/>"), "3.0").document.root.prefix is None
    True
    """
    if version == "3.0":
        return to_3_0(document)
    return to_2_x(document, "2.1" if version == "2.1" else "2.2")


def package_of(
    documents: Iterable[Document], assets: Iterable[PackagedFile], version: str
) -> Iterator[PackagedFile]:
    """Yield the files of a package of documents, which are of the version already, and of what they refer to.

    >>> from shared.standards.qti import parse
    >>> item = parse(b"<qti-assessment-item identifier='i'/>", file="i.xml")
    >>> [name for name, _ in package_of([item], [("a.css", [b""])], "3.0")]
    ['i.xml', 'a.css', 'imsmanifest.xml']
    """
    written: list[Listed] = []
    for document in documents:
        written.append(listed(document, version))
        yield document.file, [serialise(document)]
    for name, pieces in assets:
        written.append(Listed(name))
        yield name, pieces
    yield _MANIFEST, [write_manifest("package", written, version)]
