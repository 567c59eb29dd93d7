"""The view of a learner as it is kept: one line of JSON, values without their names, scores as integers.

    [["course", [["line item", "title", attempt, "status", score, maxScore, percent, occurred], ...]], ...]

Scores count in ten-thousandths of a point or percent point, time in milliseconds since 1970; all four may be
null. Most of what a fold writes are these lines: folds make and merge them without an object for each result.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from shared.analytics.measures import UNIT
from shared.analytics.model import View
from shared.kernel.clock import rfc3339
from shared.kernel.events import Json

POINT: Final = 10_000
"""Parts of a point that facts count scores in: Decimal(18, 4)."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def merged_line(before: str | None, sections: Mapping[str, str | None]) -> str | None:
    """Return the line of a learner in which `sections` replace those of their courses.

    A section is the text of one course, None where no result is left in it; a learner without any course is
    None: there is nothing to show.
    """
    kept = {} if before is None else {course[0]: _compact(course) for course in json.loads(before)}
    kept |= {course: section for course, section in sections.items() if section is not None}
    for course in [course for course, section in sections.items() if section is None]:
        kept.pop(course, None)
    return f"[{','.join(kept[course] for course in sorted(kept))}]" if kept else None


def learner_of(learner: str, line: str) -> View:
    """Return the view that a line keeps."""
    courses: list[Json] = [
        {"courseId": course, "results": [_result(values) for values in results]}
        for course, results in json.loads(line)
    ]
    return {"learnerId": learner, "courses": courses}


def _compact(section: object) -> str:
    return json.dumps(section, separators=(",", ":"))


def _result(values: list[Any]) -> View:
    line_item, title, attempt, status, score, max_score, percent, occurred = values
    return {
        "lineItemId": line_item,
        "title": title,
        "attempt": attempt,
        "status": status,
        "score": _fraction(score, POINT),
        "maxScore": _fraction(max_score, POINT),
        "percent": _fraction(percent, UNIT),
        "occurredAt": None if occurred is None else rfc3339(_EPOCH + timedelta(milliseconds=occurred)),
    }


def _fraction(value: int | None, parts: int) -> float | None:
    return None if value is None else value / parts
