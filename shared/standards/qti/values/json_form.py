"""Values as JSON: what responses, session states and command lines carry.

NULL                                          null
boolean, integer, float, duration (seconds)   as JSON has them, but "INF", "-INF" and "NaN"
identifier, string, uri, intOrIdentifier      a string
pair, directedPair, point                     a string of two parts, as XML writes them
file                                          an object of name, mediaType and reference
multiple, ordered                             an array
record                                        an object of fields: {"x": {"integer": 3}}

That of portable custom interactions (`{"base": {"pair": ["A", "B"]}}`, `list`, `record`) is read, too.
"""

import math
from collections.abc import Iterable
from typing import Final, cast

from shared.standards.qti.values.lexical import read_single, write_float, write_single
from shared.standards.qti.values.types import (
    BaseType,
    Cardinality,
    Container,
    DirectedPair,
    FileValue,
    Pair,
    Point,
    Record,
    Single,
    Value,
    is_container,
)

type Json = bool | int | float | str | list[Json] | dict[str, Json] | None

_FLOATS: Final = (BaseType.FLOAT, BaseType.DURATION)
_TEXTS: Final = (BaseType.STRING, BaseType.IDENTIFIER, BaseType.INT_OR_IDENTIFIER, BaseType.URI)
_OF_TWO: Final = (BaseType.PAIR, BaseType.DIRECTED_PAIR, BaseType.POINT)
_SHOWN: Final[dict[type[Single], BaseType]] = {
    bool: BaseType.BOOLEAN,
    int: BaseType.INTEGER,
    float: BaseType.FLOAT,
    Pair: BaseType.PAIR,
    Point: BaseType.POINT,
    DirectedPair: BaseType.DIRECTED_PAIR,
    FileValue: BaseType.FILE,
    str: BaseType.STRING,
}


def read_json(form: object, base_type: BaseType | None, cardinality: Cardinality) -> Value:
    """Return the value that JSON states for a variable of a type. Raises ValueError with what was expected.

    >>> read_json(["A B"], BaseType.DIRECTED_PAIR, Cardinality.MULTIPLE)
    (DirectedPair(source='A', destination='B'),)

    A lone member may stand for a container of one, and a container of one for a single value.
    """
    if cardinality is Cardinality.RECORD:
        return _record(_fields(form)) or None
    if base_type is None:
        raise ValueError("a value without a base type")
    form = _unwrapped(form)
    members = _members(form, base_type, alone=cardinality is Cardinality.SINGLE)
    if cardinality is not Cardinality.SINGLE:
        return members or None
    if len(members) > 1:
        raise ValueError(f"{len(members)} values for a single variable")
    return members[0] if members else None


def write_json(value: Value) -> Json:
    """Return a value as JSON.

    >>> write_json({"x": 3})
    {'x': {'integer': 3}}
    """
    if isinstance(value, dict):
        return {name: {type_of(member).value: _single_form(member)} for name, member in value.items()}
    if is_container(value):
        return [_single_form(member) for member in value]
    return None if value is None else _single_form(value)


def type_of(value: Single) -> BaseType:
    """Return the base type that a value shows; strings may be identifiers or URIs, floats durations."""
    return _SHOWN[type(value)]


def _unwrapped(form: object) -> object:
    """Take a value out of the response form of portable custom interactions."""
    if not isinstance(form, dict) or len(form) != 1:
        return form
    ((kind, inner),) = form.items()
    if kind in {"base", "list"} and isinstance(inner, dict | None):
        return next(iter(inner.values()), None) if inner else None
    return form


def _fields(form: object) -> object:
    """Take the fields of a record out of the response form of portable custom interactions."""
    if not isinstance(form, dict) or len(form) != 1 or not isinstance(form.get("record"), list):
        return form
    return {field["name"]: field.get("base") for field in form["record"]}


def _is_one(form: object, base_type: BaseType) -> bool:
    """Tell whether an array is one value of two parts: `["A", "B"]` a pair, `[3, 4]` a point."""
    if base_type not in _OF_TWO or not isinstance(form, list | tuple) or len(form) != 2:
        return False
    return all(isinstance(part, int | float) or (isinstance(part, str) and " " not in part) for part in form)


def _members(form: object, base_type: BaseType, *, alone: bool) -> Container:
    several = isinstance(form, list | tuple) and not (alone and _is_one(form, base_type))
    forms = cast("Iterable[object]", form) if several else (form,)
    read = (_single(each, base_type) for each in forms)
    return tuple(member for member in read if member is not None)


def _single(form: object, base_type: BaseType) -> Single | None:
    if base_type is BaseType.FILE:
        return _file(form)
    if isinstance(form, str):
        return read_single(form, base_type)
    if form is None:
        return None
    if _is_one(form, base_type):
        return read_single(" ".join(str(part) for part in cast("list[object]", form)), base_type)
    if isinstance(form, bool):
        return _as(form, base_type is BaseType.BOOLEAN, base_type)
    if isinstance(form, int | float):
        return _number(form, base_type)
    raise ValueError(f"{type(form).__name__} is no {base_type}")


def _number(form: float, base_type: BaseType) -> Single:
    if base_type in _FLOATS:
        return float(form)
    if base_type is BaseType.INTEGER:
        return _as(
            int(form) if math.isfinite(form) else form, math.isfinite(form) and form == int(form), base_type
        )
    return _as(str(form), base_type in _TEXTS, base_type)


def _as(value: Single, fits: bool, base_type: BaseType) -> Single:
    if not fits:
        raise ValueError(f"{value!r} is no {base_type}")
    return value


def _file(form: object) -> FileValue | None:
    if form is None or form == "":
        return None
    if not isinstance(form, dict):
        raise ValueError("a file is an object of name, mediaType and reference")  # noqa: TRY004 - of the content
    if "data" in form:
        raise ValueError("a file is stored first, and its reference given in the place of its data")
    name, media_type, reference = (form.get(key, "") for key in ("name", "mediaType", "reference"))
    return FileValue(str(name), str(media_type), str(reference))


def _record(form: object) -> Record:
    if form is None:
        return {}
    if not isinstance(form, dict):
        raise ValueError("a record is an object of fields")  # noqa: TRY004 - of the content
    return {name: value for name, field in form.items() if (value := _field(field)) is not None}


def _field(form: object) -> Single | None:
    if form is None:
        return None
    if not isinstance(form, dict) or len(form) != 1:
        raise ValueError("a field of a record is an object of one base type and its value")
    ((base_type, value),) = form.items()
    return _single(value, BaseType(base_type))


def _single_form(value: Single) -> Json:
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else write_float(value)
    if isinstance(value, FileValue):
        return {"name": value.name, "mediaType": value.media_type, "reference": value.reference}
    return write_single(value)
