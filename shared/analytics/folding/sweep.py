"""A sweep over facts: the results of some learners at a time, each learner once, in bounded memory.

It goes over the facts twice. First it learns which row of each group is the newest, from a few columns; then
it reads those rows alone. Where results are many they lie aside by bucket until its learners' turn comes.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from itertools import batched
from typing import Final

import polars as pl

from shared.analytics.folding.newest import PIECES_AT_ONCE, Newest, Piece
from shared.analytics.folding.parted import PART, Parted
from shared.analytics.folding.results import Narrow
from shared.analytics.folding.room import OpenScratch, Room
from shared.analytics.model import BUCKETS
from shared.analytics.ports import FactSnapshot

_DIGITS: Final = pl.col("learner").str.slice(1, 2).str.to_integer(base=16, strict=False).fill_null(0)
_BUCKET: Final = (_DIGITS // (256 // BUCKETS)).cast(pl.UInt8)
"""As `bucket_of` has it: the shard of a bucket is written from one batch."""


@dataclass(frozen=True, slots=True)
class Batch:
    """All results of the learners for whom `learners` is True; there may be learners without any."""

    learners: pl.Expr
    results: pl.DataFrame
    is_last: bool


@dataclass(frozen=True, slots=True)
class _Range:
    """Buckets from `start` to before `end`."""

    start: int
    end: int

    def holds(self, bucket: pl.Expr) -> pl.Expr:
        if (self.start, self.end) == (0, BUCKETS):
            return pl.lit(value=True)
        return bucket.is_between(self.start, self.end - 1)


async def sweep(snapshot: FactSnapshot, pieces: Sequence[Piece], room: Room) -> AsyncGenerator[Batch]:
    """Yield all results, as many at a time as there is room for; those of one learner come together."""
    newest = await Newest(snapshot, pieces, _BUCKET, room).find()
    counts = dict(newest["bucket"].value_counts().iter_rows())
    aside = list(_ranges(_Range(0, BUCKETS), counts, room.results_aside))
    rows = [newest.filter(buckets.holds(pl.col("bucket")))["row"] for buckets in aside]
    del newest
    for buckets in aside:
        ranges = list(_ranges(buckets, counts, room.results_at_once))
        reading = _reading(snapshot, pieces, rows.pop(0))
        async with aclosing(_results(reading, ranges, room.scratch)) as batches:
            async for some, results in batches:
                yield Batch(some.holds(_BUCKET), results, is_last=some.end == BUCKETS)
                del results


def _ranges(within: _Range, counts: Mapping[int, int], limit: int) -> Iterator[_Range]:
    """Yield ranges of buckets with at most `limit` results together, or of one bucket."""
    start, results = within.start, 0
    for bucket in range(within.start, within.end):
        own = counts.get(bucket, 0)
        if results > 0 and results + own > limit:
            yield _Range(start, bucket)
            start, results = bucket, 0
        results += own
    yield _Range(start, within.end)


type _Read = Callable[[Sequence[pl.Expr]], AsyncGenerator[pl.DataFrame]]


def _reading(snapshot: FactSnapshot, pieces: Sequence[Piece], rows: pl.Series) -> _Read:
    """Return what reads columns of the facts in `rows`, which are in order."""

    async def read(piece: Piece, columns: Sequence[pl.Expr]) -> pl.DataFrame:
        start, end = (rows.search_sorted(place) for place in (piece.first, piece.first + piece.rows))
        wanted = (rows[start:end] - piece.first).cast(pl.UInt32)
        facts = piece.facts.filter(pl.col("row").is_in(wanted.implode())).select(columns)
        return await snapshot.collect(facts)

    async def reading(columns: Sequence[pl.Expr]) -> AsyncGenerator[pl.DataFrame]:
        for some in batched(pieces, PIECES_AT_ONCE, strict=False):
            for found in await asyncio.gather(*(read(piece, columns) for piece in some)):
                yield found

    return reading


async def _results(
    read: _Read, ranges: Sequence[_Range], scratch: OpenScratch
) -> AsyncGenerator[tuple[_Range, pl.DataFrame]]:
    """Yield the results of each range of buckets; those of several lie aside until they are wanted."""
    narrow = Narrow()
    if len(ranges) == 1:
        found = [some async for some in read(narrow.columns())]
        yield ranges[0], await asyncio.to_thread(narrow.results, found)
        return
    with scratch() as aside:
        parted = Parted(aside, range(ranges[0].start, ranges[-1].end))
        async for some in read([*narrow.columns(), _BUCKET.alias(PART)]):
            await parted.add(some)
        del read
        for buckets in ranges:
            own = parted.take(range(buckets.start, buckets.end))
            yield buckets, await asyncio.to_thread(narrow.results, await own)
