"""The answers that were given to each item, where they are options and not texts of one's own."""

from typing import Final

import polars as pl

from shared.analytics.items.answers import ITEM
from shared.analytics.items.sums import Sums, summed

MOST_OPTIONS: Final = 64
"""An item with more different answers is no choice."""

_LONGEST: Final = 500
"""Characters; an item with a longer answer is no choice."""

_OPTION: Final = (*ITEM, "response")
_SUMMED: Final = ("count", "points", "possible", "n", "total")


class OptionTally:
    """Counts answers by item and option, batch by batch; free texts, which may be many, are let go early."""

    def __init__(self) -> None:
        self._options = Sums(_OPTION, summed(*_SUMMED))
        self._free = pl.DataFrame(schema=dict.fromkeys(ITEM, pl.String()))

    def add(self, rows: pl.DataFrame) -> None:
        """Count a batch of `scored` answers."""
        answered = rows.filter(pl.col("response").is_not_null() | pl.col("omitted"))
        sums = answered.group_by(_OPTION).agg(
            count=pl.len(),
            points=pl.col("points").sum(),
            possible=pl.col("possible").sum(),
            n=pl.col("total").count(),
            total=pl.col("total").sum(),
        )
        self._free = pl.concat([self._free, _free_texts(sums)]).unique()
        self._options.add(self._choices(sums.cast(dict.fromkeys(_SUMMED, pl.Int128))))

    def table(self) -> pl.DataFrame:
        """Return `count`, `points`, `possible`, `n` and `total` of each option; no answer at all is null.

        `n` counts learners with a `total`. An item is a choice when it has few different answers, and at
        least twice as many answers as different ones.
        """
        options = self._options.table()
        free = pl.concat([self._free, _free_texts(options), _rarely_alike(options)])
        return options.join(free, on=ITEM, how="anti")

    def _choices(self, sums: pl.DataFrame) -> pl.DataFrame:
        return sums.join(self._free, on=ITEM, how="anti")


def _free_texts(sums: pl.DataFrame) -> pl.DataFrame:
    longest = pl.col("response").str.len_chars().max()
    different = pl.col("response").count()
    judged = sums.group_by(ITEM).agg(free=(different > MOST_OPTIONS) | (longest > _LONGEST))
    return judged.filter("free").select(ITEM)


def _rarely_alike(sums: pl.DataFrame) -> pl.DataFrame:
    given = sums.filter(pl.col("response").is_not_null())
    return given.group_by(ITEM).agg(rare=pl.col("count").sum() < 2 * pl.len()).filter("rare").select(ITEM)
