"""Figures of classical test theory from exact integer sums, each rounded once, half up, at the eighth place.

Points come in ten-thousandths.
"""

from math import isqrt
from typing import Final, NamedTuple

PLACES: Final = 8
_UNIT: Final = 10**PLACES
_POINT: Final = 10_000


def quotient(numerator: int, denominator: int) -> float | None:
    """Return a quotient; None when nothing stands below it."""
    return _rounded(numerator, denominator) if denominator else None


def share(part: int, whole: int) -> float:
    """Return the share of a part in a whole that is not empty."""
    return _rounded(part, whole)


def points(total: int, n: int) -> float | None:
    """Return the mean of points."""
    return quotient(total, n * _POINT)


def deviation(n: int, x: int, xx: int) -> float | None:
    """Return the standard deviation of points in a sample (n - 1); None for fewer than two values."""
    return _root(n * xx - x * x, n * (n - 1) * _POINT**2) if n > 1 else None


class Pairs(NamedTuple):
    """Sums over `n` pairs (x, y): of x, of its squares, of y, of its squares, and of the products."""

    n: int
    x: int
    xx: int
    y: int
    yy: int
    xy: int


def correlation(pairs: Pairs) -> float | None:
    """Return Pearson's product-moment correlation; None when x or y do not vary."""
    n, x, xx, y, yy, xy = pairs
    spread = (n * xx - x * x) * (n * yy - y * y)
    if spread <= 0:
        return None
    covariance = n * xy - x * y
    magnitude = _root(covariance * covariance, spread)
    return -magnitude if covariance < 0 else magnitude


def alpha(k: int, within: int, of_total: int) -> float | None:
    """Return Cronbach's alpha (1951, formula 2) of `k` items; None for fewer than two, or equal totals.

    `within` is the sum of the variances of the items, `of_total` the variance of the totals, both in the same
    multiples.
    """
    if k <= 1 or of_total <= 0:
        return None
    return _rounded(k * (of_total - within), (k - 1) * of_total)


def standard_error(k: int, within: int, of_total: int, n: int) -> float | None:
    """Return the standard error of measurement in points, `sd * sqrt(1 - alpha)`; None where alpha is.

    The variances of `n` learners are given as n * xx - x * x.
    """
    if k <= 1 or of_total <= 0:
        return None
    return _root(k * within - of_total, (k - 1) * n * (n - 1) * _POINT**2)


def _rounded(numerator: int, denominator: int) -> float:
    return ((2 * numerator * _UNIT + denominator) // (2 * denominator)) / _UNIT


def _root(numerator: int, denominator: int) -> float:
    return ((isqrt(4 * _UNIT**2 * numerator // denominator) + 1) // 2) / _UNIT
