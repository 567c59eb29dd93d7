"""Whether a point lies in a shape, by the definitions of HTML 4.01, 13.6.1, and of QTI for ellipses."""

from fractions import Fraction

from shared.standards.qti.documents.element import Element
from tests.unit.standards.qti.literal.spelling import attribute
from tests.unit.standards.qti.literal.values import Plain


def is_inside(point: Plain, element: Element) -> bool:
    """Say so in exact numbers; a border belongs to its shape."""
    assert isinstance(point, tuple)
    x, y = (Fraction(str(part)) for part in point)
    written = (attribute(element, "coords") or "").replace(",", " ").split()
    coords = [Fraction(part) for part in written]
    shape = attribute(element, "shape")
    if shape == "default":
        return True
    if shape == "rect":
        left, top, right, bottom = coords
        return left <= x <= right and top <= y <= bottom
    if shape == "circle":
        middle_x, middle_y, radius = coords
        return (x - middle_x) ** 2 + (y - middle_y) ** 2 <= radius**2
    if shape == "ellipse":
        middle_x, middle_y, wide, high = coords
        return ((x - middle_x) / wide) ** 2 + ((y - middle_y) / high) ** 2 <= 1
    return _in_polygon(x, y, coords)


def _in_polygon(x: Fraction, y: Fraction, coords: list[Fraction]) -> bool:
    """Count the edges that a ray to the right crosses, a hair above the point so as to pass no corner."""
    corners = list(zip(coords[::2], coords[1::2], strict=True))
    edges = list(zip(corners, corners[1:] + corners[:1], strict=True))
    if any(_on_edge(x, y, start, end) for start, end in edges):
        return True
    level = y + Fraction(1, 10**9)
    crossed = 0
    for (ax, ay), (bx, by) in edges:
        if min(ay, by) < level < max(ay, by):
            crossed += x < ax + (level - ay) * (bx - ax) / (by - ay)
    return crossed % 2 == 1


type _Corner = tuple[Fraction, Fraction]


def _on_edge(x: Fraction, y: Fraction, start: _Corner, end: _Corner) -> bool:
    (ax, ay), (bx, by) = start, end
    straight = (bx - ax) * (y - ay) == (by - ay) * (x - ax)
    return straight and min(ax, bx) <= x <= max(ax, bx) and min(ay, by) <= y <= max(ay, by)
