"""The newest fact of each group, found in memory that does not grow with the number of facts.

Facts become two numbers each: their group, and how new they are. Where facts are many these lie aside, parted
by group, and the newest are found part by part.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from itertools import batched
from typing import Final

import polars as pl

from shared.analytics.folding.parted import Parted
from shared.analytics.folding.results import Newness, group, part_of
from shared.analytics.folding.room import Room
from shared.analytics.ports import FactSnapshot

_AT_ONCE: Final = 2
"""Frames that are read at the same time: one comes over the wire while the other is decoded."""

_PART: Final = "part"
_UINT32: Final = 2**32 - 1


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


async def collected(snapshot: FactSnapshot, frames: Iterable[pl.LazyFrame]) -> AsyncGenerator[pl.DataFrame]:
    """Yield the rows of frames, in order."""
    for some in batched(frames, _AT_ONCE, strict=False):
        for rows in await asyncio.gather(*map(snapshot.collect, some)):
            yield rows


class Newest:
    """Finds the newest fact of each group among pieces of all facts."""

    def __init__(self, snapshot: FactSnapshot, pieces: Sequence[Piece], room: Room) -> None:
        self._snapshot = snapshot
        self._pieces = pieces
        self._room = room
        self._places = sum(piece.rows for piece in pieces)
        # There is one of it for each result of a tenant: half the memory, as long as it can count them.
        self._row = pl.UInt32 if self._places <= _UINT32 else pl.Int64
        self._parts = -(-sum(piece.most for piece in pieces) // room.facts_at_once)

    async def find(self) -> pl.Series:
        """Return the rows of the newest facts, in order."""
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

    async def _found(self, newness: Newness) -> pl.Series | None:
        """Return what is found by numbers; None when they have too few bits for some fact."""
        found = [pl.Series(dtype=self._row)]
        async with aclosing(self._numbered(newness)) as parts:
            async for facts in parts:
                newest = await self._snapshot.collect(facts.group_by("group").agg(pl.col("fact").max()))
                if not newness.holds(newest["fact"]):
                    return None
                found.append(newest.select(newness.place(pl.col("fact")).cast(self._row)).to_series())
        return pl.concat(found).drop_nulls().sort()

    async def _numbered(self, newness: Newness) -> AsyncGenerator[pl.LazyFrame]:
        """Yield `group` and `fact` of all facts, those of one group together."""
        if self._parts <= 1:
            yield pl.concat(self._numbers(piece, newness) for piece in self._pieces)
            return
        for parts in batched(range(self._parts), self._room.parts_aside, strict=False):
            with self._room.scratch() as scratch:
                parted = Parted(scratch, _PART, parts)
                frames = (self._numbers(piece, newness, parts) for piece in self._pieces)
                async for numbers in collected(self._snapshot, frames):
                    await parted.add(numbers)
                for part in parts:
                    if rows := await parted.take([part]):
                        yield pl.concat(rows).lazy()

    def _numbers(self, piece: Piece, newness: Newness, parts: Sequence[int] = ()) -> pl.LazyFrame:
        """Return the numbers of facts, where there are several parts of the facts of some."""
        row = pl.col("row").cast(pl.Int64) + piece.first
        numbers = {"group": group(), "fact": newness.numbers(row)}
        if not parts:
            return piece.facts.select(**numbers)
        part = part_of(self._parts)
        # Which are wanted is looked for first: the others need no numbers.
        wanted = piece.facts if len(parts) == self._parts else piece.facts.filter(part.is_in(parts))
        return wanted.select(**numbers, **{_PART: part})
