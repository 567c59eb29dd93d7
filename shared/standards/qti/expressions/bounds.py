"""How large integers may grow: authors may not make them grow without end, nor candidates stop the scoring.

An integer of more digits than the limit is NULL, as QTI says of `power` and `divide` out of range.
"""

import math
from collections.abc import Callable

from shared.standards.qti.expressions.compiled import Scope
from shared.standards.qti.expressions.operands import Number


def first_beyond(scope: Scope) -> int:
    """Return the least integer of more digits than the limit."""
    return int(10**scope.limits.digits)


def within(made: Number, beyond: int) -> Number | None:
    """Return a number, NULL for an integer that has too many digits."""
    return made if isinstance(made, float) or -beyond < made < beyond else None


def whole_or_infinite(value: Number, whole: Callable[[Number], int], beyond: int) -> Number | None:
    """Return the integer of a number that has one, infinity as it is, NULL for NaN and beyond the limit."""
    if math.isfinite(value):
        return within(whole(value), beyond)
    return None if math.isnan(value) else value
