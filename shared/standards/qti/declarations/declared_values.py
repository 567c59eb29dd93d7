"""Values as declarations state them (QTI 3.0 information model, Value)."""

import re
from collections.abc import Iterator
from typing import Final

from shared.standards.qti.documents.element import Element, attribute, children_named, place_of, text_of
from shared.standards.qti.faults import Invalid
from shared.standards.qti.values.lexical import read_single
from shared.standards.qti.values.types import BASE_TYPES, BaseType, Cardinality, Record, Single, Value

_BREAKS: Final = re.compile(r"[\t\r\n]")


def read_value(element: Element, base_type: BaseType | None, cardinality: Cardinality) -> Value:
    """Return what the `value` children of a default value or correct response state.

    A single variable takes the first; no value at all is NULL. Raises Invalid.
    """
    values = children_named(element, "qti-value")
    if cardinality is Cardinality.RECORD:
        return _record(values) or None
    members = tuple(value for value in (_single(value, base_type) for value in values) if value is not None)
    if cardinality is Cardinality.SINGLE:
        return members[0] if members else None
    return members or None


def read_typed(text: str, base_type: BaseType, element: Element, *, rule: str) -> Single | None:
    """Return the value that text writes, NULL for none. Raises Invalid at the element it stands in."""
    try:
        return read_single(text, base_type)
    except ValueError as error:
        raise Invalid(str(error), rule=rule, place=place_of(element)) from error


def _single(element: Element, base_type: BaseType | None) -> Single | None:
    own = attribute(element, "base-type")
    if own is not None and base_type is None:
        base_type = read_base_type(own, element)
    if base_type is None:
        raise Invalid("a value without a base type", rule="QTI 3.0, Value", place=place_of(element))
    # The schema types the text as a normalized string: a line break counts as a space.
    text = _BREAKS.sub(" ", text_of(element))
    return read_typed(text, base_type, element, rule="QTI 3.0, Value")


def _record(values: Iterator[Element]) -> Record:
    fields: Record = {}
    for value in values:
        field = attribute(value, "field-identifier")
        if field is None:
            place = place_of(value)
            raise Invalid("a value of a record names no field", rule="QTI 3.0, Value", place=place)
        single = _single(value, None)
        if single is not None:
            fields[field] = single
    return fields


def read_base_type(text: str, element: Element) -> BaseType:
    """Return a base type by its name. Raises Invalid at the element that states it."""
    found = BASE_TYPES.get(text)
    if found is None:
        message = f"{text!r} is not a base type"
        raise Invalid(message, rule="QTI 3.0, BaseType", place=place_of(element))
    return found
