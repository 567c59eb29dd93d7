"""What a fold has to look at: touched groups, the files that hold them, and batches that fit into memory."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

import polars as pl

from shared.analytics.ports import FactFile, FactSnapshot

FACTS_AT_ONCE: Final = 250_000
"""Facts held in memory together, an estimated 350 MB at the peak. One larger course is taken alone."""


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


def holding(files: Iterable[FactFile], courses: Sequence[str]) -> list[FactFile]:
    """Return the files whose range of courses meets `courses` (sorted); the others cannot hold any."""

    def may_hold(file: FactFile) -> bool:
        position = bisect_left(courses, file.first_course)
        return position < len(courses) and courses[position] <= file.last_course

    return [file for file in files if may_hold(file)]


def batches(counts: Mapping[str, int], limit: int) -> Iterator[list[str]]:
    """Cut the keys of `counts`, sorted, into runs of at most `limit` facts together, one key at least."""
    run: list[str] = []
    held = 0
    for key in sorted(counts):
        if run and held + counts[key] > limit:
            yield run
            run, held = [], 0
        run.append(key)
        held += counts[key]
    if run:
        yield run


async def counted(snapshot: FactSnapshot, facts: pl.LazyFrame, key: pl.Expr) -> dict[str, int]:
    """Return the number of facts by a key."""
    counts = await snapshot.collect(facts.group_by(key.alias("key")).len())
    return dict(counts.iter_rows())
