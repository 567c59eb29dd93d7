"""The figures of many groups at a time: the same text as `sums.figures` makes of one, bit for bit.

Exact integers throughout, as in `measures`: with fewer than 10 ** 8 scores in a group, no product of them
outgrows 128 bits.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from shared.analytics.folding.json_texts import distinct as distinct_texts
from shared.analytics.folding.json_texts import json_array, json_object, looked_up, number, or_null, points
from shared.analytics.folding.upload_time import uploaded_at
from shared.analytics.measures import BANDS, BIN_WIDTH, TOP_BIN, UNIT

_QUARTERS: Final = 4
_WHOLE: Final = 100 * UNIT
_BINS_PER_BAND: Final = TOP_BIN // BANDS
_QUARTILES: Final = ("lowerQuartile", "median", "upperQuartile")
_BANDS: Final = tuple(f"band{n}" for n in range(BANDS))


def with_figures(keys: Sequence[str], rows: pl.DataFrame, binned: pl.DataFrame) -> pl.DataFrame:
    """Add `figures` to the sums of groups and their bins (`GroupSums.tables`): members of a JSON object.

    `rows` has to say too how many `learners` stand behind each group. `headline` is what a line tells.
    """
    uploads = {name: f'"{uploaded_at(name)}"' for name in distinct_texts(rows["newest"])}
    uploaded = pl.lit(looked_up(rows["newest"], uploads))
    # As one query: for the few groups of a small commit, each step by itself would cost more than its work.
    placed = rows.lazy().with_row_index("place")
    found = placed.join(
        _distributions(keys, placed, binned.lazy()), on="place", how="left", maintain_order="left"
    )
    # Column by column: what an expression needs in several places is computed in each of them.
    found = found.with_columns(mean=rounded_mean(), deviation=_quotient())
    found = found.with_columns(near=pl.col("deviation").cast(pl.Float64).sqrt().cast(pl.Int128))
    found = found.with_columns(deviation=(_root(pl.col("deviation"), pl.col("near")) + 1) // 2)
    mean = or_null(points(pl.col("mean")))
    shown = found.with_columns(
        figures=json_object(_figures(uploaded)).str.slice(1).str.strip_suffix("}"),
        headline=pl.concat_str(pl.lit('"scored":'), number(pl.col("n")), pl.lit(',"mean":'), mean),
    )
    return shown.drop("place", *_QUARTILES, "distribution", "mean", "deviation", "near").collect()


def rounded_mean() -> pl.Expr:
    """Return the mean of `n` scores that come to `total`, rounded half up; null for none."""
    return pl.when(pl.col("n") > 0).then((2 * pl.col("total") + pl.col("n")) // (2 * pl.col("n")))


def _figures(uploaded: pl.Expr) -> Mapping[str, pl.Expr]:
    percent = pl.when(pl.col("n") > 0).then(json_object(_percent()))
    return {
        "learners": number(pl.col("learners")),
        "results": number(pl.col("results")),
        "participation": or_null(points(_participation())),
        "missing": number(pl.col("missing")),
        "late": number(pl.col("late")),
        "percent": or_null(percent),
        "latestUpload": uploaded,
    }


def _percent() -> Mapping[str, pl.Expr]:
    return {
        "n": number(pl.col("n")),
        "mean": points(pl.col("mean")),
        "standardDeviation": or_null(points(pl.col("deviation"))),
        "minimum": points(pl.col("least")),
        **{name: points(pl.col(name).clip("least", "greatest")) for name in _QUARTILES},
        "maximum": points(pl.col("greatest")),
        "distribution": json_array(pl.col("distribution")),
    }


def _participation() -> pl.Expr:
    expected = pl.col("results").cast(pl.Int64) - pl.col("uncounted")
    handed_in = expected - pl.col("missing")
    return pl.when(expected != 0).then((2 * _WHOLE * handed_in + expected) // (2 * expected))


def _quotient() -> pl.Expr:
    """Return the square of twice the standard deviation; null for one score."""
    n = pl.col("n").cast(pl.Int128)
    spread = n * pl.col("squares") - pl.col("total") * pl.col("total")
    return pl.when(n > 1).then(4 * spread // (n * (n - 1)))


def _root(square: pl.Expr, near: pl.Expr) -> pl.Expr:
    """Return the integer part of the square root: that of a float, `near`, is one off at most."""
    above = pl.when(near * near > square).then(near - 1).otherwise(near)
    return pl.when((above + 1) * (above + 1) <= square).then(above + 1).otherwise(above)


def _distributions(keys: Sequence[str], rows: pl.LazyFrame, binned: pl.LazyFrame) -> pl.LazyFrame:
    """Return by `place` the quartiles of groups, not yet kept between the extremes, and their bands."""
    scores = rows.select(*keys, "n", "place").join(binned, on=keys, how="inner", maintain_order="left_right")
    seen = scores.with_columns(seen=pl.col("count").cum_sum().over("place"))
    position = pl.col("bin").cast(pl.Int64)
    band = (position // _BINS_PER_BAND).clip(upper_bound=BANDS - 1)
    ranks = {name: (pl.col("n") * n + _QUARTERS - 1) // _QUARTERS for n, name in enumerate(_QUARTILES, 1)}
    # Columns that are then added up: filters in each group would take several times as long.
    spread = seen.with_columns(position=position, band=band).select(
        "place",
        *(pl.when(pl.col("seen") >= rank).then("position").alias(name) for name, rank in ranks.items()),
        *(
            pl.when(pl.col("band") == n).then("count").otherwise(0).alias(name)
            for n, name in enumerate(_BANDS)
        ),
    )
    return (
        spread.group_by("place")
        .agg(pl.col(_QUARTILES).min() * BIN_WIDTH, pl.col(_BANDS).sum().cast(pl.String))
        .select("place", *_QUARTILES, distribution=pl.concat_str(_BANDS, separator=","))
    )
