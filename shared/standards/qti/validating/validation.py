"""All checks of a document, and a report that says which of them ran."""

from collections.abc import Iterator
from dataclasses import dataclass

from shared.standards.qti.detecting.detection import detect
from shared.standards.qti.detecting.model import Detection
from shared.standards.qti.documents.document import Document
from shared.standards.qti.faults import Invalid, Notice, Place, Severity
from shared.standards.qti.questestinterop.reading import read_questestinterop
from shared.standards.qti.validating.references import check_references
from shared.standards.qti.validating.schemas import SchemaFault, SchemaFolder
from shared.standards.qti.validating.structure import can_check, check_structure


@dataclass(frozen=True, slots=True)
class Report:
    """What was found in a document, by which checks; `skipped` says why others did not run.

    >>> Report("a.xml", ran=("structure",), skipped=(), notices=()).is_valid
    True
    """

    file: str
    ran: tuple[str, ...]
    skipped: tuple[str, ...]
    notices: tuple[Notice, ...]

    @property
    def is_valid(self) -> bool:
        """Whether nothing breaks the standard, as far as the checks that ran can tell."""
        return not any(notice.severity == "error" for notice in self.notices)


def validate(
    document: Document,
    *,
    detection: Detection | None = None,
    schemas: SchemaFolder | None = None,
    strict: bool = False,
) -> Report:
    """Return the report on a document. The structural checks run always, the schema where a folder has it.

    Raises Invalid for the first notice of severity error when `strict`.

    >>> from shared.standards.qti.documents.document import parse
    >>> report = validate(parse(b'<assessmentItem identifier="i" title="t" timeDependent="false"/>'))
    >>> report.is_valid, report.ran, report.skipped
    (True, ('structure', 'references'), ('schema: no folder of schemas is given',))
    """
    found = detection or detect(document)
    ran, skipped = list[str](), list[str]()
    notices = [*document.notices, *_signs(document, found), *_own_checks(document, ran, skipped)]
    notices += _schema_check(document, found, schemas, ran, skipped)
    report = Report(document.file, tuple(ran), tuple(skipped), tuple(notices))
    if strict:
        _raise_first(report)
    return report


def _raise_first(report: Report) -> None:
    for notice in report.notices:
        if notice.severity == "error":
            raise Invalid(notice.message, rule=notice.rule, place=notice.place)


def _signs(document: Document, found: Detection) -> Iterator[Notice]:
    place = Place(document.file)
    for message in found.contradictions:
        yield Notice(message, "signs of the version", place, _severity(message))
    for message in found.warnings:
        yield Notice(message, "signs of the version", place)


def _severity(contradiction: str) -> Severity:
    """Return how grave a contradiction is: names in a namespace that is not theirs are no QTI."""
    of_namespace = contradiction.startswith("the namespace ") or ", namespace says" in contradiction
    return "error" if of_namespace else "warning"


def _own_checks(document: Document, ran: list[str], skipped: list[str]) -> Iterator[Notice]:
    if document.kind == "questestinterop":
        ran.append("reading")
        yield from _read_1_2(document)
        return
    if not can_check(document):
        skipped.append(f"structure: {document.kind} is not an item, test, section or stimulus of 2.x or 3.0")
        return
    ran += ["structure", "references"]
    yield from check_structure(document)
    yield from check_references(document)


def _read_1_2(document: Document) -> Iterator[Notice]:
    """Yield what reading a file of 1.2 finds, and each item that can't be scored as it says."""
    imported = read_questestinterop(document)
    yield from (notice for notice in imported.all_notices if notice not in document.notices)
    for refused in imported.refused:
        yield Notice(refused.message, refused.rule, refused.place, "error")


def _schema_check(
    document: Document, found: Detection, schemas: SchemaFolder | None, ran: list[str], skipped: list[str]
) -> tuple[Notice, ...]:
    if schemas is None:
        skipped.append("schema: no folder of schemas is given")
        return ()
    file = schemas.find(found)
    if file is None:
        skipped.append(f"schema: the folder has none for {found.kind} of {found.version}")
        return ()
    try:
        notices = schemas.check(document, file)
    except SchemaFault as fault:
        skipped.append(f"schema: {fault}")
        return ()
    ran.append(f"schema {file}")
    return notices
