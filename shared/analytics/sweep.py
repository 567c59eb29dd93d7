"""A sweep over facts: the results of some learners at a time, each learner once, in bounded memory.

It goes over the facts twice. First it learns which row of each group is the newest, from a few columns and in
few bytes per group; then it reads those rows alone.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from shared.analytics.model import BUCKETS
from shared.analytics.ports import FactSnapshot
from shared.analytics.results import Narrow, Newness, bucket_in, group, results

RESULTS_AT_ONCE: Final = 1_500_000
"""Results held in memory together, in about 70 bytes each. A dump has many times as many facts."""

_DIGITS: Final = pl.col("learner").str.slice(1, 2).str.to_integer(base=16, strict=False).fill_null(0)
_BUCKET: Final = _DIGITS // (256 // BUCKETS)
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
    is_last: bool


async def sweep(snapshot: FactSnapshot, pieces: Sequence[Piece], limit: int) -> AsyncIterator[Batch]:
    """Yield all results, at most about `limit` at a time; those of one learner come together."""
    measured = [await snapshot.collect(piece.facts.select(Newness.measures())) for piece in pieces]
    newness = Newness.of(pl.concat(measured), sum(piece.rows for piece in pieces))
    start = 0
    while start < BUCKETS:
        newest = _Newest(start, limit, newness)
        await newest.learn(snapshot, pieces)
        rows, within, start = newest.rows(), newest.within(), newest.end
        # What was learned is as large as half of what is read: who takes the batch has no room for it.
        del newest
        yield Batch(within, await _read(snapshot, pieces, rows), is_last=start >= BUCKETS)


class _Newest:
    """The newest fact of each group in a range of buckets, which narrows as more than `limit` are found."""

    def __init__(self, start: int, limit: int, newness: Newness) -> None:
        self.end = BUCKETS
        self._start = start
        self._limit = limit
        self._newness = newness
        self._newest = pl.DataFrame()

    def within(self) -> pl.Expr:
        """Tell which learners are in the range."""
        if (self._start, self.end) == (0, BUCKETS):
            return pl.lit(value=True)
        return _BUCKET.is_between(self._start, self.end - 1)

    async def learn(self, snapshot: FactSnapshot, pieces: Sequence[Piece]) -> None:
        """Take all facts into account, as many at a time as there may be groups in memory."""
        waiting = list(pieces)
        while waiting:
            some = list(self._next(waiting))
            del waiting[: len(some)]
            facts = [
                piece.facts.filter(self.within()).select(
                    group=group(_BUCKET),
                    fact=self._newness.numbers(pl.col("row").cast(pl.Int64) + piece.first),
                )
                for piece in some
            ]
            known = [self._newest.lazy()] if self._newest.width else []
            newest = pl.concat([*known, *facts]).group_by("group").agg(pl.col("fact").max())
            self._newest = await snapshot.collect(newest)
            self._narrow()

    def _next(self, waiting: Sequence[Piece]) -> Iterator[Piece]:
        room = 2 * self._limit - self._newest.height
        for position, piece in enumerate(waiting):
            room -= piece.rows
            if position > 0 and room < 0:
                return
            yield piece

    def _narrow(self) -> None:
        while self._newest.height > self._limit and self.end - self._start > 1:
            self.end = (self._start + self.end) // 2
            self._newest = self._newest.filter(bucket_in(pl.col("group")) < self.end)

    def rows(self) -> pl.Series:
        """Return the rows of the newest facts, in order."""
        return self._newest.select(self._newness.place(pl.col("fact")))["fact"].drop_nulls().sort()


async def _read(snapshot: FactSnapshot, pieces: Sequence[Piece], rows: pl.Series) -> pl.DataFrame:
    narrow = Narrow()
    found = []
    for piece in pieces:
        start, end = (rows.search_sorted(place) for place in (piece.first, piece.first + piece.rows))
        wanted = (rows[start:end] - piece.first).cast(pl.UInt32)
        facts = piece.facts.filter(pl.col("row").is_in(wanted.implode())).select(narrow.columns())
        found.append(await snapshot.collect(facts))
    return results(found)
