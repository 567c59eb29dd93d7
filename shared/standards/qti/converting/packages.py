"""Whole packages from one version to another, a file at a time."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Final

from shared.standards.qti.converting.conversion import Converted
from shared.standards.qti.converting.imports import documents_of
from shared.standards.qti.converting.manifests import convert_manifest
from shared.standards.qti.converting.stimuli import with_stimuli
from shared.standards.qti.converting.to_2_x import to_2_x
from shared.standards.qti.converting.to_3_0 import can_convert, to_3_0
from shared.standards.qti.documents.document import Document
from shared.standards.qti.faults import Notice, Place, QtiError
from shared.standards.qti.packages.items import replaced_quizzes
from shared.standards.qti.packages.package import MANIFEST, Package
from shared.standards.qti.packages.references import Addresses
from shared.standards.qti.questestinterop.canvas.writing import write_questestinterop
from shared.standards.qti.writing.manifests import Listed, listed, write_manifest
from shared.standards.qti.writing.serialising import serialise
from shared.standards.qti.writing.zips import PackagedFile

_XML: Final = (".xml", ".qti", ".dat")


class PackageConversion:
    """A package on its way to a version. `notices` is complete when all files were taken.

    Documents of QTI and the manifest are converted, all other files come along as they are. Files of QTI 1.2
    become folders of documents; then, and where there is none, the package gets a new manifest.

    >>> from shared.standards.qti import open_package
    >>> package = open_package(b"<assessmentItem identifier='i'/>", name="i.xml")
    >>> [name for name, _ in PackageConversion(package, "3.0").files()]
    ['i.xml', 'imsmanifest.xml']
    """

    def __init__(self, package: Package, version: str) -> None:
        """Take the files and the version to write: 3.0, 2.2 or 2.1."""
        self.notices: Final[list[Notice]] = []
        self._package = package
        self._version = version
        self._addresses = Addresses(package.names)
        self._replaced = replaced_quizzes(package)
        self._has_imported = False

    def files(self) -> Iterator[PackagedFile]:
        """Yield the files of the new package, its manifest last. Raises Malformed for a broken manifest."""
        written: list[Listed] = []
        for name in self._package.names:
            if name in self._package.manifest_names or name in self._replaced:
                continue
            documents = self._documents(name)
            if documents is None:
                written.append(Listed(name))
                yield name, self._package.stream(name)
                continue
            for document in documents:
                converted = convert_to(self._complete(document), self._version)
                self.notices.extend(converted.notices)
                written.append(listed(converted.document, self._version))
                yield document.file, [serialise(converted.document)]
        yield from self._manifests(written)

    def _documents(self, name: str) -> Iterable[Document] | None:
        """Return the documents of QTI that a file holds, None for any other file."""
        if not name.lower().endswith(_XML):
            return None
        try:
            document = self._package.document(name)
        except QtiError as error:
            message = f"{error.message}; it comes along as it is"
            self.notices.append(Notice(message, error.rule, Place(name, error.place.line), "error"))
            return None
        if document.kind == "questestinterop":
            self._has_imported = True
            return documents_of(document, self._addresses, self.notices)
        return [document] if can_convert(document) else None

    def _complete(self, document: Document) -> Document:
        """Return what to convert: for 2.1, which has no shared stimuli, an item with those it refers to."""
        if self._version != "2.1" or document.kind != "qti-assessment-item":
            return document
        modern = to_3_0(document)
        self.notices.extend(modern.notices)
        return with_stimuli(modern.document, partial(self._stimulus, document.file))

    def _stimulus(self, beside: str, address: str) -> Document | None:
        name = self._package.resolve(address, beside=beside)
        try:
            return None if name is None else to_3_0(self._package.document(name)).document
        except QtiError as error:
            self.notices.append(Notice(error.message, error.rule, error.place, "error"))
            return None

    def _manifests(self, written: list[Listed]) -> Iterator[PackagedFile]:
        names = self._package.manifest_names
        if names and not self._has_imported:
            for name in names:
                yield name, [serialise(convert_manifest(self._package.document(name), self._version))]
            return
        if names:
            message = "organizations and metadata of the manifest: files of QTI 1.2 became others"
            self.notices.append(Notice(message, "IMS CP 1.2, manifest", Place(names[0]), "loss"))
        yield MANIFEST, [write_manifest("package", written, self._version)]


def convert_to(document: Document, version: str) -> Converted:
    """Return a document of any version from 2.0 on in another: 3.0, 2.2 or 2.1.

    >>> from shared.standards.qti import parse
    >>> convert_to(parse(b"<assessmentItem/>"), "3.0").document.root.prefix is None
    True
    """
    if version == "3.0":
        return to_3_0(document)
    return to_2_x(document, "2.1" if version == "2.1" else "2.2")


def canvas_package(
    documents: Iterable[Document], assets: Iterable[PackagedFile], *, title: str, notices: list[Notice]
) -> Iterator[PackagedFile]:
    """Yield the files of a package of QTI 1.2 that Canvas imports: one quiz, or one bank called `title`.

    Documents may be of any version from 2.0 on. What is lost on the way is added to the notices.

    >>> from shared.standards.qti import parse
    >>> item = parse(b"<assessmentItem identifier='i' title='t'/>", file="i.xml")
    >>> [name for name, _ in canvas_package([item], [], title="Tides", notices=[])]
    ['quiz.xml', 'imsmanifest.xml']
    """
    modern = [to_3_0(document) for document in documents]
    written = write_questestinterop([each.document for each in modern], title=title)
    notices.extend(notice for each in (*modern, written) for notice in each.notices)
    yield from package_of([written.document], assets, "1.2")


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
    yield MANIFEST, [write_manifest("package", written, version)]
