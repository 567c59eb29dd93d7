"""Responses mapped to scores (QTI 2.1, 15.1: mapResponse, mapResponsePoint)."""

from collections.abc import Callable
from typing import cast

from shared.standards.qti.declarations.declaration import Declaration
from shared.standards.qti.declarations.mappings import AreaMapping, Mapping
from shared.standards.qti.documents.element import Element
from shared.standards.qti.expressions.compiled import Compiled, Frame, Scope
from shared.standards.qti.expressions.operands import invalid, warn
from shared.standards.qti.expressions.parameters import required
from shared.standards.qti.expressions.shapes import area
from shared.standards.qti.values.types import BaseType, Cardinality, Container, Point, Single, Value

type Worth = Callable[[tuple[Single | None, ...]], float]
"""What the values of a response are worth in all; NULL is one value, as it may have an entry (`""`)."""


def compile_map_response(element: Element, scope: Scope) -> Compiled:
    """Compile the sum of what the distinct values of a response are worth, within the bounds of its mapping.

    NULL is worth the default of the mapping, or its entry for the empty string. Without a mapping: 0, with a
    notice.
    """
    declared = _response(element, scope)
    if declared.mapping is None:
        warn(element, scope, f"{declared.identifier} has no mapping: 0")
        return Compiled(BaseType.FLOAT, Cardinality.SINGLE, lambda _: 0.0)
    return _mapped(declared, _worth(declared.mapping))


def compile_map_response_point(element: Element, scope: Scope) -> Compiled:
    """Compile the sum of what the areas that points of a response lie in are worth, each area once.

    NULL is worth the default of the mapping. Without a mapping: 0, with a notice.
    """
    declared = _response(element, scope)
    if declared.base_type is not BaseType.POINT:
        raise invalid(element, scope, f"{declared.identifier} holds no points")
    if declared.area_mapping is None:
        warn(element, scope, f"{declared.identifier} has no area mapping: 0")
        return Compiled(BaseType.FLOAT, Cardinality.SINGLE, lambda _: 0.0)
    try:
        return _mapped(declared, _area_worth(declared.area_mapping))
    except ValueError as error:
        raise invalid(element, scope, f"area mapping of {declared.identifier}: {error}") from error


def _response(element: Element, scope: Scope) -> Declaration:
    identifier = required(element, scope, "identifier")
    declared = scope.declaration(identifier)
    if declared is None:
        raise invalid(element, scope, f"{identifier} is not declared")
    if declared.cardinality is Cardinality.RECORD:
        raise invalid(element, scope, f"{identifier} is a record, which can't be mapped")
    return declared


def _mapped(declared: Declaration, worth: Worth) -> Compiled:
    identifier, single = declared.identifier, declared.cardinality is Cardinality.SINGLE

    def run(frame: Frame) -> Value:
        value = frame.values[identifier]
        if single or value is None:
            return worth((cast("Single | None", value),))
        return worth(cast("Container", value))

    return Compiled(BaseType.FLOAT, Cardinality.SINGLE, run)


def _worth(mapping: Mapping) -> Worth:
    of = _of_one(mapping)
    return lambda values: _within(mapping, sum(map(of, dict.fromkeys(values)), 0.0))


def _of_one(mapping: Mapping) -> Callable[[Single | None], float]:
    """Return what one value is worth, by dictionary unless the case of some key does not count."""
    if all(entry.case_sensitive or not isinstance(entry.key, str) for entry in mapping.entries):
        worths = {entry.key: entry.value for entry in reversed(mapping.entries)}
        return lambda value: worths.get("" if value is None else value, mapping.default)

    def of(value: Single | None) -> float:
        written = "" if value is None else str(value)
        folded = written.casefold()
        for entry in mapping.entries:
            key = str(entry.key)
            if key == written or (not entry.case_sensitive and key.casefold() == folded):
                return entry.value
        return mapping.default

    return of


def _area_worth(mapping: AreaMapping) -> Worth:
    """Return the worth of the areas that points lie in; the first area that holds a point counts for it."""
    areas = [(area(entry.shape, entry.coords), entry.value) for entry in mapping.entries]

    def area_of(point: Single | None) -> int | None:
        if not isinstance(point, Point):
            return None
        return next((index for index, (inside, _) in enumerate(areas) if inside(*point)), None)

    def worth(points: tuple[Single | None, ...]) -> float:
        found = [area_of(point) for point in dict.fromkeys(points)]
        missed = mapping.default * found.count(None)
        return _within(mapping, sum((areas[i][1] for i in set(found) if i is not None), missed))

    return worth


def _within(mapping: Mapping | AreaMapping, total: float) -> float:
    if mapping.lower is not None and total < mapping.lower:
        return mapping.lower
    return total if mapping.upper is None else min(total, mapping.upper)
