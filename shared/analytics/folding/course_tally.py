"""Counts what courses come to: by assessment, section, period and feed, and how learners changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from shared.analytics.folding.sums import Change, Sums, Window
from shared.analytics.folding.tally import COUNT, MEMBER, GroupSums, Sum, computed, summed, sums_by_key

type Cell = tuple[str, str]
"""A period and a feed."""

_ASSESSMENT: Final = ("course", "line_item")
_COURSES_AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True)
class CourseTotals:
    """What one course comes to, for groups above it: its sums by period and feed, how learners changed."""

    course: str
    learners: int
    assessments: int
    cells: Mapping[Cell, Sums]
    changes: Mapping[Window, Change]


class CourseTally:
    """Counts placed results (`Structure.placed`) batch by batch; no learner comes in two batches."""

    def __init__(self) -> None:
        self._learners = Sum(("course",), {"learners": pl.col("learners").sum()})
        self._titles = Sum(_ASSESSMENT, _NEWEST)
        self._statuses = Sum((*_ASSESSMENT, "status"), COUNT)
        self._assessments = GroupSums(*_ASSESSMENT)
        self._sections = GroupSums("course", "section")
        self._members = Sum(("course", "section", "learner"), {name: pl.col(name).sum() for name in MEMBER})
        self._cells = GroupSums("course", "period", "feed")
        self._changes = Sum(
            ("course", "first", "second"), {"n": pl.col("n").sum(), "total": pl.col("total").sum()}
        )

    def add(self, results: pl.DataFrame) -> None:
        """Count a batch."""
        pairs = results.lazy().select("course", "learner").unique()
        self._learners.add(computed(pairs.group_by("course").len("learners"), results.height))
        self._titles.add(summed(results, _ASSESSMENT, _TITLED))
        self._statuses.add(summed(results, self._statuses.keys, {"count": pl.len()}))
        self._assessments.add(results)
        in_sections = results.drop_nulls("section")
        self._sections.add(in_sections)
        self._members.add(summed(in_sections, self._members.keys, MEMBER))
        self._cells.add(results)
        self._changes.add(_changes(results))

    def totals(self) -> Iterator["Totals"]:
        """Yield what all courses come to, some courses at a time, sorted."""
        tables = Totals(
            self._learners.table(),
            self._titles.table(),
            self._statuses.table(),
            self._members.table(),
            self._changes.table(),
            *self._assessments.tables(),
            *self._sections.tables(),
            *self._cells.tables(),
        )
        courses = tables.learners["course"].to_list() if tables.learners.width else []
        for start in range(0, len(courses), _COURSES_AT_ONCE):
            yield tables.of(courses[start : start + _COURSES_AT_ONCE])


@dataclass(frozen=True, slots=True)
class Totals:
    """The tables of a tally, or their rows of some courses, sorted by course first."""

    learners: pl.DataFrame
    titles: pl.DataFrame
    statuses: pl.DataFrame
    members: pl.DataFrame
    changes: pl.DataFrame
    assessments: pl.DataFrame
    assessment_bins: pl.DataFrame
    sections: pl.DataFrame
    section_bins: pl.DataFrame
    cells: pl.DataFrame
    cell_bins: pl.DataFrame

    def of(self, courses: list[str]) -> "Totals":
        """Return the rows of some courses that follow one another."""
        return Totals(*(_between(getattr(self, name), courses[0], courses[-1]) for name in self.__slots__))

    def courses(self) -> Iterator[CourseTotals]:
        """Yield what each course comes to."""
        cells: dict[str, dict[Cell, Sums]] = {}
        for (course, period, feed), sums in sums_by_key(
            ("course", "period", "feed"), (self.cells, self.cell_bins)
        ).items():
            cells.setdefault(course, {})[period, feed] = sums
        assessments = dict(self.assessments.group_by("course").len().iter_rows())
        changes = self._changes()
        for course, learners in self.learners.iter_rows():
            yield CourseTotals(course, learners, assessments[course], cells[course], changes.get(course, {}))

    def _changes(self) -> dict[str, dict[Window, Change]]:
        found: dict[str, dict[Window, Change]] = {}
        for course, first, second, n, total in self.changes.iter_rows():
            found.setdefault(course, {})[first, second] = Change(n, total)
        return found


def _between(table: pl.DataFrame, first: str, last: str) -> pl.DataFrame:
    courses = table["course"]
    start = courses.search_sorted(first, "left")
    return table.slice(start, courses.search_sorted(last, "right") - start)


def _changes(results: pl.DataFrame) -> pl.DataFrame:
    """Sum the changes of each learner's mean in a course from one period to the learner's next.

    A learner's mean is rounded half up, once, in parts of a percent.
    """
    learner = pl.col("course", "learner")
    means = (
        results.lazy()
        .drop_nulls("percent")
        .group_by(learner, "period")
        .agg(mean=(2 * pl.col("percent").sum() + pl.len()) // (2 * pl.len()))
        .sort(learner, "period")
    )
    follows = pl.all_horizontal(learner == learner.shift(1))
    windows = means.with_columns(
        first=pl.when(follows).then(pl.col("period").shift(1)),
        change=pl.col("mean") - pl.col("mean").shift(1),
    )
    changes = (
        windows.drop_nulls("first")
        .group_by("course", "first", pl.col("period").alias("second"))
        .agg(n=pl.len(), total=pl.col("change").sum())
    )
    return computed(changes, results.height)


_PLACE: Final = ("chunk", "record")
_AGE: Final = (
    pl.col("ingest_id").to_physical().cast(pl.Int128) * 2**64
    + pl.col("chunk").cast(pl.Int64) * 2**40
    + pl.col("record")
)
_TITLED: Final = {
    "title": pl.col("line_item_title").max_by(_AGE),
    **{name: pl.col(name).max_by(_AGE) for name in _PLACE},
    "newest": pl.col("ingest_id").max(),
}
"""`title` is that of the newest fact, which is `record` in `chunk` of the file `newest`."""
_NEWEST: Final = {
    **{name: pl.col(name).sort_by("newest", *_PLACE).last() for name in ("title", *_PLACE)},
    "newest": pl.col("newest").max(),
}
