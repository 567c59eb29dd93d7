"""A document to the plan of a test."""

from collections.abc import Mapping
from typing import Final, cast

from shared.standards.qti.assessments.control import Control, read_control, read_time_limits
from shared.standards.qti.assessments.nodes import read_feedback, read_rubric_blocks, rules_of
from shared.standards.qti.assessments.plan import (
    NavigationMode,
    Part,
    Plan,
    SubmissionMode,
)
from shared.standards.qti.assessments.sections import SectionReader
from shared.standards.qti.declarations.declaration import declarations_of
from shared.standards.qti.documents.document import Document
from shared.standards.qti.documents.element import Element, attribute, child_named, children_named
from shared.standards.qti.documents.noticing import Noticing
from shared.standards.qti.faults import Malformed, Place

_NO_SECTIONS: Final[Mapping[str, Document]] = {}
_RULE: Final = "QTI 3.0, AssessmentTest"
_PART_RULE: Final = "QTI 3.0, TestPart"


def read_plan(
    document: Document, *, sections: Mapping[str, Document] = _NO_SECTIONS, strict: bool = False
) -> Plan:
    """Return the plan of a test. `sections` holds what section references refer to, by href.

    Raises Malformed for a document of another kind, Invalid for what leaves open what is tested or how: parts
    or references without identifier or href, identifiers used twice, numbers that are none.

    >>> from shared.standards.qti import parse
    >>> plan = read_plan(parse(
    ...     b'<assessmentTest identifier="t"><testPart identifier="p" navigationMode="linear"'
    ...     b' submissionMode="individual"><assessmentSection identifier="s" title="" visible="true">'
    ...     b'<assessmentItemRef identifier="i" href="i.xml"/></assessmentSection>'
    ...     b'</testPart></assessmentTest>'))
    >>> [ref.href for ref in plan.item_refs()]
    ['i.xml']
    """
    if document.kind != "qti-assessment-test":
        raise Malformed(f"{document.kind or 'this'} is no test", rule=_RULE, place=Place(document.file))
    root = document.root
    noticing = Noticing(document.file, strict)
    reader = SectionReader(sections, noticing, set())
    parts = tuple(_part(part, reader) for part in children_named(root, "qti-test-part"))
    if not parts:
        raise noticing.invalid(root, "a test without parts", rule=_RULE)
    return Plan(
        attribute(root, "identifier") or "",
        attribute(root, "title") or "",
        root,
        read_time_limits(root, noticing),
        tuple(declarations_of(root)),
        parts,
        read_rubric_blocks(root),
        read_feedback(root, noticing),
        child_named(root, "qti-outcome-processing"),
        document.file,
        (*document.notices, *noticing.notices),
    )


def _part(element: Element, reader: SectionReader) -> Part:
    noticing = reader.noticing
    control = read_control(element, Control(), noticing)
    preconditions, branches = rules_of(element, noticing)
    return Part(
        reader.unique(element),
        element,
        preconditions,
        branches,
        control,
        read_time_limits(element, noticing),
        cast("NavigationMode", _mode(element, "navigation-mode", ("linear", "nonlinear"), noticing)),
        cast("SubmissionMode", _mode(element, "submission-mode", ("individual", "simultaneous"), noticing)),
        read_rubric_blocks(element),
        read_feedback(element, noticing),
        tuple(reader.sections(element, control)),
    )


def _mode(element: Element, name: str, modes: tuple[str, str], noticing: Noticing) -> str:
    mode = attribute(element, name)
    if mode in modes:
        return mode
    if mode is not None:
        raise noticing.invalid(element, f"{name} {mode!r} is none of {', '.join(modes)}", rule=_PART_RULE)
    noticing.error(element, f"no {name}: {modes[0]} is taken", rule=_PART_RULE)
    return modes[0]
