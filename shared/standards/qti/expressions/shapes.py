"""The areas that points lie in (QTI 2.1, 16: shape and coords)."""

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Final

type Inside = Callable[[float, float], bool]

SHAPES: Final = ("rect", "circle", "poly", "ellipse", "default")


def area(shape: str, coords: tuple[float, ...]) -> Inside:
    """Return what says whether a point lies in a shape; its border belongs to it.

    Raises ValueError, with what is wrong, for coordinates that do not draw the shape.
    """
    if shape not in _AREAS:
        raise ValueError(f"{shape!r} is no shape; shapes are {', '.join(SHAPES)}")
    if not all(map(math.isfinite, coords)):
        raise ValueError(f"{shape} with a coordinate that is no number")
    return _AREAS[shape](coords)


def _everywhere(coords: tuple[float, ...]) -> Inside:
    return lambda x, y: True


def _rectangle(coords: tuple[float, ...]) -> Inside:
    if len(coords) != 4:
        raise ValueError(f"rect with {len(coords)} coordinates, not left, top, right, bottom")
    (left, right), (top, bottom) = sorted(coords[::2]), sorted(coords[1::2])
    return lambda x, y: left <= x <= right and top <= y <= bottom


def _circle(coords: tuple[float, ...]) -> Inside:
    if len(coords) != 3:
        raise ValueError(f"circle with {len(coords)} coordinates, not centre x, y, radius")
    centre_x, centre_y, radius = coords
    return lambda x, y: (x - centre_x) ** 2 + (y - centre_y) ** 2 <= radius * radius


def _ellipse(coords: tuple[float, ...]) -> Inside:
    if len(coords) != 4:
        raise ValueError(f"ellipse with {len(coords)} coordinates, not centre x, y, radii h, v")
    centre_x, centre_y, wide, high = coords
    return lambda x, y: ((x - centre_x) * high) ** 2 + ((y - centre_y) * wide) ** 2 <= (wide * high) ** 2


def _polygon(coords: tuple[float, ...]) -> Inside:
    if len(coords) < 6 or len(coords) % 2:
        raise ValueError(f"poly with {len(coords)} coordinates, not x, y of three corners or more")
    corners = list(zip(coords[::2], coords[1::2], strict=True))
    edges = list(pairwise([*corners, corners[0]]))

    def inside(x: float, y: float) -> bool:
        """Count the edges that a ray to the right crosses: an odd number is inside."""
        odd = False
        for (ax, ay), (bx, by) in edges:
            side = (bx - ax) * (y - ay) - (by - ay) * (x - ax)
            if side == 0 and min(ax, bx) <= x <= max(ax, bx) and min(ay, by) <= y <= max(ay, by):
                return True  # on the edge
            if (ay > y) != (by > y) and (side > 0) == (by > ay):
                odd = not odd
        return odd

    return inside


_AREAS: Final[dict[str, Callable[[tuple[float, ...]], Inside]]] = {
    "rect": _rectangle,
    "circle": _circle,
    "poly": _polygon,
    "ellipse": _ellipse,
    "default": _everywhere,
}
