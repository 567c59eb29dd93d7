"""Tables of sums that grow batch by batch. Sums of integers: how results are batched changes no bit."""

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl
import polars.selectors as cs

from shared.analytics.folding.results import UNCOUNTED
from shared.analytics.folding.sums import Sums

type Key = tuple[str, ...]

_FEW: Final = 50_000
"""Rows that may be taken as a whole."""


class Sum:
    """A table of sums by key, merged from the tables of batches."""

    def __init__(self, keys: Key, merged: dict[str, pl.Expr]) -> None:
        self.keys = keys
        self._merged = merged
        self._parts: list[pl.DataFrame] = []

    def add(self, part: pl.DataFrame) -> None:
        """Add the table of a batch, which has one row for each key."""
        if self._parts:
            # Text as text: each batch has enumerations of its own. Where there is one only, they save memory.
            self._parts = [each.with_columns(cs.enum().cast(pl.String)) for each in (*self._parts, part)]
        else:
            self._parts = [part]
        merged, *others = self._parts
        # Merged when the new parts are as large as the old: each row is touched a few times in all.
        if others and sum(other.height for other in others) >= merged.height:
            self._parts = [self._sums()]

    def table(self) -> pl.DataFrame:
        """Return the sums, sorted by key, which begins with the course (that is text), and forget them."""
        if not self._parts:
            return pl.DataFrame()
        sums = self._parts[0] if len(self._parts) == 1 else self._sums()
        self._parts = []
        return sums.sort(self.keys).with_columns(pl.col(self.keys[0]).cast(pl.String))

    def _sums(self) -> pl.DataFrame:
        return summed(pl.concat(self._parts), self.keys, self._merged)


class GroupSums:
    """`Sums` of groups by key: the counts, sums and extremes of their results, and their scores by bin."""

    def __init__(self, *keys: str) -> None:
        self._sums = Sum(keys, _MERGED)
        self._bins = Sum((*keys, "bin"), COUNT)

    def add(self, results: pl.DataFrame) -> None:
        """Count a batch of placed results (`Structure.placed`)."""
        keys = self._sums.keys
        self._sums.add(summed(results, keys, _COUNTED))
        self._bins.add(summed(results, self._bins.keys, {"count": pl.len()}, scored=True))

    def tables(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the sums and the bins, sorted by key."""
        return self._sums.table(), self._bins.table()


def summed(
    rows: pl.DataFrame, keys: Sequence[str], counted: Mapping[str, pl.Expr], *, scored: bool = False
) -> pl.DataFrame:
    """Return what is counted by key, perhaps of rows with a score alone."""
    wanted = rows.lazy().drop_nulls("bin") if scored else rows.lazy()
    return computed(wanted.group_by(keys).agg(**counted), rows.height)


def computed(wanted: pl.LazyFrame, rows: int) -> pl.DataFrame:
    """Compute what is counted of so many rows; of many in bounded memory, by an engine that starts slowly."""
    return wanted.collect(engine="streaming" if rows > _FEW else "in-memory")


def sums_by_key(keys: Sequence[str], tables: tuple[pl.DataFrame, pl.DataFrame]) -> dict[Key, Sums]:
    """Return the sums in rows of `GroupSums.tables`, by the values of `keys`."""
    rows, binned = tables
    # As lists by key: a dump has millions of bins, too many to look at one by one.
    lists = binned.group_by(keys, maintain_order=True).agg("bin", "count")
    bins = {
        tuple(key): dict(zip(positions, counts, strict=True))
        for *key, positions, counts in lists.select(*keys, "bin", "count").rows()
    }
    found: dict[Key, Sums] = {}
    for row in rows.iter_rows(named=True):
        place = tuple(row[name] for name in keys)
        found[place] = Sums.of(row, bins.get(place, {}))
    return found


COUNT: Final = {"count": pl.col("count").sum()}

_PERCENT: Final = pl.col("percent").cast(pl.Int128)
MEMBER: Final = {
    "results": pl.len(),
    "missing": pl.col("missing").sum(),
    "late": pl.col("late").sum(),
    "n": _PERCENT.count(),
    "total": _PERCENT.sum(),
}
"""What is counted of a single learner in a group."""

_COUNTED: Final = MEMBER | {
    "uncounted": pl.col("status").cast(pl.String).is_in(UNCOUNTED).sum(),
    "squares": (_PERCENT * _PERCENT).sum(),
    "least": _PERCENT.min(),
    "greatest": _PERCENT.max(),
    "newest": pl.col("ingest_id").max(),
}
_MERGED: Final = {name: pl.col(name).sum() for name in _COUNTED} | {
    "least": pl.col("least").min(),
    "greatest": pl.col("greatest").max(),
    "newest": pl.col("newest").max(),
}
