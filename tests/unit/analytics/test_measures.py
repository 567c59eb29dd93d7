"""Statistics are exact, and quantiles keep the error that they state."""

import math
import statistics as reference
from collections import Counter
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from shared.analytics.measures import BANDS, BIN_WIDTH, TOP_BIN, UNIT, Sample, statistics

_SCORES = st.lists(st.integers(0, 100 * UNIT), min_size=1, max_size=60)


def _sample(scores: list[int]) -> Sample:
    bins = Counter(min(max(score // BIN_WIDTH, 0), TOP_BIN) for score in scores)
    return Sample(
        n=len(scores),
        total=sum(scores),
        squares=sum(score * score for score in scores),
        least=min(scores),
        greatest=max(scores),
        bins=bins,
    )


def _figure(sample: Sample, name: str) -> float:
    value = statistics(sample)[name]
    assert isinstance(value, float)
    return value


@given(_SCORES)
def test_mean_and_deviation_equal_the_reference_to_the_last_digit(scores: list[int]) -> None:
    sample = _sample(scores)
    assert _figure(sample, "mean") == math.floor(Fraction(sum(scores), len(scores)) + Fraction(1, 2)) / UNIT
    if len(scores) > 1:
        expected = reference.stdev(Fraction(score, UNIT) for score in scores)
        assert abs(_figure(sample, "standardDeviation") - float(expected)) <= 0.5 / UNIT + 1e-9


@given(_SCORES)
def test_quantiles_stay_within_half_a_point_below_the_nearest_rank(scores: list[int]) -> None:
    ranked = sorted(scores)
    for quarter, name in enumerate(("lowerQuartile", "median", "upperQuartile"), start=1):
        exact = ranked[math.ceil(len(scores) * quarter / 4) - 1] / UNIT
        assert exact - 0.5 < _figure(_sample(scores), name) <= exact


@given(st.lists(st.integers(0, 200).map(lambda half: half * BIN_WIDTH), min_size=1, max_size=60))
def test_quantiles_of_half_percents_are_exact(scores: list[int]) -> None:
    assert _figure(_sample(scores), "median") == sorted(scores)[math.ceil(len(scores) / 2) - 1] / UNIT


@given(_SCORES)
def test_the_distribution_counts_each_score_in_its_band(scores: list[int]) -> None:
    expected = Counter(min(score // (5 * UNIT), BANDS - 1) for score in scores)
    assert statistics(_sample(scores))["distribution"] == [expected[band] for band in range(BANDS)]


def test_a_single_score_has_no_deviation() -> None:
    assert statistics(_sample([85 * UNIT]))["standardDeviation"] is None


def test_scores_outside_0_to_100_percent_count_in_the_outermost_bins_and_extremes_show_them() -> None:
    figures = statistics(_sample([-5 * UNIT, 50 * UNIT, 120 * UNIT]))
    assert (figures["minimum"], figures["maximum"]) == (-5.0, 120.0)
    assert isinstance(figures["distribution"], list)
    assert (figures["distribution"][0], figures["distribution"][-1]) == (1, 1)
