"""Custom operators: those of vendors that exports use, and all others (QTI 2.1, 15.3: customOperator).

>>> VENDOR_OPERATORS["depcp:ParseCommaDecimal"].apply(("3,14",))
'3.14'
"""

import unicodedata
from collections.abc import Mapping
from typing import Final

from shared.standards.qti.documents.element import Element, attribute
from shared.standards.qti.expressions.compiled import Compiled, Frame, Operator, Scope
from shared.standards.qti.expressions.operands import as_text, operands, warn
from shared.standards.qti.values.types import BaseType, Cardinality, Value


def compile_custom_operator(element: Element, scope: Scope) -> Compiled:
    """Compile an operator by its `definition` or `class`. One that is not known gives NULL, with a notice."""
    name = attribute(element, "definition") or attribute(element, "class") or ""
    found = operands(element, scope, 0)
    custom = scope.operators.get(name)
    if custom is None:
        warn(element, scope, f"the custom operator {name!r} is not known: NULL")
        return Compiled(None, None, lambda _: None)
    runs = [operand.run for operand in found]
    apply = custom.apply

    def run(frame: Frame) -> Value:
        return apply(tuple(operand(frame) for operand in runs))

    return Compiled(custom.base_type, None if custom.base_type is None else Cardinality.SINGLE, run)


def trim(values: tuple[Value, ...]) -> str | None:
    """Return the text of the first operand without white space at its ends."""
    written = _first(values)
    return None if written is None else written.strip() or None


def to_ascii(values: tuple[Value, ...]) -> str | None:
    """Return the text of the first operand with letters instead of letters with marks: `e` for `é`."""
    written = _first(values)
    if written is None:
        return None
    parts = unicodedata.normalize("NFD", written)
    return unicodedata.normalize("NFC", "".join(part for part in parts if unicodedata.category(part) != "Mn"))


def parse_comma_decimal(values: tuple[Value, ...]) -> str | None:
    """Return the text of the first operand with points for commas, so that `3,14` writes a number."""
    written = _first(values)
    return None if written is None else written.replace(",", ".")


def _first(values: tuple[Value, ...]) -> str | None:
    return as_text(values[0]) if values else None


_OPERATORS: Final = {
    "Trim": Operator(trim, BaseType.STRING),
    "ToAscii": Operator(to_ascii, BaseType.STRING),
    "ParseCommaDecimal": Operator(parse_comma_decimal),
}

VENDOR_OPERATORS: Final[Mapping[str, Operator]] = {
    f"{vendor}:{name}": operator
    for vendor in ("depcp", "qade", "questify")
    for name, operator in _OPERATORS.items()
}
"""The custom operators of Dutch exam software, which turn what candidates type into what keys hold."""
