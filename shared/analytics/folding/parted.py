"""Rows that lie aside by part until each part is taken in its turn."""

from collections.abc import Collection, Iterable
from typing import Final

import polars as pl

from shared.analytics.folding.room import Scratch, Spot

PART: Final = "part"
"""The column that tells the part of a row."""


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

    async def take(self, parts: Iterable[int]) -> list[pl.DataFrame]:
        """Return the rows of some parts, which are forgotten here."""
        return [await self._scratch.get(spot) for part in parts for spot in self._spots.pop(part)]
