"""Documents of items compiled for scoring."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from shared.standards.qti.declarations.declaration import Declaration, declarations_of
from shared.standards.qti.documents.document import Document
from shared.standards.qti.documents.element import (
    Element,
    attribute,
    children,
    descendants_named,
    is_true,
    name_of,
)
from shared.standards.qti.expressions.compiled import Operator
from shared.standards.qti.expressions.vendor import VENDOR_OPERATORS
from shared.standards.qti.faults import Invalid, Malformed, Notice, Place, QtiError, Refused
from shared.standards.qti.items.built_in import ATTEMPTS, BUILT_IN, COMPLETION, DURATION
from shared.standards.qti.items.compiled_item import CompiledItem
from shared.standards.qti.items.scope import ItemScope
from shared.standards.qti.limits import LIMITS, Limits
from shared.standards.qti.processing.response_processing import compile_response_processing
from shared.standards.qti.processing.template_processing import compile_template_processing
from shared.standards.qti.values.types import BaseType, Value

_NO_TEMPLATES: Final[Mapping[str, Document]] = {}


def compile_item(
    document: Document,
    *,
    operators: Mapping[str, Operator] = VENDOR_OPERATORS,
    templates: Mapping[str, Document] = _NO_TEMPLATES,
    limits: Limits = LIMITS,
    strict: bool = False,
) -> CompiledItem:
    """Compile an item of any version, seen by the names of 3.0.

    `templates` are response processing templates beside the standard ones, by the address that items give.
    Raises Invalid for content without which a result would be wrong; with `strict` also for what breaks the
    standard but has an agreed meaning, which is a notice otherwise.

    >>> from shared.standards.qti import parse
    >>> item = compile_item(parse(b'''<assessmentItem identifier="i">
    ...   <responseDeclaration identifier="RESPONSE" cardinality="single" baseType="identifier">
    ...     <correctResponse><value>A</value></correctResponse>
    ...   </responseDeclaration>
    ...   <outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>
    ...   <responseProcessing
    ...     template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct"/>
    ... </assessmentItem>'''))
    >>> item.score({"RESPONSE": "A"}).outcomes["SCORE"]
    1.0
    """
    if document.kind != "qti-assessment-item":
        message = f"{document.kind or 'nothing'} in the place of an item"
        raise Malformed(message, rule="QTI 3.0, AssessmentItem", place=Place(document.file))
    try:
        item = _compiled(document, operators, templates, limits)
    except RecursionError:
        raise Refused("nested too deep", rule="limits.depth", place=Place(document.file)) from None
    except QtiError as error:
        raise _in_file(error, document.file) from error
    if strict:
        _refuse_errors(item.notices)
    return item


def _compiled(
    document: Document,
    operators: Mapping[str, Operator],
    templates: Mapping[str, Document],
    limits: Limits,
) -> CompiledItem:
    root = document.root
    parts = {name_of(part): part for part in children(root)}
    own = {declared.identifier: declared for declared in declarations_of(root)}
    every = {**BUILT_IN, **own}
    scope = ItemScope(every, file=document.file, operators=operators, limits=limits)
    template = compile_template_processing(parts.get("qti-template-processing"), scope)
    released = _released(root, own)
    respond = compile_response_processing(parts.get("qti-response-processing"), scope, templates)
    return CompiledItem(
        identifier=attribute(root, "identifier") or "",
        adaptive=is_true(root, "adaptive"),
        element=root,
        declarations=own,
        external=tuple(name for name, each in own.items() if each.kind == "outcome" and _is_external(each)),
        notices=(*document.notices, *scope.notices),
        limits=limits,
        initial=_initial(every) | released,
        outcomes=tuple(name for name, each in every.items() if each.kind == "outcome"),
        released=released,
        template=template,
        respond=respond,
    )


def _initial(declared: Mapping[str, Declaration]) -> dict[str, Value]:
    initial = {name: each.initial for name, each in declared.items()} | {ATTEMPTS: 0, DURATION: 0.0}
    if initial[COMPLETION] is None:  # declared by the item itself, as those of 2.0 are, without a default
        initial[COMPLETION] = "not_attempted"
    return initial


def _released(root: Element, declared: Mapping[str, Declaration]) -> dict[str, Value]:
    """Return the responses that say whether a button ended the attempt: false until one does.

    QTI 3.0, EndAttemptInteraction. Few items declare booleans, so few bodies are searched.
    """
    if not any(each.base_type is BaseType.BOOLEAN and each.kind == "response" for each in declared.values()):
        return {}
    buttons = descendants_named(root, "qti-end-attempt-interaction")
    return {name: False for button in buttons if (name := attribute(button, "response-identifier"))}


def _is_external(outcome: Declaration) -> bool:
    return attribute(outcome.element, "external-scored") is not None


def _in_file(error: QtiError, file: str) -> QtiError:
    place = replace(error.place, file=error.place.file or file)
    return type(error)(error.message, rule=error.rule, place=place)


def _refuse_errors(notices: tuple[Notice, ...]) -> None:
    for notice in notices:
        if notice.severity == "error":
            raise Invalid(notice.message, rule=notice.rule, place=notice.place)
