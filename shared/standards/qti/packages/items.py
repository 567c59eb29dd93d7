"""The items of a package as records: what each is, where it stands, what it is aligned to."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from shared.standards.qti.detecting.model import Detection
from shared.standards.qti.documents.document import Document
from shared.standards.qti.documents.element import attribute
from shared.standards.qti.faults import Notice, Place, QtiError
from shared.standards.qti.packages.alignments import Alignment, alignments_of
from shared.standards.qti.packages.manifest import Resource
from shared.standards.qti.packages.metadata import Metadata, metadata_of
from shared.standards.qti.packages.package import Package
from shared.standards.qti.questestinterop.items import ImportedItem
from shared.standards.qti.questestinterop.reading import read_questestinterop

type _InFiles = dict[str, tuple[Alignment, ...]]

_ASSESSMENT: Final = "imsqti_xmlv1p2/imscc"
_CANVAS: Final = ".xml.qti"


@dataclass(frozen=True, slots=True)
class ItemRecord:
    """An item of any version: `document` is an item of 2.x as it is written, or of 3.0.

    What was 1.2 is a document of 3.0, and `imported` holds what the file said beside it. `alignments` are
    those of its resource, those that name it as a part of a resource, and those of metadata files that its
    resource depends on.

    >>> from shared.standards.qti.packages.package import open_package
    >>> (found,) = items_of(open_package(b'<questestinterop><item ident="q1"/></questestinterop>'))
    >>> isinstance(found, ItemRecord), found.identifier, found.detection.version, found.document.kind
    (True, 'q1', '1.2', 'qti-assessment-item')
    """

    identifier: str
    title: str
    file: str
    document: Document
    detection: Detection
    alignments: tuple[Alignment, ...] = ()
    metadata: Metadata = field(default_factory=Metadata)
    resource: Resource | None = None
    imported: ImportedItem | None = None


def items_of(package: Package) -> Iterator[ItemRecord]:
    """Yield the items of a package, one document at a time; notices of the package tell what can't be read.

    >>> from shared.standards.qti.packages.package import open_package
    >>> item = b'<assessmentItem identifier="i-1" title="Tides"/>'
    >>> [(item.identifier, item.title) for item in items_of(open_package(item, name="a.xml"))]
    [('i-1', 'Tides')]
    """
    replaced = replaced_quizzes(package)
    in_files: _InFiles = {}
    for document in package.documents():
        if document.file in replaced:
            message = f"{replaced[document.file]} holds the same quiz in full and is read for it"
            package.note(Notice(message, "Common Cartridge, quizzes of Canvas", Place(document.file)))
        elif document.kind == "qti-assessment-item":
            yield _record(package, document, in_files)
        elif document.kind == "questestinterop":
            yield from _records(package, document)


def replaced_quizzes(package: Package) -> dict[str, str]:
    """Return the quizzes that Canvas wrote twice into a cartridge, by file, with the file of the fuller one.

    What a cartridge can't say of a quiz is only in the other file, which a dependency of the quiz names.

    >>> from shared.standards.qti.packages.package import open_package
    >>> replaced_quizzes(open_package(b"<questestinterop/>"))
    {}
    """
    found: dict[str, str] = {}
    for quiz in package.manifest.resources if package.manifest else ():
        if quiz.type.startswith(_ASSESSMENT) and (name := package.resolve(quiz.main)):
            files = (file for one in _needed(package, quiz) for file in one.files)
            fuller = (package.resolve(file) for file in files if file.lower().endswith(_CANVAS))
            found.update((name, inside) for inside in list(fuller)[:1] if inside is not None)
    return found


def _needed(package: Package, resource: Resource) -> list[Resource]:
    """Return the resources that a resource depends on."""
    known = package.manifest.by_identifier if package.manifest else {}
    return [known[identifier] for identifier in resource.dependencies if identifier in known]


def _record(package: Package, document: Document, in_files: _InFiles) -> ItemRecord:
    root, resource = document.root, package.resources_by_file.get(document.file)
    identifier = attribute(root, "identifier") or ""
    own = () if resource is None else (*resource.alignments, *_told_beside(package, resource, in_files))
    return ItemRecord(
        identifier=identifier,
        title=attribute(root, "title") or "",
        file=document.file,
        document=document,
        detection=package.detect(document),
        alignments=(*own, *alignments_of(root), *_as_part(package, identifier, resource)),
        metadata=resource.metadata if resource else metadata_of(root),
        resource=resource,
    )


def _records(package: Package, document: Document) -> Iterator[ItemRecord]:
    """Yield the items of a file of 1.2; a notice tells why one can't be read as it says."""
    resource, detection = package.resources_by_file.get(document.file), package.detect(document)
    imported = read_questestinterop(document)
    for notice in (*imported.notices, *map(_refusal, imported.refused)):
        package.note(notice)
    for item in imported.items:
        names = dict.fromkeys((item.original.get("ident", "").strip(), item.identifier))
        yield ItemRecord(
            identifier=item.identifier,
            title=item.title,
            file=document.file,
            document=item.document,
            detection=detection,
            alignments=tuple(one for name in names for one in _as_part(package, name, None)),
            resource=resource,
            imported=item,
        )


def _refusal(error: QtiError) -> Notice:
    return Notice(error.message, error.rule, error.place, "error")


def _told_beside(package: Package, resource: Resource, in_files: _InFiles) -> Iterator[Alignment]:
    """Yield the alignments in metadata files that a resource depends on; each file is read once."""
    for other in _needed(package, resource):
        name = package.resolve(other.main) if "metadata" in other.type else None
        if name is not None:
            if name not in in_files:
                in_files[name] = _in_file(package, name)
            yield from in_files[name]


def _in_file(package: Package, name: str) -> tuple[Alignment, ...]:
    try:
        root = package.document(name).root
    except QtiError as error:
        package.note(_refusal(error))
        return ()
    return tuple(alignments_of(root))


def _as_part(package: Package, identifier: str, own: Resource | None) -> tuple[Alignment, ...]:
    """Return the alignments of other resources that name an item as their part, as those of tests do."""
    named = package.alignments_by_part.get(identifier, ())
    return tuple(alignment for resource, alignment in named if resource is not own)
