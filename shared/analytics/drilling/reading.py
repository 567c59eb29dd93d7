"""Reads a question from the texts of a query; every fault is told with its parameter.

A filter is a JSON object, a member per column: a value (equal), an array (one of), or an object with `from`
and `to`, both included: `{"course": "ALG_1", "status": ["submitted", "exempt"], "score": {"from": 50}}`.
"""

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final, Never

from shared.analytics.drilling.model import Among, Between, Condition, Kind, Order, Question, Shape, Value
from shared.analytics.drilling.values import Unsuitable, read_value
from shared.kernel.errors import InvalidInput

_FILTER, _COLUMNS, _SORT = "query:filter", "query:columns", "query:sort"
_VALUES: Final = 100
_ORDERS: Final = 3
_ENDS: Final = frozenset({"from", "to"})


def read_question(shape: Shape, filter_: str | None, columns: str | None, sort: str | None) -> Question:
    """Return the question that the parameters of a query ask; `InvalidInput`."""
    return Question(
        shape,
        shape.usual if columns is None else _names(shape, columns.split(","), _COLUMNS),
        () if filter_ is None else _conditions(shape, filter_),
        () if sort is None else _orders(shape, sort.split(",")),
    )


def _names(shape: Shape, names: Sequence[str], place: str) -> tuple[str, ...]:
    unknown = [name for name in names if name not in shape.columns]
    if unknown:
        raise InvalidInput.at(place, f"{shape.name} has no column {unknown[0]!r}; it has {_list(shape)}")
    if len(set(names)) != len(names):
        raise InvalidInput.at(place, "a column is named twice")
    return tuple(names)


def _orders(shape: Shape, texts: Sequence[str]) -> tuple[Order, ...]:
    if len(texts) > _ORDERS:
        raise InvalidInput.at(_SORT, f"at most {_ORDERS} columns")
    names = _names(shape, [text.removeprefix("-") for text in texts], _SORT)
    return tuple(Order(name, text.startswith("-")) for name, text in zip(names, texts, strict=True))


def _conditions(shape: Shape, text: str) -> tuple[Condition, ...]:
    members = _parsed(text)
    if not isinstance(members, dict):
        raise InvalidInput.at(_FILTER, "a JSON object with a member per column")
    _names(shape, list(members), _FILTER)
    return tuple(_condition(shape, column, wanted) for column, wanted in members.items())


def _condition(shape: Shape, column: str, wanted: Any) -> Condition:  # noqa: ANN401 - any JSON value
    match wanted:
        case dict():
            return _range(shape, column, wanted)
        case list():
            if not 0 < len(wanted) <= _VALUES:
                raise InvalidInput.at(_FILTER, f"{column}: an array has 1 to {_VALUES} values")
            return Among(column, frozenset(_value(shape, column, value) for value in wanted))
        case _:
            return Among(column, frozenset({_value(shape, column, wanted)}))


def _range(shape: Shape, column: str, ends: dict[str, Any]) -> Condition:
    if not ends or not _ENDS.issuperset(ends):
        raise InvalidInput.at(_FILTER, f"{column}: a range has `from`, `to`, or both")
    if column in shape.people or shape.columns[column] is Kind.BOOLEAN:
        raise InvalidInput.at(_FILTER, f"{column}: has no order, ask for values")
    least, greatest = (_value(shape, column, ends[end]) if end in ends else None for end in ("from", "to"))
    return Between(column, least, greatest)


def _value(shape: Shape, column: str, value: object) -> Value:
    try:
        return read_value(shape.columns[column], value)
    except Unsuitable as fault:
        raise InvalidInput.at(_FILTER, f"{column}: {fault}") from fault


def _parsed(text: str) -> object:
    try:
        return json.loads(
            text, parse_float=Decimal, parse_constant=_refuse_constant, object_pairs_hook=_members
        )
    except (ValueError, RecursionError) as fault:
        raise InvalidInput.at(_FILTER, f"not JSON: {fault}") from fault


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a name is given twice in one object")
    return members


def _refuse_constant(constant: str) -> Never:
    raise ValueError(f"{constant} is not JSON")


def _list(shape: Shape) -> str:
    return ", ".join(shape.columns)
