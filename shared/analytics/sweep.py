"""A sweep over facts: the results of some learners at a time, each learner once, in bounded memory.

It goes over the facts twice. First it learns which row of each group is the newest, from a few columns and in
few bytes per group; then it reads those rows alone.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from shared.analytics.model import BUCKETS
from shared.analytics.ports import FactSnapshot
from shared.analytics.results import Narrow, group, newness, results

RESULTS_AT_ONCE: Final = 1_500_000
"""Results held in memory together, in about 70 bytes each. A dump has many times as many facts."""

_LEAST_MERGED: Final = 500_000
_DIGITS: Final = pl.col("learner").str.slice(1, 2).str.to_integer(base=16, strict=False).fill_null(0)
_BUCKET: Final = (_DIGITS // (256 // BUCKETS)).cast(pl.UInt8)
"""As `bucket_of` has it: the shard of a bucket is written from one batch."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of the facts, still to be read or in memory: `row` counts them from `first` on."""

    facts: pl.LazyFrame
    first: int
    rows: int


@dataclass(frozen=True, slots=True)
class Batch:
    """All results of the learners for whom `learners` is True; there may be learners without any."""

    learners: pl.Expr
    results: pl.DataFrame


async def sweep(snapshot: FactSnapshot, pieces: Sequence[Piece], limit: int) -> AsyncIterator[Batch]:
    """Yield all results, at most about `limit` at a time; those of one learner come together."""
    ids: set[str] = set()
    for piece in pieces:
        ids.update((await snapshot.collect(piece.facts.select(pl.col("ingest_id").unique())))["ingest_id"])
    start = 0
    while start < BUCKETS:
        newest = _Newest(start, limit)
        for piece in pieces:
            facts = piece.facts.filter(newest.within()).select(
                group=group(),
                newness=newness(sorted(ids)),
                row=pl.col("row").cast(pl.Int64) + piece.first,
                bucket=_BUCKET,
            )
            newest.add(await snapshot.collect(facts))
        rows = newest.rows()
        yield Batch(newest.within(), await _read(snapshot, pieces, rows))
        start = newest.end


class _Newest:
    """The newest fact of each group in a range of buckets, which narrows as more than `limit` are found."""

    def __init__(self, start: int, limit: int) -> None:
        self.end = BUCKETS
        self._start = start
        self._limit = limit
        self._parts: list[pl.DataFrame] = []

    def within(self) -> pl.Expr:
        """Tell which learners are in the range."""
        if (self._start, self.end) == (0, BUCKETS):
            return pl.lit(value=True)
        return _BUCKET.is_between(self._start, self.end - 1)

    def add(self, facts: pl.DataFrame) -> None:
        """Take facts into account; merged when the new ones are about as many as the old."""
        self._parts.append(facts)
        merged, *others = self._parts
        if sum(other.height for other in others) >= max(merged.height, min(_LEAST_MERGED, self._limit)):
            self._merge()

    def rows(self) -> pl.Series:
        """Return the rows of the newest facts, in order."""
        if not self._parts:
            return pl.Series(dtype=pl.Int64)
        self._merge()
        return self._parts[0].unique("group")["row"].sort()

    def _merge(self) -> None:
        newest = pl.col("newness") == pl.col("newness").max().over("group")
        merged = pl.concat(self._parts).lazy().filter(newest).collect()
        while merged.height > self._limit and self.end - self._start > 1:
            self.end = (self._start + self.end) // 2
            merged = merged.filter(pl.col("bucket") < self.end)
        self._parts = [merged]


async def _read(snapshot: FactSnapshot, pieces: Sequence[Piece], rows: pl.Series) -> pl.DataFrame:
    narrow = Narrow()
    found = []
    for piece in pieces:
        start, end = (rows.search_sorted(place) for place in (piece.first, piece.first + piece.rows))
        wanted = (rows[start:end] - piece.first).cast(pl.UInt32)
        facts = piece.facts.filter(pl.col("row").is_in(wanted.implode())).select(narrow.columns())
        found.append(await snapshot.collect(facts))
    return results(found)
