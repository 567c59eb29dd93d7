"""Exact statistics of percent scores, from integer sums and a histogram with fixed boundaries.

A percent score is an integer of ten-thousandths of a percent point. Sums and sums of squares are exact
integers, and every figure is rounded once, at the end, half up: the order in which scores come, and how they
are split into samples, cannot change a single bit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isqrt
from typing import Final

from shared.kernel.events import Json

UNIT: Final = 10_000
"""Parts of a percent point that a score is counted in."""

BIN_WIDTH: Final = UNIT // 2
TOP_BIN: Final = 200
"""Bin b holds scores from b/2 up to but not including (b+1)/2 percent; bin 0 also what is below, bin 200 all
from 100 percent up."""

BANDS: Final = 20
"""Bands of five percent points; 100 percent and more belong to the last."""

_BINS_PER_BAND: Final = TOP_BIN // BANDS
_QUARTERS: Final = 4


@dataclass(frozen=True, slots=True)
class Sample:
    """What is kept of at least one score: count, sums, extremes, and counts by bin."""

    n: int
    total: int
    squares: int
    least: int
    greatest: int
    bins: Mapping[int, int]


def statistics(sample: Sample) -> dict[str, Json]:
    """Return the figures of a sample, in percent points with four decimals.

    `standardDeviation` is that of a sample (n - 1), None for one score. `lowerQuartile`, `median` and
    `upperQuartile` are of the nearest-rank kind (type 1 of Hyndman and Fan, 1996), read from the histogram:
    never above the exact value and less than half a percent point below it, exact for whole and half
    percents, within 0 to 100 percent. `distribution` counts scores in twenty bands of five percent points.
    """
    return {
        "n": sample.n,
        "mean": _points(_rounded(sample.total, sample.n)),
        "standardDeviation": None if sample.n == 1 else _points(_deviation(sample)),
        "minimum": _points(sample.least),
        "lowerQuartile": _points(_quantile(sample, 1)),
        "median": _points(_quantile(sample, 2)),
        "upperQuartile": _points(_quantile(sample, 3)),
        "maximum": _points(sample.greatest),
        "distribution": list(_bands(sample.bins)),
    }


def _points(value: int) -> float:
    return value / UNIT


def _rounded(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)


def _deviation(sample: Sample) -> int:
    spread = sample.n * sample.squares - sample.total**2
    degrees = sample.n * (sample.n - 1)
    return (isqrt(4 * spread // degrees) + 1) // 2


def _quantile(sample: Sample, quarter: int) -> int:
    rank = -(-sample.n * quarter // _QUARTERS)
    seen = 0
    for position in sorted(sample.bins):
        seen += sample.bins[position]
        if seen >= rank:
            return min(max(position * BIN_WIDTH, sample.least), sample.greatest)
    raise ValueError("the bins hold fewer scores than the sample")


def _bands(bins: Mapping[int, int]) -> list[int]:
    counts = [0] * BANDS
    for position, count in bins.items():
        counts[min(position // _BINS_PER_BAND, BANDS - 1)] += count
    return counts
