"""What a fold has to look at: touched groups, and the files that hold them."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Self

import polars as pl

from shared.analytics.ports import FactFile, FactSnapshot

_FILES_AT_ONCE: Final = 8
WHOLE_FROM: Final = 0.5
"""From this share of new rows on everything is recomputed: looking for what is touched would take longer."""


@dataclass(frozen=True, slots=True)
class Touched:
    """The groups to recompute: (course, learner) pairs, and their courses, sorted."""

    pairs: pl.DataFrame
    courses: list[str]

    @classmethod
    async def of(cls, snapshot: FactSnapshot, paths: Sequence[str], whole_from: float) -> Self | None:
        """Return the groups that the facts in `paths` belong to; None for all that there are.

        None too when the facts that came are `whole_from` (a share) or more of all.
        """
        changed = sum(file.rows for file in snapshot.files if file.path in set(paths))
        if changed and changed >= whole_from * sum(file.rows for file in snapshot.files):
            return None
        pairs = pl.DataFrame(schema={"course": pl.String, "learner": pl.String})
        for start in range(0, len(paths), _FILES_AT_ONCE):
            facts = await snapshot.scan(paths[start : start + _FILES_AT_ONCE])
            found = await snapshot.collect(facts.select("course", "learner").unique())
            pairs = pl.concat([pairs, found]).unique()
        return cls(pairs, pairs["course"].unique().sort().to_list())


def holding(files: Iterable[FactFile], wanted: Sequence[str]) -> list[FactFile]:
    """Return the files whose range of values meets `wanted` (sorted); the others cannot hold any."""

    def may_hold(file: FactFile) -> bool:
        position = bisect_left(wanted, file.first)
        return position < len(wanted) and wanted[position] <= file.last

    return [file for file in files if may_hold(file)]
