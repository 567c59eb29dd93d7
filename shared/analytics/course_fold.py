"""From results to the views of courses: one per course and one per assessment in it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from shared.analytics.measures import Sample, statistics
from shared.analytics.model import COURSE, ShardChange, ShardHead, View, assessment_view, course_shard
from shared.analytics.upload_time import uploaded_at


@dataclass(frozen=True, slots=True)
class CourseViews:
    """The view of a course and those of its assessments by line item."""

    course: str
    view: View
    assessments: Mapping[str, View]


def fold_courses(results: pl.DataFrame) -> Iterator[CourseViews]:
    """Return the views of all courses in `results`, sorted by course; order of rows does not matter."""
    assessments: dict[str, dict[str, View]] = {}
    statuses = _statuses(results)
    for row in _groups(results, ("course", "line_item")):
        key = (row["course"], row["line_item"])
        view = _assessment(row, statuses[key])
        assessments.setdefault(row["course"], {})[row["line_item"]] = view
    for row in _groups(results, ("course",)):
        course = row["course"]
        yield CourseViews(course, _course(row, assessments[course].values()), assessments[course])


def _groups(results: pl.DataFrame, keys: tuple[str, ...]) -> Iterable[dict[str, Any]]:
    """Aggregate by `keys`, sorted by them; `bins` is a list of {bin, count}."""
    percent = pl.col("percent")
    return (
        results.lazy()
        .group_by(keys)
        .agg(
            pl.col("line_item_title").sort_by("ingest_id", "record").last().alias("title"),
            pl.col("learner").n_unique().alias("learners"),
            pl.len().alias("results"),
            percent.count().alias("n"),
            percent.sum().alias("total"),
            (percent * percent).sum().alias("squares"),
            percent.min().alias("least"),
            percent.max().alias("greatest"),
            pl.col("bin").drop_nulls().value_counts(name="count").alias("bins"),
            pl.col("ingest_id").max().alias("newest"),
        )
        .sort(keys)
        .collect()
        .iter_rows(named=True)
    )


def _statuses(results: pl.DataFrame) -> dict[tuple[str, str], dict[str, int]]:
    counts = results.group_by("course", "line_item", "status").len().sort("course", "line_item", "status")
    found: dict[tuple[str, str], dict[str, int]] = {}
    for course, line_item, status, count in counts.iter_rows():
        found.setdefault((course, line_item), {})[status] = count
    return found


def _assessment(row: Mapping[str, Any], statuses: Mapping[str, int]) -> View:
    return {
        "courseId": row["course"],
        "lineItemId": row["line_item"],
        "title": row["title"],
        "learners": row["learners"],
        "statuses": dict(statuses),
        "percent": _statistics(row),
        "latestUpload": uploaded_at(row["newest"]),
    }


def _course(row: Mapping[str, Any], assessments: Iterable[View]) -> View:
    listed = ("lineItemId", "title", "learners")
    return {
        "courseId": row["course"],
        "learners": row["learners"],
        "results": row["results"],
        "percent": _statistics(row),
        "assessments": [{name: view[name] for name in listed} | _headline(view) for view in assessments],
        "latestUpload": uploaded_at(row["newest"]),
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


def _statistics(row: Mapping[str, Any]) -> View | None:
    if row["n"] == 0:
        return None
    bins = {entry["bin"]: entry["count"] for entry in row["bins"]}
    return statistics(Sample(row["n"], row["total"], row["squares"], row["least"], row["greatest"], bins))


async def course_change(folded: CourseViews, head: ShardHead) -> ShardChange:
    """Return the change that makes the shard of a course hold these views and no other."""
    views = {COURSE: folded.view} | {
        assessment_view(line_item): view for line_item, view in folded.assessments.items()
    }
    return ShardChange(course_shard(folded.course), views, head.views - views.keys())
