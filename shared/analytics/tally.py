"""Adds up assessments over batches of results. Sums of integers: how results are batched changes no bit."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import polars as pl
import polars.selectors as cs

_ASSESSMENT: Final = ("course", "line_item")
_COURSES_AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True)
class Totals:
    """What some courses come to, as tables sorted by course and line item.

    `courses` counts `learners`. `assessments` has `title`, `results`, `n`, `total`, `squares`, `least`,
    `greatest` and `newest`. `statuses` and `bins` have a `count` for each value.
    """

    courses: pl.DataFrame
    assessments: pl.DataFrame
    statuses: pl.DataFrame
    bins: pl.DataFrame


class Tally:
    """Counts the results of all courses, batch by batch; no learner comes in two batches."""

    def __init__(self) -> None:
        self._courses = _Sum(("course",), {"learners": pl.col("learners").sum()})
        self._assessments = _Sum(_ASSESSMENT, _MERGED)
        self._statuses = _Sum((*_ASSESSMENT, "status"), _COUNT)
        self._bins = _Sum((*_ASSESSMENT, "bin"), _COUNT)

    def add(self, results: pl.DataFrame) -> None:
        """Count a batch."""
        pairs = results.select("course", "learner").unique()
        self._courses.add(_plain(pairs.group_by("course").len("learners")))
        self._assessments.add(_plain(results.group_by(_ASSESSMENT).agg(**_COUNTED)))
        self._statuses.add(_plain(results.group_by(*_ASSESSMENT, "status").len("count")))
        scored = results.select(*_ASSESSMENT, "bin").drop_nulls("bin")
        self._bins.add(_plain(scored.group_by(*_ASSESSMENT, "bin").len("count")))

    def totals(self) -> Iterator[Totals]:
        """Return what all courses come to, some courses at a time, sorted."""
        tables = [part.table() for part in (self._courses, self._assessments, self._statuses, self._bins)]
        courses = tables[0]["course"].to_list()
        for start in range(0, len(courses), _COURSES_AT_ONCE):
            some = pl.col("course").is_in(courses[start : start + _COURSES_AT_ONCE])
            yield Totals(*(table.filter(some) for table in tables))


class _Sum:
    """A table of sums by key that grows batch by batch."""

    def __init__(self, keys: tuple[str, ...], merged: dict[str, pl.Expr]) -> None:
        self._keys = keys
        self._merged = merged
        self._parts: list[pl.DataFrame] = []

    def add(self, part: pl.DataFrame) -> None:
        self._parts.append(part)
        merged, *others = self._parts
        # Merged when the new parts are as large as the old: each row is touched a few times in all.
        if sum(other.height for other in others) >= merged.height:
            self._parts = [self._sums()] if others else self._parts

    def table(self) -> pl.DataFrame:
        return self._sums().sort(self._keys) if self._parts else pl.DataFrame()

    def _sums(self) -> pl.DataFrame:
        return pl.concat(self._parts).group_by(self._keys).agg(**self._merged)


def _plain(table: pl.DataFrame) -> pl.DataFrame:
    """Return text as text: each batch has enumerations of its own."""
    return table.with_columns(cs.enum().cast(pl.String))


_PERCENT: Final = pl.col("percent").cast(pl.Int128)
_PLACE: Final = ("chunk", "record")
_COUNT: Final = {"count": pl.col("count").sum()}
_NEWEST: Final = (
    pl.col("ingest_id").to_physical().cast(pl.Int128) * 2**64
    + pl.col("chunk").cast(pl.Int64) * 2**40
    + pl.col("record")
)
_COUNTED: Final = {
    "title": pl.col("line_item_title").max_by(_NEWEST),
    **{name: pl.col(name).max_by(_NEWEST) for name in _PLACE},
    "newest": pl.col("ingest_id").max(),
    "results": pl.len(),
    "n": _PERCENT.count(),
    "total": _PERCENT.sum(),
    "squares": (_PERCENT * _PERCENT).sum(),
    "least": _PERCENT.min(),
    "greatest": _PERCENT.max(),
}
"""`title` is that of the newest fact, which is `record` in `chunk` of the file `newest`."""
_MERGED: Final = {
    **{name: pl.col(name).sort_by("newest", *_PLACE).last() for name in ("title", *_PLACE)},
    "newest": pl.col("newest").max(),
    "results": pl.col("results").sum(),
    "n": pl.col("n").sum(),
    "total": pl.col("total").sum(),
    "squares": pl.col("squares").sum(),
    "least": pl.col("least").min(),
    "greatest": pl.col("greatest").max(),
}
