"""A sweep over facts: the results of some learners at a time, each learner once, in bounded memory.

It goes over the facts twice. First it learns which row of each group is the newest, from a few columns; then it
reads those rows alone. Where results are many they lie aside by bucket until the learners of theirs come.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from itertools import batched
from typing import Final

import polars as pl

from shared.analytics.folding.newest import PIECES_AT_ONCE, Newest, OpenScratch, Piece
from shared.analytics.folding.parted import PART, Parted
from shared.analytics.folding.results import Narrow
from shared.analytics.model import BUCKETS
from shared.analytics.ports import FactSnapshot

RESULTS_AT_ONCE: Final = 300_000
"""Results held in memory together, in about 70 bytes each, unless a bucket has more."""

_RESULTS_ASIDE: Final = 6_000_000
"""Results that lie aside at the same time, in about 70 bytes each, unless a bucket has more."""

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


@dataclass(frozen=True, slots=True)
class Room:
    """About how many results may be in memory together, and where the others lie."""

    results_at_once: int
    scratch: OpenScratch


async def sweep(snapshot: FactSnapshot, pieces: Sequence[Piece], room: Room) -> AsyncGenerator[Batch]:
    """Yield all results, as many at a time as there is room for; those of one learner come together."""
    newest = await Newest(snapshot, pieces, _BUCKET, room.scratch).find()
    counts = dict(newest["bucket"].value_counts().iter_rows())
    wide = list(_ranges(_Range(0, BUCKETS), counts, _RESULTS_ASIDE))
    rows = [newest.filter(buckets.holds(pl.col("bucket")))["row"] for buckets in wide]
    del newest
    for buckets in wide:
        reading = _Reading(snapshot, pieces, rows.pop(0))
        async with aclosing(
            reading.results(list(_ranges(buckets, counts, room.results_at_once)), room.scratch)
        ) as batches:
            async for some, results in batches:
                yield Batch(some.holds(_BUCKET), results, is_last=some.end == BUCKETS)


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


class _Reading:
    """Reads the facts in `rows`, which are in order, as results."""

    def __init__(self, snapshot: FactSnapshot, pieces: Sequence[Piece], rows: pl.Series) -> None:
        self._snapshot = snapshot
        self._pieces = pieces
        self._rows = rows
        self._narrow = Narrow()

    async def results(
        self, ranges: Sequence[_Range], scratch: OpenScratch
    ) -> AsyncGenerator[tuple[_Range, pl.DataFrame]]:
        """Yield the results of each range of buckets; those of several lie aside until they are wanted."""
        if len(ranges) == 1:
            found = [found async for found in self._read(self._narrow.columns())]
            yield ranges[0], await asyncio.to_thread(self._narrow.results, found)
            return
        with scratch() as aside:
            parted = Parted(aside, range(ranges[0].start, ranges[-1].end))
            async for found in self._read([*self._narrow.columns(), _BUCKET.alias(PART)]):
                await parted.add(found)
            for some in ranges:
                own = [found for bucket in range(some.start, some.end) for found in await parted.take(bucket)]
                yield some, await asyncio.to_thread(self._narrow.results, own)

    async def _read(self, columns: Sequence[pl.Expr]) -> AsyncIterator[pl.DataFrame]:
        async def read(piece: Piece) -> pl.DataFrame:
            start, end = (
                self._rows.search_sorted(place) for place in (piece.first, piece.first + piece.rows)
            )
            wanted = (self._rows[start:end] - piece.first).cast(pl.UInt32)
            facts = piece.facts.filter(pl.col("row").is_in(wanted.implode())).select(columns)
            return await self._snapshot.collect(facts)

        for some in batched(self._pieces, PIECES_AT_ONCE, strict=False):
            for found in await asyncio.gather(*map(read, some)):
                yield found
