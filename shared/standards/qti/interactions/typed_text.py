"""What candidates type, as values (QTI 3.0 information model, TextEntryInteraction).

Where a number is asked for, text is read as one, and is NULL when it writes none. A record keeps what was
typed and what it means: the text, the number, how many digits, which exponent.
"""

import re
from typing import Final

from shared.standards.qti.declarations.declaration import Declaration
from shared.standards.qti.values.lexical import read_single
from shared.standards.qti.values.types import BaseType, Cardinality, Record, Single, Value

_NUMBER: Final = re.compile(
    r"[+-]?(?P<left>\d*)(?P<point>\.(?P<right>\d*))?(?:[eE](?P<exponent>[+-]?\d{1,6}))?"
)
_DIGITS: Final = 300


def read_typed(text: str, declared: Declaration, base: int = 10) -> Value:
    """Return what typed text is as a value of a declared response; `base` is that of integers.

    >>> from shared.standards.qti import declarations_of, parse
    >>> item = b'<i><responseDeclaration identifier="R" cardinality="single" baseType="integer"/></i>'
    >>> response = next(declarations_of(parse(item).root))
    >>> read_typed(" 42 ", response), read_typed("ff", response, base=16), read_typed("many", response)
    (42, 255, None)
    """
    if declared.cardinality is Cardinality.RECORD:
        return typed_record(text, base) if text else None
    if declared.base_type is None:
        return None
    value = _typed(text, declared.base_type, base)
    if declared.cardinality is Cardinality.SINGLE or value is None:
        return value
    return (value,)


def typed_record(text: str, base: int = 10) -> Record:
    """Return what was typed as a record; fields without a meaning are left out."""
    record: dict[str, Single | None] = {
        "stringValue": text,
        "floatValue": _typed(text, BaseType.FLOAT, base),
        "integerValue": _typed(text, BaseType.INTEGER, base),
        **_digits(text.strip()),
    }
    return {name: value for name, value in record.items() if value is not None}


def _digits(text: str) -> dict[str, Single | None]:
    found = _NUMBER.fullmatch(text)
    if found is None or not (found["left"] or found["right"]):
        return {}
    left, right = found["left"], found["right"] or ""
    exponent = None if found["exponent"] is None else int(found["exponent"])
    return {
        "leftDigits": len(left),
        "rightDigits": len(right) if found["point"] else None,
        "ndp": max(len(right) - (exponent or 0), 0),
        "nsf": len((left + right).lstrip("0")),
        "exponent": exponent,
    }


def _typed(text: str, base_type: BaseType, base: int) -> Single | None:
    try:
        if base_type is BaseType.INTEGER and base != 10:
            return int(text.strip(), base) if text.strip() and len(text) <= _DIGITS else None
        return read_single(text if base_type is BaseType.STRING else text.strip(), base_type)
    except ValueError:
        return None
