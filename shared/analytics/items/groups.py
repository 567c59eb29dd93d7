"""How much better those who do best in all do on an item than those who do worst (Kelley, 1939)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from shared.analytics.items.figures import quotient

_SHARE: Final = 27
"""Percent of the learners who make a group."""


@dataclass(frozen=True, slots=True)
class Class:
    """Learners with the same total: their number, and their points and possible points on an item."""

    total: int
    n: int
    points: int
    possible: int


def discrimination(classes: Sequence[Class]) -> float | None:
    """Return the share of possible points that the top 27 % reach minus that of the bottom 27 %.

    Where a group ends within learners of equal totals, each of them counts for the same part: the figure is
    what drawing among them comes to on average. None without learners.
    """
    size = max((2 * _SHARE * sum(known.n for known in classes) + 100) // 200, 1)
    upwards = sorted(classes, key=lambda known: known.total)
    bottom, top = _reached(upwards, size), _reached(reversed(upwards), size)
    if bottom is None or top is None:
        return None
    return quotient(*(top - bottom).as_integer_ratio())


def _reached(classes: Iterable[Class], size: int) -> Fraction | None:
    points = possible = 0
    for known in classes:
        if size <= known.n:
            # The group ends here: of these learners each counts for `size / known.n`.
            reached = points * known.n + size * known.points
            return Fraction(reached, possible * known.n + size * known.possible)
        points, possible, size = points + known.points, possible + known.possible, size - known.n
    return None
