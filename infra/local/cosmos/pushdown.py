"""What a WHERE clause tells about where its items can lie, so that fewer of them are read.

The result is always a superset of the matches: the whole clause is evaluated afterwards.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from infra.local.cosmos.item_table import EpkRange
from infra.local.cosmos.partition_keys import Component, PartitionKeyDefinition, is_component, partition_key
from infra.local.cosmos.sql.syntax import (
    Binary,
    Call,
    Constant,
    Expression,
    In,
    Logical,
    Parameter,
    property_path,
)
from infra.local.cosmos.values import UNDEFINED, is_well_formed

type Path = tuple[str, ...]
type Bindings = dict[Path, tuple[object, ...]]

MOST_ALTERNATIVES = 5000


@dataclass(frozen=True, slots=True)
class Narrowing:
    """A range of keys with, if known, the ids that can match in it."""

    span: EpkRange
    ids: tuple[str, ...] | None
    is_whole_key: bool


def alternatives(
    where: Expression | None, alias: str, parameters: Mapping[str, Any]
) -> list[Bindings] | None:
    """Return the cases of the clause: in each, a path has one of its values. None when anything can match."""
    match where:
        case Logical(operator="OR", operands=operands):
            return _any_of([alternatives(each, alias, parameters) for each in operands])
        case Logical(operator="AND", operands=operands):
            return _all_of(alternatives(each, alias, parameters) for each in operands)
        case Binary(operator="=", left=left, right=right):
            return _equality(left, right, alias, parameters) or _equality(right, left, alias, parameters)
        case In(operand=operand, choices=choices):
            return _membership(operand, choices, alias, parameters)
        case _:
            return None


def _any_of(cases: list[list[Bindings] | None]) -> list[Bindings] | None:
    joined: list[Bindings] = []
    for case in cases:
        if case is None or len(joined) + len(case) > MOST_ALTERNATIVES:
            return None
        joined += case
    return joined


def _all_of(cases: Iterable[list[Bindings] | None]) -> list[Bindings] | None:
    result: list[Bindings] | None = None
    for case in cases:
        if result is None:
            result = case
        elif case is not None and len(result) * len(case) <= MOST_ALTERNATIVES:
            result = [{**right, **left} for left, right in product(result, case)]
    return result


def _constant(expression: Expression, parameters: Mapping[str, Any]) -> object:
    if isinstance(expression, Constant):
        return expression.value
    return parameters[expression.name] if isinstance(expression, Parameter) else UNDEFINED


def _equality(
    subject: Expression, value: Expression, alias: str, parameters: Mapping[str, Any]
) -> list[Bindings] | None:
    if isinstance(subject, Call) and subject.name == "IS_DEFINED" and _constant(value, parameters) is False:
        path = property_path(subject.arguments[0], alias)
        return [{path: (UNDEFINED,)}] if path else None
    path, constant = property_path(subject, alias), _constant(value, parameters)
    return None if not path or constant is UNDEFINED else [{path: (constant,)}]


def _membership(
    operand: Expression, choices: tuple[Expression, ...], alias: str, parameters: Mapping[str, Any]
) -> list[Bindings] | None:
    path = property_path(operand, alias)
    values = tuple(_constant(choice, parameters) for choice in choices)
    return None if not path or any(value is UNDEFINED for value in values) else [{path: values}]


def narrow(cases: list[Bindings] | None, definition: PartitionKeyDefinition) -> list[Narrowing] | None:
    """Return the key ranges that the cases leave, without overlaps and in order; None for everything."""
    if cases is None:
        return None
    found: dict[EpkRange, Narrowing] = {}
    for bindings in cases:
        narrowed = _narrow_case(bindings, definition)
        if narrowed is None or len(found) > MOST_ALTERNATIVES:
            return None
        for each in narrowed:
            found[each.span] = _merge(found[each.span], each) if each.span in found else each
    return _without_overlaps(sorted(found.values(), key=lambda each: each.span))


def _narrow_case(bindings: Bindings, definition: PartitionKeyDefinition) -> list[Narrowing] | None:
    levels: list[tuple[Component, ...]] = []
    for path in definition.paths:
        values = bindings.get(path)
        components = tuple(value for value in values or () if is_component(value))
        if values is None or len(components) < len(values):
            break
        levels.append(components)
    if not levels:
        return None
    ids = bindings.get(("id",))
    texts = (
        None if ids is None else tuple(each for each in ids if isinstance(each, str) and is_well_formed(each))
    )
    whole = len(levels) == len(definition.paths)
    return [Narrowing(partition_key(key).range, texts, whole) for key in product(*levels)]


def _merge(left: Narrowing, right: Narrowing) -> Narrowing:
    ids = None if left.ids is None or right.ids is None else (*left.ids, *right.ids)
    return Narrowing(left.span, ids, left.is_whole_key)


def _without_overlaps(ordered: list[Narrowing]) -> list[Narrowing]:
    kept: list[Narrowing] = []
    for each in ordered:
        if kept and each.span[1] <= kept[-1].span[1]:
            kept[-1] = Narrowing(kept[-1].span, None, is_whole_key=False)
        else:
            kept.append(each)
    return kept
