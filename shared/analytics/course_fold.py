"""From results to the views of courses: one per course and one per assessment in it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from shared.analytics.measures import Sample, statistics
from shared.analytics.model import (
    ASSESSMENTS,
    COURSE,
    Page,
    ShardChange,
    ShardHead,
    View,
    assessment_view,
    text_of,
)
from shared.analytics.tally import Totals
from shared.analytics.upload_time import uploaded_at


@dataclass(frozen=True, slots=True)
class CourseViews:
    """The view of a course and those of its assessments by line item, and all of them as pages."""

    course: str
    view: View
    assessments: Mapping[str, View]
    pages: Mapping[str, Page]


def fold_courses(totals: Totals) -> list[CourseViews]:
    """Return the views of the courses that were counted, sorted by course."""
    assessments: dict[str, dict[str, View]] = {}
    shares: dict[str, list[_Share]] = {}
    counts, bins = _by_assessment(totals.statuses, "status"), _by_assessment(totals.bins, "bin")
    for row in totals.assessments.iter_rows(named=True):
        key = course, line_item = row["course"], row["line_item"]
        share = _Share(row, bins.get(key, {}))
        shares.setdefault(course, []).append(share)
        assessments.setdefault(course, {})[line_item] = _assessment(share, counts[key])
    return [
        _views(
            course,
            _course(course, learners, _together(shares[course]), assessments[course]),
            assessments[course],
        )
        for course, learners in totals.courses.iter_rows()
    ]


def _views(course: str, view: View, assessments: Mapping[str, View]) -> CourseViews:
    texts = {assessment_view(line_item): text_of(each) for line_item, each in assessments.items()}
    return CourseViews(course, view, assessments, {COURSE: {COURSE: text_of(view)}, ASSESSMENTS: texts})


@dataclass(frozen=True, slots=True)
class _Share:
    """The sums of one assessment, or of a course, and its scores by bin."""

    row: Mapping[str, Any]
    bins: Mapping[int, int]

    @property
    def percent(self) -> View | None:
        """The statistics of the scores, None without any."""
        row = self.row
        if row["n"] == 0:
            return None
        sample = Sample(row["n"], row["total"], row["squares"], row["least"], row["greatest"], self.bins)
        return statistics(sample)


def _by_assessment(counts: pl.DataFrame, name: str) -> dict[tuple[str, str], dict[Any, int]]:
    found: dict[tuple[str, str], dict[Any, int]] = {}
    for course, line_item, value, count in counts.select("course", "line_item", name, "count").iter_rows():
        found.setdefault((course, line_item), {})[value] = count
    return found


def _together(shares: Sequence[_Share]) -> _Share:
    bins: Counter[int] = Counter()
    for share in shares:
        bins.update(share.bins)
    rows = [share.row for share in shares]
    scored = [row for row in rows if row["n"]]
    sums = {name: sum(row[name] for row in rows) for name in ("results", "n")}
    sums |= {name: sum(row[name] for row in scored) for name in ("total", "squares")}
    extremes = {
        "least": min((row["least"] for row in scored), default=None),
        "greatest": max((row["greatest"] for row in scored), default=None),
    }
    return _Share({**sums, **extremes, "newest": max(row["newest"] for row in rows)}, bins)


def _assessment(share: _Share, statuses: Mapping[str, int]) -> View:
    row = share.row
    return {
        "courseId": row["course"],
        "lineItemId": row["line_item"],
        "title": row["title"],
        # One result for each learner.
        "learners": row["results"],
        "statuses": dict(statuses),
        "percent": share.percent,
        "latestUpload": uploaded_at(row["newest"]),
    }


def _course(course: str, learners: int, whole: _Share, assessments: Mapping[str, View]) -> View:
    listed = ("lineItemId", "title", "learners")
    return {
        "courseId": course,
        "learners": learners,
        "results": whole.row["results"],
        "percent": whole.percent,
        "assessments": [
            {name: view[name] for name in listed} | _headline(view) for view in assessments.values()
        ],
        "latestUpload": uploaded_at(whole.row["newest"]),
    }


def _headline(view: View) -> View:
    percent = view["percent"]
    scored = percent if isinstance(percent, dict) else {"n": 0, "mean": None}
    return {"scored": scored["n"], "mean": scored["mean"]}


def group_size(assessment: View) -> int:
    """Return how many learners stand behind the scores of an assessment, or behind its counts alone."""
    learners, percent = assessment["learners"], assessment["percent"]
    size = percent["n"] if isinstance(percent, dict) else learners
    return size if isinstance(size, int) else 0


async def course_change(folded: CourseViews, shard: str, head: ShardHead) -> ShardChange:
    """Return the change that makes the shard of a course hold these views and no other."""
    return ShardChange(shard, folded.pages, head.pages - folded.pages.keys())
