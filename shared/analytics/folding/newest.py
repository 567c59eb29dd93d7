"""The newest fact of each group, found in memory that does not grow with the number of facts.

Facts become two numbers each: their group, and how new they are. Where they are many these lie aside, parted by
group, and the newest are found part by part.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractContextManager, aclosing
from dataclasses import dataclass
from itertools import batched
from typing import Final

import polars as pl

from shared.analytics.folding.parted import PART, Parted
from shared.analytics.folding.results import Newness, bucket_in, group, part_of
from shared.analytics.ports import FactSnapshot, Scratch

PIECES_AT_ONCE: Final = 2
"""Pieces that are read at the same time: one comes over the wire while the other is decoded."""

_FACTS_AT_ONCE: Final = 1_000_000
"""Facts among which the newest are found together, in about a hundred bytes each."""
_PARTS_AT_ONCE: Final = 16
"""Parts that lie aside at the same time: facts beyond are looked through again. A fact takes 32 bytes there."""

type OpenScratch = Callable[[], AbstractContextManager[Scratch]]


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of the facts, still to be read or in memory: `row` counts them from `first` on.

    `ingests` are those that they are of, None where nobody knows; `most` is how many facts there are at most.
    """

    facts: pl.LazyFrame
    first: int
    rows: int
    most: int
    ingests: frozenset[str] | None = None


class Newest:
    """Finds the newest fact of each group among pieces of all facts."""

    def __init__(
        self, snapshot: FactSnapshot, pieces: Sequence[Piece], bucket: pl.Expr, scratch: OpenScratch
    ) -> None:
        self._snapshot = snapshot
        self._pieces = pieces
        self._bucket = bucket
        self._scratch = scratch
        self._places = sum(piece.rows for piece in pieces)
        self._parts = -(-sum(piece.most for piece in pieces) // _FACTS_AT_ONCE)

    async def find(self) -> pl.DataFrame:
        """Return `row` and `bucket` of the newest facts, in the order of rows."""
        unmeasured = self._unmeasured()
        found = await self._found(unmeasured) if unmeasured is not None else None
        if found is None:
            found = await self._found(await self._measured())
        if found is None:
            raise ValueError("facts have other numbers than were measured")
        return found

    def _unmeasured(self) -> Newness | None:
        """Return how to number facts whose ingests are known, unless they are too many."""
        known = [piece.ingests for piece in self._pieces if piece.ingests is not None]
        if len(known) < len(self._pieces):
            return None
        return Newness.usual(frozenset().union(*known), self._places)

    async def _measured(self) -> Newness:
        """Return how to number facts after a look at them all."""
        found = [
            await self._snapshot.collect(piece.facts.select(Newness.measures())) for piece in self._pieces
        ]
        return Newness.of(pl.concat(found), self._places)

    async def _found(self, newness: Newness) -> pl.DataFrame | None:
        """Return what is found by numbers; None when they have too few bits for some fact."""
        found = []
        async with aclosing(self._numbered(newness)) as parts:
            async for facts in parts:
                newest = await self._snapshot.collect(facts.group_by("group").agg(pl.col("fact").max()))
                if not newness.holds(newest["fact"]):
                    return None
                found.append(
                    newest.select(row=newness.place(pl.col("fact")), bucket=bucket_in(pl.col("group")))
                )
        return pl.concat(found).drop_nulls().sort("row")

    async def _numbered(self, newness: Newness) -> AsyncGenerator[pl.LazyFrame]:
        """Yield `group` and `fact` of all facts, those of one group together."""
        if self._parts <= 1:
            yield pl.concat(self._numbers(piece, newness) for piece in self._pieces)
            return
        for parts in batched(range(self._parts), _PARTS_AT_ONCE, strict=False):
            with self._scratch() as scratch:
                parted = Parted(scratch, parts)
                for some in batched(self._pieces, PIECES_AT_ONCE, strict=False):
                    frames = (self._numbers(piece, newness, parts) for piece in some)
                    for rows in await asyncio.gather(*map(self._snapshot.collect, frames)):
                        await parted.add(rows)
                for part in parts:
                    yield pl.concat(await parted.take(part)).lazy()

    def _numbers(self, piece: Piece, newness: Newness, parts: Sequence[int] = ()) -> pl.LazyFrame:
        """Return the numbers of facts, where there are several parts of the facts of some."""
        row = pl.col("row").cast(pl.Int64) + piece.first
        numbers = {"group": group(self._bucket), "fact": newness.numbers(row)}
        if not parts:
            return piece.facts.select(**numbers)
        part = part_of(self._parts)
        # Which are wanted is looked for first: the others need no numbers.
        wanted = piece.facts if len(parts) == self._parts else piece.facts.filter(part.is_in(parts))
        return wanted.select(**numbers, **{PART: part})
