"""From facts to results: the fact that counts for each learner on each line item, and its percent score."""

from typing import Final

import polars as pl

from shared.analytics.measures import BIN_WIDTH, TOP_BIN, UNIT

COLUMNS: Final = (
    "ingest_id",
    "course",
    "learner",
    "line_item",
    "line_item_title",
    "attempt",
    "status",
    "score",
    "max_score",
    "occurred_at",
    "record",
)
"""The columns of a fact that rollups are made of."""

UNCOUNTED: Final = ("exempt", "suppressed")
"""States in which a score, should there be one, does not count."""

_GROUP: Final = ("course", "line_item", "learner")
_CAP: Final = 10**10
"""A score beyond a million percent is cut off there, so that squares summed over any table fit 128 bits."""


def latest_results(facts: pl.LazyFrame) -> pl.LazyFrame:
    """Return one row per course, line item and learner: the latest attempt.

    Of facts that state the same attempt the one in the newer file counts, then the greater record. Adds
    `percent` (128-bit integer, in parts of `measures.UNIT`, null without a score that counts) and `bin`.
    """
    # Sorted by integers: as text, the keys would take ten times the memory of the facts.
    newest_last = (pl.col("attempt"), pl.col("ingest_id").rank("dense"), pl.col("record"))
    return (
        facts.select(COLUMNS)
        .sort(newest_last, maintain_order=True)
        .unique(_GROUP, keep="last", maintain_order=True)
        .with_columns(percent=_percent())
        .with_columns(bin=(pl.col("percent") // BIN_WIDTH).clip(0, TOP_BIN).cast(pl.Int16))
    )


def _percent() -> pl.Expr:
    """Return score / max_score in parts of a percent, as an exact quotient rounded half up."""
    score = pl.col("score").to_physical().cast(pl.Int128)
    possible = pl.col("max_score").to_physical().cast(pl.Int128)
    counted = (possible > 0) & ~pl.col("status").is_in(UNCOUNTED)
    quotient = (2 * 100 * UNIT * score + possible) // (2 * possible)
    return pl.when(counted).then(quotient).clip(-_CAP, _CAP)
