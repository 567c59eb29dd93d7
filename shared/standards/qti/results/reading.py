"""An XML document to an assessment result, whichever version and namespace it is written in.

Results keep the spelling of 2.x in all versions; 3.0 spells two attributes its own way. OpenOLAT writes
results in the namespace of items.
"""

from collections.abc import Iterator
from typing import Final, cast

from shared.standards.qti.documents.document import Document
from shared.standards.qti.documents.element import (
    Element,
    attribute,
    child_named,
    children,
    children_named,
    name_of,
    text_of,
)
from shared.standards.qti.documents.noticing import Noticing
from shared.standards.qti.faults import Malformed, Place
from shared.standards.qti.results.attributes import integer_attribute, other_attributes, required
from shared.standards.qti.results.model import (
    AssessmentResult,
    Context,
    ItemResult,
    ResultVariable,
    SessionIdentifier,
    SessionStatus,
    TestResult,
)
from shared.standards.qti.results.variables import VARIABLES, read_variable

_RULE: Final = "Results Reporting 3.0"
_STATUSES: Final = frozenset(
    ("final", "initial", "pendingExternalScoring", "pendingResponseProcessing", "pendingSubmission")
)
_TEST: Final = ("identifier", "datestamp")
_ITEM: Final = (*_TEST, "session-status", "sequence-index")


def read_result(document: Document, *, strict: bool = False) -> AssessmentResult:
    """Return the assessment result that a document holds.

    What breaks the standard and can be worked around is noted; with `strict` it raises Invalid. Raises
    Malformed for a document of another kind.

    >>> from shared.standards.qti.documents.document import parse
    >>> result = read_result(parse(
    ...     b'<assessmentResult><context sourcedId="c1"/><itemResult identifier="i1" sessionStatus="final"'
    ...     b' datestamp="2026-01-01T10:00:00"><outcomeVariable identifier="SCORE" cardinality="single"'
    ...     b' baseType="float"><value>2</value></outcomeVariable></itemResult></assessmentResult>'))
    >>> result.context.sourced_id, result.items[0].value("SCORE")
    ('c1', 2.0)
    """
    if document.kind != "assessmentResult":
        raise Malformed(
            f"{document.kind or 'this'} is no assessmentResult", rule=_RULE, place=Place(document.file)
        )
    noticing = Noticing(document.file, strict)
    root = document.root
    test = child_named(root, "testResult")
    return AssessmentResult(
        _context(child_named(root, "context"), root, noticing),
        None if test is None else _test(test, noticing),
        tuple(_item(item, noticing) for item in children_named(root, "itemResult")),
        (*document.notices, *noticing.notices),
    )


def _context(element: Element | None, root: Element, noticing: Noticing) -> Context:
    if element is None:
        noticing.error(root, "no context", rule=_RULE)
        return Context()
    sessions = tuple(
        SessionIdentifier(session.get("sourceID", ""), session.get("identifier", ""))
        for session in children_named(element, "sessionIdentifier")
    )
    return Context(attribute(element, "sourced-id"), sessions)


def _test(element: Element, noticing: Noticing) -> TestResult:
    return TestResult(
        required(element, "identifier", noticing),
        required(element, "datestamp", noticing),
        tuple(_variables(element, noticing)),
        other_attributes(element, _TEST),
        _extensions(element),
    )


def _item(element: Element, noticing: Noticing) -> ItemResult:
    comment = child_named(element, "candidateComment")
    return ItemResult(
        required(element, "identifier", noticing),
        required(element, "datestamp", noticing),
        _status(element, noticing),
        tuple(_variables(element, noticing)),
        integer_attribute(element, "sequence-index", noticing),
        None if comment is None else text_of(comment),
        other_attributes(element, _ITEM),
        _extensions(element),
    )


def _status(element: Element, noticing: Noticing) -> SessionStatus:
    status = required(element, "session-status", noticing)
    if status in _STATUSES:
        return cast("SessionStatus", status)
    if status:
        noticing.error(element, f"sessionStatus {status!r} is read as final", rule=_RULE)
    return "final"


def _variables(element: Element, noticing: Noticing) -> Iterator[ResultVariable]:
    for child in children(element):
        kind = VARIABLES.get(name_of(child))
        if kind is not None:
            yield read_variable(child, kind, noticing)


def _extensions(element: Element) -> tuple[Element, ...]:
    return tuple(
        child
        for child in children(element)
        if name_of(child) not in VARIABLES and name_of(child) != "candidateComment"
    )
