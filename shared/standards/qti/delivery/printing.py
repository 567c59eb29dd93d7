"""Values as candidates see them (QTI 3.0, printed-variable)."""

import re
from typing import Final

from shared.standards.qti.documents.element import Element, attribute
from shared.standards.qti.values.lexical import write_single
from shared.standards.qti.values.types import Container, Single, Value, is_container

_FORMAT: Final = re.compile(r"%([-+ 0#]{0,5})(\d{0,2})(?:\.(\d{1,2}))?([dioxXeEfFgG])")


def printed(value: Value, element: Element) -> str:
    """Return a value as a printed variable wants it: a field, a member, in a format, with a delimiter."""
    if value is None:
        return ""
    if isinstance(value, dict):
        return printed(value.get(attribute(element, "field") or ""), element)
    if is_container(value):
        return _members(value, element)
    return _formatted(value, attribute(element, "format") or "")


def _members(values: Container, element: Element) -> str:
    index = attribute(element, "index") or ""
    chosen = values[int(index) - 1 : int(index)] if index.isdecimal() and int(index) else values
    form = attribute(element, "format") or ""
    return (attribute(element, "delimiter") or ";").join(_formatted(value, form) for value in chosen)


def _formatted(value: Single, form: str) -> str:
    """Return a number in a format of C, as QTI has them; widths and precisions are bounded by two digits."""
    found = _FORMAT.fullmatch(form)
    if found is None or isinstance(value, bool) or not isinstance(value, int | float):
        return write_single(value)
    return form % (int(value) if found[4] in "dioxX" else value)
