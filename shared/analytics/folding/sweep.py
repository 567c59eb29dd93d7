"""A sweep over facts: their results learner by learner and course by course, in bounded memory.

It goes over the facts twice. First it learns which row of each group is the newest, from a few columns; then
it reads those rows alone. Where results are many they lie aside, once by learners and once by courses.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from shared.analytics.folding.newest import Newest, Piece, collected
from shared.analytics.folding.parted import Parted
from shared.analytics.folding.results import Narrow
from shared.analytics.folding.room import Room, Scratch
from shared.analytics.model import BUCKETS
from shared.analytics.ports import FactSnapshot

_DIGITS: Final = pl.col("learner").str.slice(1, 2).str.to_integer(base=16, strict=False).fill_null(0)
_BUCKET: Final = (_DIGITS // (256 // BUCKETS)).cast(pl.UInt8)
"""As `bucket_of` has it: the shard of a bucket is written from one batch."""

type Place = Callable[[pl.DataFrame], pl.DataFrame]
"""Adds to results where they belong (`Structure.placed`)."""


@dataclass(frozen=True, slots=True)
class Batch:
    """All results of the learners for whom `learners` is True; there may be learners without any."""

    learners: pl.Expr
    results: pl.DataFrame


@dataclass(frozen=True, slots=True)
class _Range:
    """Buckets from `start` to before `end`."""

    start: int
    end: int

    def holds(self, bucket: pl.Expr) -> pl.Expr:
        if (self.start, self.end) == (0, BUCKETS):
            return pl.lit(value=True)
        return bucket.is_between(self.start, self.end - 1)


async def sweep(
    snapshot: FactSnapshot, pieces: Sequence[Piece], place: Place, room: Room
) -> AsyncGenerator["Swept"]:
    """Yield all results, placed, of as many learners at a time as there is room for; mostly of all.

    Courses have results in each. They are in the same share each time.
    """
    rows = await Newest(snapshot, pieces, room).find()
    shares = max(1, -(-rows.len() // room.results_at_once))
    times = min(BUCKETS, max(1, -(-rows.len() // room.results_aside)))
    for n in range(times):
        buckets = _Range(BUCKETS * n // times, BUCKETS * (n + 1) // times)
        with room.scratch() as scratch:
            swept = Swept(buckets, shares, place, scratch)
            await swept.read(_reading(snapshot, pieces, rows, buckets), room.results_at_once)
            if buckets.end == BUCKETS:
                rows = rows.clear()
            yield swept


type _Read = Callable[[Sequence[pl.Expr]], AsyncGenerator[pl.DataFrame]]


def _reading(snapshot: FactSnapshot, pieces: Sequence[Piece], rows: pl.Series, buckets: _Range) -> _Read:
    """Return what reads columns of the facts in `rows`, which are in order, of the learners in buckets."""

    def newest(piece: Piece) -> pl.LazyFrame:
        start, end = (rows.search_sorted(place) for place in (piece.first, piece.first + piece.rows))
        wanted = (rows[start:end] - piece.first).cast(pl.UInt32)
        return piece.facts.filter(pl.col("row").is_in(wanted.implode())).filter(buckets.holds(_BUCKET))

    return lambda columns: collected(snapshot, (newest(piece).select(columns) for piece in pieces))


class Swept:
    """All results of some learners: each is taken once with its learner, and once with its course."""

    def __init__(self, buckets: _Range, shares: int, place: Place, scratch: Scratch) -> None:
        self.is_last = buckets.end == BUCKETS
        self._ranges = [buckets]
        self._shares = shares
        self._place = place
        self._narrow = Narrow()
        self._whole: pl.DataFrame | None = None
        self._buckets = Parted(scratch, "bucket", range(buckets.start, buckets.end))
        self._courses = Parted(scratch, "share", range(shares))

    async def read(self, read: _Read, limit: int) -> None:
        """Read the results; those of several shares lie aside until they are taken, `limit` at a time."""
        if self._shares == 1:
            found = [some async for some in read(self._narrow.columns())]
            self._whole = await asyncio.to_thread(self._results, found)
            return
        share = (pl.col("course").hash() % self._shares).cast(pl.UInt32)
        async for some in read([*self._narrow.columns(), _BUCKET.alias("bucket"), share.alias("share")]):
            await self._buckets.add(some.drop("share"))
            await self._courses.add(some.drop("bucket"))
        self._ranges = list(self._buckets_of(limit))

    def _buckets_of(self, limit: int) -> Iterator[_Range]:
        """Yield ranges of buckets with at most `limit` results together, or of one bucket."""
        whole, results = self._ranges[0], 0
        start = whole.start
        for bucket in range(whole.start, whole.end):
            own = self._buckets.rows[bucket]
            if results > 0 and results + own > limit:
                yield _Range(start, bucket)
                start, results = bucket, 0
            results += own
        yield _Range(start, whole.end)

    async def learners(self) -> AsyncGenerator[Batch]:
        """Yield the results of some learners at a time."""
        for buckets in self._ranges:
            results = await self._taken(self._buckets, range(buckets.start, buckets.end))
            yield Batch(buckets.holds(_BUCKET), results)
            del results

    async def courses(self) -> AsyncGenerator[tuple[int, pl.DataFrame]]:
        """Yield the results of each share of courses."""
        for share in range(self._shares):
            yield share, await self._taken(self._courses, [share])

    async def _taken(self, parted: Parted, parts: Iterable[int]) -> pl.DataFrame:
        if self._whole is not None:
            return self._whole
        return await asyncio.to_thread(self._results, await parted.take(parts))

    def _results(self, found: Sequence[pl.DataFrame]) -> pl.DataFrame:
        return self._place(self._narrow.results(found))
