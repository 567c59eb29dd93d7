"""Rows that lie aside by part until each part is taken in its turn."""

from collections.abc import Collection
from typing import Final, Self

import polars as pl

from shared.analytics.ports import Scratch, Spot

PART: Final = "part"
"""The column that tells the part of a row."""


class MemoryScratch:
    """Implements `Scratch` where nothing is at hand but memory."""

    def __init__(self) -> None:
        self._frames: list[pl.DataFrame] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._frames.clear()

    async def put(self, frame: pl.DataFrame) -> Spot:
        """Keep a frame."""
        self._frames.append(frame)
        return len(self._frames) - 1, 1

    async def get(self, spot: Spot) -> pl.DataFrame:
        """Return the frame at a spot."""
        return self._frames[spot[0]]


class Parted:
    """Takes frames apart by their column `part`, and gives back one part after another."""

    def __init__(self, scratch: Scratch, parts: Collection[int]) -> None:
        self._scratch = scratch
        self._spots: dict[int, list[Spot]] = {part: [] for part in parts}

    async def add(self, rows: pl.DataFrame) -> None:
        """Lay rows aside."""
        for part, spots in self._spots.items():
            # A look at the part of each row costs less than to sort them by it.
            own = rows.filter(pl.col(PART) == part).drop(PART)
            if own.height:
                spots.append(await self._scratch.put(own))

    async def take(self, part: int) -> list[pl.DataFrame]:
        """Return the rows of a part."""
        return [await self._scratch.get(spot) for spot in self._spots.pop(part)]
