"""Checks what an item says against itself: that what is named is declared, once, and of the right kind.

Schemas can't see this, and it breaks scores: a response that nothing declares, a key that no choice has.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from shared.standards.qti.declarations.declaration import declarations_of
from shared.standards.qti.documents.document import Document
from shared.standards.qti.documents.element import (
    Element,
    attribute,
    child_named,
    children_named,
    descendants_named,
    name_of,
    place_of,
    text_of,
)
from shared.standards.qti.faults import Invalid, Notice, Severity
from shared.standards.qti.interactions.bindings import check_binding
from shared.standards.qti.interactions.interaction import interactions_of
from shared.standards.qti.vocabulary.elements import CHOICES, INTERACTIONS

_DECLARED: Final = {
    "qti-response-declaration": "response",
    "qti-outcome-declaration": "outcome",
    "qti-template-declaration": "template",
    "qti-context-declaration": "context",
}
_BUILT_IN: Final = frozenset(
    ("duration", "numAttempts", "completionStatus", "completion_status", "QTI_CONTEXT")
)
"""Variables that every item has (QTI 3.0 information model, built-in variables)."""

_ANY: Final = frozenset(_DECLARED.values())
_NAMES_A: Final[dict[str, tuple[str, frozenset[str]]]] = {
    "qti-variable": ("identifier", _ANY),
    "qti-default": ("identifier", _ANY),
    "qti-correct": ("identifier", frozenset(("response",))),
    "qti-map-response": ("identifier", frozenset(("response",))),
    "qti-map-response-point": ("identifier", frozenset(("response",))),
    "qti-set-outcome-value": ("identifier", frozenset(("outcome",))),
    "qti-lookup-outcome-value": ("identifier", frozenset(("outcome",))),
    "qti-set-template-value": ("identifier", frozenset(("template",))),
    "qti-set-correct-response": ("identifier", frozenset(("response",))),
    "qti-set-default-value": ("identifier", frozenset(("response", "outcome"))),
    "qti-printed-variable": ("identifier", _ANY),
    "qti-modal-feedback": ("outcome-identifier", frozenset(("outcome",))),
    "qti-feedback-block": ("outcome-identifier", frozenset(("outcome",))),
    "qti-feedback-inline": ("outcome-identifier", frozenset(("outcome",))),
    "qti-template-block": ("template-identifier", frozenset(("template",))),
    "qti-template-inline": ("template-identifier", frozenset(("template",))),
}
"""Which attribute of an element names a variable, and of which kinds that may be."""

_NEEDS: Final = {"qti-map-response": "qti-mapping", "qti-map-response-point": "qti-area-mapping"}


@dataclass(frozen=True, slots=True)
class _Variable:
    kind: str
    element: Element


def check_references(document: Document) -> tuple[Notice, ...]:
    """Return what an item names that it does not declare, or declares otherwise. Only items are looked at.

    >>> from shared.standards.qti.documents.document import parse
    >>> rules = b'<responseProcessing><variable identifier="R"/></responseProcessing>'
    >>> [notice.message for notice in check_references(parse(b"<assessmentItem>%b</assessmentItem>" % rules))]
    ['qti-variable names R, which is not declared']
    """
    if document.kind != "qti-assessment-item":
        return ()
    root = document.root
    declarations = list(children_named(root, *_DECLARED))
    declared = {attribute(one, "identifier") or "": _variable(one) for one in declarations}
    faults = (
        *_repeated(declarations, "two variables are called"),
        *_undeclared(root, declared),
        *_choice_faults(root, declared),
    )
    return (*(_notice(document, *fault) for fault in faults), *_bindings(document))


type _Fault = tuple[Element, str, Severity]


def _notice(document: Document, element: Element, message: str, severity: Severity) -> Notice:
    return Notice(message, f"references, {name_of(element)}", place_of(element, document.file), severity)


def _variable(declaration: Element) -> _Variable:
    return _Variable(_DECLARED[name_of(declaration)], declaration)


def _repeated(elements: Iterable[Element], message: str) -> Iterator[_Fault]:
    named = [(attribute(element, "identifier") or "", element) for element in elements]
    counts = Counter(identifier for identifier, _ in named)
    for identifier, element in named:
        if identifier and counts[identifier] > 1:
            counts[identifier] = 0  # named once
            yield element, f"{message} {identifier}", "error"


def _undeclared(root: Element, declared: dict[str, _Variable]) -> Iterator[_Fault]:
    for element in descendants_named(root, *_NAMES_A):
        name = name_of(element)
        key, kinds = _NAMES_A[name]
        identifier = attribute(element, key)
        if not identifier or identifier in _BUILT_IN:
            continue
        variable = declared.get(identifier)
        if variable is None:
            yield element, f"{name} names {identifier}, which is not declared", "error"
        elif variable.kind not in kinds:
            yield element, f"{name} names {identifier}, which is declared as {variable.kind}", "error"
        elif name in _NEEDS and child_named(variable.element, _NEEDS[name]) is None:
            yield element, f"{name} names {identifier}, which has no {_NEEDS[name]}", "error"


def _bindings(document: Document) -> Iterator[Notice]:
    """Yield what is wrong with the responses that interactions are bound to."""
    try:
        declared = {one.identifier: one for one in declarations_of(document.root)}
        interactions = interactions_of(document)
    except Invalid as error:
        yield Notice(error.message, error.rule, error.place, "error")
        return
    for interaction in interactions:
        notice = check_binding(interaction, declared.get(interaction.response_identifier), document.file)
        if notice is not None:
            yield notice


def _choice_faults(root: Element, declared: dict[str, _Variable]) -> Iterator[_Fault]:
    for interaction in descendants_named(root, *INTERACTIONS):
        choices = list(descendants_named(interaction, *CHOICES))
        yield from _repeated(choices, "two choices are called")
        variable = declared.get(attribute(interaction, "response-identifier") or "")
        identifiers = {attribute(choice, "identifier") for choice in choices} - {None}
        if variable is not None and identifiers:
            yield from _unknown_keys(variable.element, identifiers)


def _unknown_keys(declaration: Element, identifiers: set[str | None]) -> Iterator[_Fault]:
    """Yield the correct values that name no choice."""
    correct = child_named(declaration, "qti-correct-response")
    if correct is None or attribute(declaration, "base-type") not in {"identifier", "pair", "directedPair"}:
        return
    for value in children_named(correct, "qti-value"):
        for key in text_of(value).split():
            if key not in identifiers:
                yield value, f"{key} is correct, but no choice is called so", "warning"
