"""A sweep over facts: the results of some learners at a time, each learner once, in bounded memory.

It goes over the facts twice. First it learns which row of each group is the newest, from a few columns and
in few bytes per group; then it reads those rows alone. Only facts of which the log tells too little, or that
need more bits than is usual, are measured before.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Final

import polars as pl

from shared.analytics.folding.results import Narrow, Newness, bucket_in, group, results
from shared.analytics.model import BUCKETS
from shared.analytics.ports import FactSnapshot

RESULTS_AT_ONCE: Final = 1_500_000
"""Results held in memory together, in about 70 bytes each. A dump has many times as many facts."""

_DIGITS: Final = pl.col("learner").str.slice(1, 2).str.to_integer(base=16, strict=False).fill_null(0)
_BUCKET: Final = _DIGITS // (256 // BUCKETS)
"""As `bucket_of` has it: the shard of a bucket is written from one batch."""


_PIECES_AT_ONCE: Final = 2
"""Pieces that are read at the same time: one comes over the wire while the other is decoded."""

_MOST_AT_ONCE: Final = 2
"""Times `limit` facts that are looked at together however few new groups those before had."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of the facts, still to be read or in memory: `row` counts them from `first` on.

    `ingests` are those that they are of, None where nobody knows.
    """

    facts: pl.LazyFrame
    first: int
    rows: int
    ingests: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """All results of the learners for whom `learners` is True; there may be learners without any."""

    learners: pl.Expr
    results: pl.DataFrame
    is_last: bool


async def sweep(snapshot: FactSnapshot, pieces: Sequence[Piece], limit: int) -> AsyncIterator[Batch]:
    """Yield all results, at most about `limit` at a time; those of one learner come together."""
    newness = _unmeasured(pieces) or await _measured(snapshot, pieces)
    start = 0
    while start < BUCKETS:
        newest = _Newest(start, limit, newness)
        await newest.learn(snapshot, pieces)
        if not newest.is_sure():
            newness = await _measured(snapshot, pieces)
            continue
        rows, within, start = newest.rows(), newest.within(), newest.end
        # What was learned is as large as half of what is read: who takes the batch has no room for it.
        del newest
        yield Batch(within, await _read(snapshot, pieces, rows), is_last=start >= BUCKETS)


def _unmeasured(pieces: Sequence[Piece]) -> Newness | None:
    """Return how to number facts whose ingests are known, unless they are too many."""
    known = [piece.ingests for piece in pieces if piece.ingests is not None]
    if len(known) < len(pieces):
        return None
    return Newness.usual(frozenset().union(*known), _places(pieces))


async def _measured(snapshot: FactSnapshot, pieces: Sequence[Piece]) -> Newness:
    """Return how to number facts after a look at them all."""
    found = [await snapshot.collect(piece.facts.select(Newness.measures())) for piece in pieces]
    return Newness.of(pl.concat(found), _places(pieces))


def _places(pieces: Sequence[Piece]) -> int:
    return sum(piece.rows for piece in pieces)


class _Newest:
    """The newest fact of each group in a range of buckets, which narrows as more than `limit` are found."""

    def __init__(self, start: int, limit: int, newness: Newness) -> None:
        self.end = BUCKETS
        self._start = start
        self._limit = limit
        self._newness = newness
        self._newest = pl.DataFrame()
        self._share = 1.0

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
            before = self._newest.height
            self._newest = await snapshot.collect(newest)
            self._share = (self._newest.height - before) / max(_places(some), 1)
            self._narrow()

    def is_sure(self) -> bool:
        """Tell whether all facts could be numbered: else what was learned is worth nothing."""
        return not self._newest.width or self._newness.holds(self._newest["fact"])

    def _next(self, waiting: Sequence[Piece]) -> Iterator[Piece]:
        """Yield as many pieces as there is room for new groups, should they come as often as last time."""
        room = (2 * self._limit - self._newest.height) / max(self._share, 1 / _MOST_AT_ONCE)
        room = min(room, _MOST_AT_ONCE * self._limit)
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

    async def read(piece: Piece) -> pl.DataFrame:
        start, end = (rows.search_sorted(place) for place in (piece.first, piece.first + piece.rows))
        wanted = (rows[start:end] - piece.first).cast(pl.UInt32)
        facts = piece.facts.filter(pl.col("row").is_in(wanted.implode())).select(narrow.columns())
        return await snapshot.collect(facts)

    found: list[pl.DataFrame] = []
    for some in batched(pieces, _PIECES_AT_ONCE, strict=False):
        found += await asyncio.gather(*map(read, some))
    return results(found)
