"""From facts to results: the fact that counts for each learner on each line item, and its percent score."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from shared.analytics.measures import BIN_WIDTH, TOP_BIN, UNIT

COLUMNS: Final = (
    "ingest_id",
    "feed",
    "course",
    "section",
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
_CARRIED: Final = ("feed", "section", "line_item_title", "status", "score", "max_score", "occurred_at")
"""What is carried along with the newest fact; the rest can be read from its newness."""
_FILES: Final = 2**32
_RECORDS: Final = 2**64
_CAP: Final = 10**10
"""A score beyond a million percent is cut off there, so that squares summed over any table fit 128 bits."""


def latest_results(facts: pl.LazyFrame, ingest_ids: Sequence[str]) -> pl.LazyFrame:
    """Return one row per course, line item and learner: the latest attempt.

    Of facts that state the same attempt the one in the newer file counts, then the greater record.
    `ingest_ids` are all that the facts may come from, oldest first. Adds `percent` (128-bit integer, in parts
    of `measures.UNIT`, null without a score that counts) and `bin`.
    """
    newness = _newness(ingest_ids)
    latest = facts.group_by(_GROUP).agg(pl.col(_CARRIED).max_by(newness), newness=newness.max())
    results = latest.with_columns(**_told(pl.col("newness"), ingest_ids)).select(COLUMNS)
    return results.with_columns(percent=_percent()).with_columns(
        bin=(pl.col("percent") // BIN_WIDTH).clip(0, TOP_BIN).cast(pl.Int16)
    )


def _newness(ingest_ids: Sequence[str]) -> pl.Expr:
    """Return attempt, age of the file and record as one integer: of that, a stream keeps the greatest."""
    attempt, record = (pl.col(name).cast(pl.Int128) for name in ("attempt", "record"))
    file = pl.col("ingest_id").cast(pl.Enum(ingest_ids)).to_physical().cast(pl.Int128)
    return (attempt * _FILES + file) * _RECORDS + record


def _told(newness: pl.Expr, ingest_ids: Sequence[str]) -> dict[str, pl.Expr]:
    """Return what `_newness` was made of."""
    file = (newness // _RECORDS % _FILES).cast(pl.UInt32)
    return {
        "attempt": (newness // (_RECORDS * _FILES)).cast(pl.Int32),
        "ingest_id": file.cat.to(pl.Enum(ingest_ids)).cast(pl.String),
        "record": (newness % _RECORDS).cast(pl.Int64),
    }


def _percent() -> pl.Expr:
    """Return score / max_score in parts of a percent, as an exact quotient rounded half up."""
    score = pl.col("score").to_physical().cast(pl.Int128)
    possible = pl.col("max_score").to_physical().cast(pl.Int128)
    counted = (possible > 0) & ~pl.col("status").is_in(UNCOUNTED)
    quotient = (2 * 100 * UNIT * score + possible) // (2 * possible)
    return pl.when(counted).then(quotient).clip(-_CAP, _CAP)
