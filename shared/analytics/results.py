"""From facts to results: the fact that counts for each learner on each line item, and its percent score."""

from collections.abc import Sequence
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
_REST: Final = tuple(name for name in COLUMNS if name not in _GROUP)
_CAP: Final = 10**10
"""A score beyond a million percent is cut off there, so that squares summed over any table fit 128 bits."""


def latest_results(facts: pl.LazyFrame, ingest_ids: Sequence[str]) -> pl.LazyFrame:
    """Return one row per course, line item and learner: the latest attempt.

    Of facts that state the same attempt the one in the newer file counts, then the greater record.
    `ingest_ids` are all that the facts may come from, oldest first. Adds `percent` (128-bit integer, in parts
    of `measures.UNIT`, null without a score that counts) and `bin`.
    """
    latest = facts.group_by(_GROUP).agg(pl.col(_REST).max_by(_newness(ingest_ids))).select(COLUMNS)
    return latest.with_columns(percent=_percent()).with_columns(
        bin=(pl.col("percent") // BIN_WIDTH).clip(0, TOP_BIN).cast(pl.Int16)
    )


def _newness(ingest_ids: Sequence[str]) -> pl.Expr:
    """Return attempt, age of the file and record as one integer: of that, a stream keeps the greatest."""
    attempt, record = (pl.col(name).cast(pl.Int128) for name in ("attempt", "record"))
    file = pl.col("ingest_id").cast(pl.Enum(ingest_ids)).to_physical().cast(pl.Int128)
    return attempt * 2**96 + file * 2**64 + record


def _percent() -> pl.Expr:
    """Return score / max_score in parts of a percent, as an exact quotient rounded half up."""
    score = pl.col("score").to_physical().cast(pl.Int128)
    possible = pl.col("max_score").to_physical().cast(pl.Int128)
    counted = (possible > 0) & ~pl.col("status").is_in(UNCOUNTED)
    quotient = (2 * 100 * UNIT * score + possible) // (2 * possible)
    return pl.when(counted).then(quotient).clip(-_CAP, _CAP)
