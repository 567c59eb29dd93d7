"""What a fold has to look at: touched groups, and the files that hold them."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import polars as pl

from shared.analytics.ports import FactFile, FactSnapshot


@dataclass(frozen=True, slots=True)
class Touched:
    """The groups to recompute: (course, learner) pairs, and their courses, sorted.

    `everything` says that no other pair exists, so that all other views are obsolete.
    """

    pairs: pl.DataFrame
    courses: list[str]
    everything: bool

    @classmethod
    async def of(cls, snapshot: FactSnapshot, paths: Sequence[str], *, everything: bool) -> Self:
        """Return the groups that the facts in `paths` belong to."""
        facts = await snapshot.scan(paths)
        pairs = await snapshot.collect(facts.select("course", "learner").unique())
        return cls(pairs, pairs["course"].unique().sort().to_list(), everything)


def holding(files: Iterable[FactFile], wanted: Sequence[str]) -> list[FactFile]:
    """Return the files whose range of values meets `wanted` (sorted); the others cannot hold any."""

    def may_hold(file: FactFile) -> bool:
        position = bisect_left(wanted, file.first)
        return position < len(wanted) and wanted[position] <= file.last

    return [file for file in files if may_hold(file)]
