"""Rows that lie aside by part until each part is taken in its turn."""

from collections.abc import Collection, Iterable

import polars as pl

from shared.analytics.folding.room import Scratch, Spot


class Parted:
    """Takes frames apart by a column that numbers parts, and gives back one part after another.

    `rows` tells how many rows came of each part.
    """

    def __init__(self, scratch: Scratch, column: str, parts: Collection[int]) -> None:
        self._scratch = scratch
        self._column = column
        self.rows = dict.fromkeys(parts, 0)
        self._spots: dict[int, list[Spot]] = {part: [] for part in parts}

    async def add(self, rows: pl.DataFrame) -> None:
        """Lay rows aside."""
        for part, spots in self._spots.items():
            # A look at the part of each row costs less than to sort them by it.
            own = rows.filter(pl.col(self._column) == part).drop(self._column)
            self.rows[part] += own.height
            if own.height:
                spots.append(await self._scratch.put(own))

    async def take(self, parts: Iterable[int]) -> list[pl.DataFrame]:
        """Return the rows of some parts, which are forgotten here."""
        return [await self._scratch.get(spot) for part in parts for spot in self._spots.pop(part)]
