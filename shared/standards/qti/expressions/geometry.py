"""Points in areas (QTI 2.1, 15.3: inside)."""

from shared.standards.qti.declarations.mappings import read_coords
from shared.standards.qti.documents.element import Element
from shared.standards.qti.expressions.compiled import Compiled, Frame, Scope
from shared.standards.qti.expressions.logic import truth
from shared.standards.qti.expressions.operands import as_container, invalid, operands
from shared.standards.qti.expressions.parameters import required
from shared.standards.qti.expressions.shapes import area
from shared.standards.qti.values.types import BaseType, Cardinality, Point


def compile_inside(element: Element, scope: Scope) -> Compiled:
    """Compile whether a point, or any point of a container, lies in an area; its border belongs to it."""
    found = operands(element, scope, 1, 1)[0]
    if found.base_type not in {None, BaseType.POINT} or found.cardinality is Cardinality.RECORD:
        raise invalid(element, scope, f"base type {found.base_type} in the place of a point")
    try:
        inside = area(required(element, scope, "shape"), read_coords(element))
    except ValueError as error:
        raise invalid(element, scope, str(error)) from error
    operand = found.run

    def run(frame: Frame) -> bool | None:
        points = as_container(operand(frame))
        if points is None:
            return None
        return any(isinstance(point, Point) and inside(*point) for point in points)

    return truth(run)
