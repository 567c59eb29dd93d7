"""A sweep over facts: the results of some learners at a time, each learner once, in bounded memory."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

import polars as pl

from shared.analytics.ports import FactSnapshot
from shared.analytics.results import latest_results

BUCKETS: Final = 256
"""Learners fall into so many buckets, by the first two digits of their pseudonyms, evenly."""

RESULTS_AT_ONCE: Final = 250_000
"""Results held in memory together. A dump has many times as many facts: those stream past.
With these a fold takes about half a gigabyte at its peak."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts to sweep over, still to be read or in memory, and how many rows they are at most."""

    frame: pl.LazyFrame
    rows: int


@dataclass(frozen=True, slots=True)
class Batch:
    """All results of the learners for whom `learners` is True; there may be learners without any."""

    learners: pl.Expr
    results: pl.DataFrame


async def sweep(snapshot: FactSnapshot, facts: Facts, limit: int) -> AsyncIterator[Batch]:
    """Yield all results, about `limit` at a time; those of one learner come together.

    How many results a bucket has is learned on the way: at most as many as facts, mostly far fewer.
    """
    ids = await snapshot.collect(facts.frame.select(pl.col("ingest_id").unique()))
    ingest_ids = ids["ingest_id"].sort().to_list()
    start = seen = 0
    while start < BUCKETS:
        per_bucket = seen / start if seen else facts.rows / BUCKETS
        end = min(start + max(int(limit / per_bucket), 1), BUCKETS) if per_bucket else BUCKETS
        learners = _within(start, end)
        results = await snapshot.collect(latest_results(facts.frame.filter(learners), ingest_ids))
        yield Batch(learners, results)
        start, seen = end, seen + results.height


def _within(start: int, end: int) -> pl.Expr:
    """Tell which learners are in the buckets from `start` to before `end`; the ends take what is beyond."""
    learner = pl.col("learner")
    within = pl.lit(value=True)
    if start > 0:
        within &= learner >= f"l{start:02x}"
    if end < BUCKETS:
        within &= learner < f"l{end:02x}"
    return within
