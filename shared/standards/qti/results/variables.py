"""Reported variables: their types and values, read as leniently as real reports ask for.

Reports repeat the base type on each value, give an outcome a type that its value does not have, and leave
out the response of a candidate who gave none.
"""

from typing import Final

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
from shared.standards.qti.results.attributes import other_attributes, required
from shared.standards.qti.results.model import ResultVariable, VariableKind
from shared.standards.qti.values.lexical import read_single
from shared.standards.qti.values.types import BaseType, Cardinality, FileValue, Single, Value

VARIABLES: Final[dict[str, VariableKind]] = {
    "responseVariable": "response",
    "outcomeVariable": "outcome",
    "qti-template-variable": "template",
    "qti-context-variable": "context",
}
"""The elements that report a variable, by 3.0 name, and the kind of variable."""

_RULE: Final = "Results Reporting 3.0"
_KNOWN: Final = ("identifier", "cardinality", "base-type")
_PARTS: Final = frozenset(("candidateResponse", "qti-correct-response", "qti-value"))


def read_variable(element: Element, kind: VariableKind, noticing: Noticing) -> ResultVariable:
    """Return a reported variable with its value."""
    cardinality = _cardinality(element, noticing)
    base_type = _base_type(element, noticing)
    holder: Element | None = element
    correct: Value = None
    if kind == "response":
        holder = child_named(element, "candidateResponse")
        told = child_named(element, "qti-correct-response")
        correct = None if told is None else _value(told, cardinality, base_type, noticing)
    return ResultVariable(
        kind,
        required(element, "identifier", noticing),
        cardinality,
        base_type,
        None if holder is None else _value(holder, cardinality, base_type, noticing),
        correct,
        {} if holder is None or cardinality is not Cardinality.RECORD else _field_types(holder, noticing),
        other_attributes(element, _KNOWN),
        tuple(child for child in children(element) if name_of(child) not in _PARTS),
    )


def _cardinality(element: Element, noticing: Noticing) -> Cardinality:
    text = required(element, "cardinality", noticing)
    try:
        return Cardinality(text)
    except ValueError:
        if text:
            noticing.error(element, f"cardinality {text!r} is read as single", rule=_RULE)
        return Cardinality.SINGLE


def _base_type(element: Element, noticing: Noticing) -> BaseType | None:
    text = attribute(element, "base-type")
    if not text:
        return None
    try:
        return BaseType(text)
    except ValueError:
        noticing.error(element, f"baseType {text!r} is read as string", rule=_RULE)
        return BaseType.STRING


def _value(
    holder: Element, cardinality: Cardinality, base_type: BaseType | None, noticing: Noticing
) -> Value:
    values = list(children_named(holder, "qti-value"))
    if cardinality is Cardinality.RECORD:
        return _record(values, noticing)
    singles = (_single(value, base_type, noticing) for value in values)
    present = tuple(single for single in singles if single is not None)
    if cardinality is not Cardinality.SINGLE:
        return present or None
    if len(present) > 1:
        noticing.error(holder, f"{len(present)} values of single cardinality; the first is read", rule=_RULE)
    return present[0] if present else None


def _record(values: list[Element], noticing: Noticing) -> Value:
    read = ((_field(value, noticing), _single(value, None, noticing)) for value in values)
    return {name: single for name, single in read if single is not None} or None


def _field_types(holder: Element, noticing: Noticing) -> dict[str, BaseType]:
    values = children_named(holder, "qti-value")
    return {_field(value, noticing): _base_type(value, noticing) or BaseType.STRING for value in values}


def _field(value: Element, noticing: Noticing) -> str:
    return required(value, "field-identifier", noticing)


def _single(element: Element, declared: BaseType | None, noticing: Noticing) -> Single | None:
    base_type = declared or _base_type(element, noticing) or BaseType.STRING
    text = text_of(element)
    if base_type is BaseType.FILE:
        return FileValue("", "", text.strip()) if text.strip() else None
    try:
        return read_single(text, base_type)
    except ValueError as error:
        noticing.error(element, f"{error}; kept as text", rule=_RULE)
        return text
