"""Values written into reports."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final, cast

from shared.standards.qti.documents.element import Element
from shared.standards.qti.results.elements import add
from shared.standards.qti.results.model import ResultVariable
from shared.standards.qti.values.lexical import write_single
from shared.standards.qti.values.types import (
    BaseType,
    Cardinality,
    Container,
    DirectedPair,
    FileValue,
    Pair,
    Point,
    Single,
    Value,
)

_FIELD_TYPES: Final[Mapping[type, BaseType]] = {
    bool: BaseType.BOOLEAN,
    int: BaseType.INTEGER,
    float: BaseType.FLOAT,
    str: BaseType.STRING,
    Point: BaseType.POINT,
    Pair: BaseType.PAIR,
    DirectedPair: BaseType.DIRECTED_PAIR,
    FileValue: BaseType.FILE,
}


_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write_values(
    holder: Element, value: Value, variable: ResultVariable, lose: Callable[[str], None]
) -> None:
    """Put a value into `holder` as `value` elements, none for NULL.

    Characters that XML can't hold, which candidates do type or paste, are left out and told to `lose`.
    """
    for field, single in _singles(value, variable.cardinality):
        element = add(holder, "value")
        if field is not None:
            element.set("fieldIdentifier", field)
            element.set("baseType", variable.field_types.get(field) or _FIELD_TYPES[type(single)])
        text = single.reference if isinstance(single, FileValue) else write_single(single)
        element.text, dropped = _NOT_XML.subn("", text)
        if dropped:
            lose(f"{dropped} control characters of {variable.identifier}")


def _singles(value: Value, cardinality: Cardinality) -> Iterable[tuple[str | None, Single]]:
    if value is None:
        return ()
    if isinstance(value, dict):
        return value.items()
    if cardinality is Cardinality.SINGLE:
        return ((None, cast("Single", value)),)
    return ((None, single) for single in cast("Container", value))
