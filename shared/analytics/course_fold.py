"""From results to the views of courses: one per course and one per assessment in it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from shared.analytics.measures import Sample, statistics
from shared.analytics.model import COURSE, ShardChange, ShardHead, View, assessment_view, course_shard
from shared.analytics.tally import Tally
from shared.analytics.upload_time import uploaded_at


@dataclass(frozen=True, slots=True)
class CourseViews:
    """The view of a course and those of its assessments by line item."""

    course: str
    view: View
    assessments: Mapping[str, View]


def fold_courses(tally: Tally) -> Iterator[CourseViews]:
    """Return the views of all courses that were counted, sorted by course."""
    for totals in tally.totals():
        assessments: dict[str, dict[str, View]] = {}
        shares: dict[str, list[_Share]] = {}
        counts, bins = _by_assessment(totals.statuses, "status"), _by_assessment(totals.bins, "bin")
        for row in totals.assessments.iter_rows(named=True):
            key = course, line_item = row["course"], row["line_item"]
            share = _Share(row, bins.get(key, {}))
            shares.setdefault(course, []).append(share)
            assessments.setdefault(course, {})[line_item] = _assessment(share, counts[key])
        for course, learners in totals.courses.iter_rows():
            whole = _together(shares[course])
            yield CourseViews(
                course, _course(course, learners, whole, assessments[course]), assessments[course]
            )


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


async def course_change(folded: CourseViews, head: ShardHead) -> ShardChange:
    """Return the change that makes the shard of a course hold these views and no other."""
    views = {COURSE: folded.view} | {
        assessment_view(line_item): view for line_item, view in folded.assessments.items()
    }
    return ShardChange(course_shard(folded.course), views, head.views - views.keys())
