"""Exact statistics of percent scores, from integer sums and a histogram with fixed boundaries.

A percent score is an integer of ten-thousandths of a percent point. Sums and sums of squares are exact
integers, and every figure is rounded once, at the end, half up: the order in which scores come, and how they
are split into samples, cannot change a single bit.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
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
    lower, median, upper = _quartiles(sample)
    return {
        "n": sample.n,
        "mean": mean(sample.total, sample.n),
        "standardDeviation": None if sample.n == 1 else _points(_deviation(sample)),
        "minimum": _points(sample.least),
        "lowerQuartile": _points(lower),
        "median": _points(median),
        "upperQuartile": _points(upper),
        "maximum": _points(sample.greatest),
        "distribution": list(_bands(sample.bins)),
    }


def _points(value: int) -> float:
    return value / UNIT


def mean(total: int, n: int) -> float:
    """Return the mean of `n` values that come to `total`, in percent points."""
    return _points((2 * total + n) // (2 * n))


def _deviation(sample: Sample) -> int:
    spread = sample.n * sample.squares - sample.total**2
    degrees = sample.n * (sample.n - 1)
    return (isqrt(4 * spread // degrees) + 1) // 2


def _quartiles(sample: Sample) -> Iterator[int]:
    positions = sorted(sample.bins)
    seen = list(accumulate(map(sample.bins.__getitem__, positions)))
    if not seen or seen[-1] < sample.n:
        raise ValueError("the bins hold fewer scores than the sample")
    for quarter in range(1, _QUARTERS):
        rank = -(-sample.n * quarter // _QUARTERS)
        start = positions[bisect_left(seen, rank)] * BIN_WIDTH
        yield min(max(start, sample.least), sample.greatest)


def _bands(bins: Mapping[int, int]) -> list[int]:
    counts = [0] * BANDS
    for position, count in bins.items():
        counts[min(position // _BINS_PER_BAND, BANDS - 1)] += count
    return counts
