"""From results to the views of learners: for each learner and course, the latest attempt per line item."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import polars as pl

from shared.analytics.measures import UNIT
from shared.analytics.model import View
from shared.kernel.clock import rfc3339

_POINT: Final = 10_000
"""Parts of a point that facts count scores in: Decimal(18, 4)."""


type Sections = dict[str, dict[str, list[View] | None]]
"""New results by learner and course; None where the learner has none left in the course."""


def sections(pairs: pl.DataFrame, results: pl.DataFrame) -> Sections:
    """Return the section of every touched pair; the order of rows does not matter."""
    found: Sections = {}
    for course, learner in pairs.select("course", "learner").sort("learner", "course").iter_rows():
        found.setdefault(learner, {})[course] = None
    for learner, course, views in _fold(results):
        found[learner][course] = views
    return found


def _fold(results: pl.DataFrame) -> Iterator[tuple[str, str, list[View]]]:
    rows = (
        results.sort("learner", "course", "line_item")
        .with_columns(pl.col("score", "max_score").to_physical())
        .iter_rows(named=True)
    )
    pair: tuple[str, str] | None = None
    views: list[View] = []
    for row in rows:
        if pair != (row["learner"], row["course"]):
            if pair is not None:
                yield *pair, views
            pair, views = (row["learner"], row["course"]), []
        views.append(_result(row))
    if pair is not None:
        yield *pair, views


def _result(row: Mapping[str, Any]) -> View:
    occurred: datetime | None = row["occurred_at"]
    return {
        "lineItemId": row["line_item"],
        "title": row["line_item_title"],
        "attempt": row["attempt"],
        "status": row["status"],
        "score": _fraction(row["score"], _POINT),
        "maxScore": _fraction(row["max_score"], _POINT),
        "percent": _fraction(row["percent"], UNIT),
        "occurredAt": None if occurred is None else rfc3339(occurred),
    }


def _fraction(value: int | None, parts: int) -> float | None:
    return None if value is None else value / parts


def merged(learner: str, before: View | None, sections: Mapping[str, list[View] | None]) -> View | None:
    """Return the view of a learner in which `sections` replace those of their courses.

    A section of None drops the course; a learner without any course is None: there is nothing to show.
    """
    kept: dict[str, Any] = {}
    if before is not None and isinstance(before["courses"], list):
        kept = {str(c["courseId"]): c for c in before["courses"] if isinstance(c, dict)}
    for course, results in sections.items():
        if results is None:
            kept.pop(course, None)
        else:
            kept[course] = {"courseId": course, "results": list(results)}
    if not kept:
        return None
    return {"learnerId": learner, "courses": [kept[course] for course in sorted(kept)]}
