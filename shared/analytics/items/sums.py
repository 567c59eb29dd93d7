"""Tables of sums by key that grow batch by batch; in which batches the rows come changes no bit."""

from collections.abc import Mapping, Sequence

import polars as pl


class Sums:
    """Sums by key. `merged` tells how each further column of two parts becomes one."""

    def __init__(self, keys: Sequence[str], merged: Mapping[str, pl.Expr]) -> None:
        self._keys = tuple(keys)
        self._merged = merged
        self._parts: list[pl.DataFrame] = []

    def add(self, part: pl.DataFrame) -> None:
        """Add the sums of a batch: a row per key."""
        self._parts.append(part.select(*self._keys, *self._merged))
        merged, *others = self._parts
        # Merged when the new parts are as large as the old: each row is touched a few times in all.
        if others and sum(other.height for other in others) >= merged.height:
            self._parts = [self.table()]

    def table(self) -> pl.DataFrame:
        """Return the sums of all batches so far; at least one was added."""
        return pl.concat(self._parts).group_by(self._keys).agg(**self._merged)


def summed(*names: str) -> dict[str, pl.Expr]:
    """Tell that the columns `names` are added up."""
    return {name: pl.col(name).sum() for name in names}
