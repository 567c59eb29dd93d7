"""From results to the views of learners: for each learner and course, the latest attempt per line item."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

import polars as pl

from shared.analytics.measures import UNIT
from shared.analytics.model import View

_POINT: Final = 10_000
"""Parts of a point that facts count scores in: Decimal(18, 4)."""

_RFC3339: Final = "%Y-%m-%dT%H:%M:%S%.3fZ"
"""As `kernel.clock.rfc3339` writes moments."""


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
    table = results.sort("learner", "course", "line_item")
    pairs = zip(table["learner"].to_list(), table["course"].to_list(), strict=True)
    rows = zip(pairs, _views(table), strict=True)
    for pair, group in groupby(rows, key=itemgetter(0)):
        yield *pair, [view for _, view in group]


def _views(table: pl.DataFrame) -> list[View]:
    """Make the view of each result, column by column: a dump has millions of them."""
    return [
        {
            "lineItemId": line_item,
            "title": title,
            "attempt": attempt,
            "status": status,
            "score": score,
            "maxScore": max_score,
            "percent": percent,
            "occurredAt": occurred,
            "period": period,
            "late": late,
        }
        for line_item, title, attempt, status, score, max_score, percent, occurred, period, late in zip(
            *(table[name].to_list() for name in ("line_item", "line_item_title", "attempt", "status")),
            _fractions(table["score"], _POINT),
            _fractions(table["max_score"], _POINT),
            _fractions(table["percent"], UNIT),
            table["occurred_at"].dt.strftime(_RFC3339).to_list(),
            *(table[name].to_list() for name in ("period", "late")),
            strict=True,
        )
    ]


def _fractions(values: pl.Series, parts: int) -> Iterator[float | None]:
    return (None if value is None else value / parts for value in values.to_physical().to_list())


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
