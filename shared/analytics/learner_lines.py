"""The view of a learner as it is kept: one line of JSON, values without their names, scores as integers.

    [["course", [[item, title, attempt, status, score, maxScore, percent, occurred, period, late], ...]], ...]

Scores count in ten-thousandths of a point or percent point, time in milliseconds since 1970; all four may be
null. Most of what a fold writes are these lines: folds make and merge them without an object for each result.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from pydantic_core import from_json

from shared.analytics.measures import UNIT
from shared.analytics.model import View
from shared.kernel.clock import rfc3339
from shared.kernel.events import Json

POINT: Final = 10_000
"""Parts of a point that facts count scores in: Decimal(18, 4)."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_PERIOD: Final = 8


@dataclass(frozen=True, slots=True)
class Section:
    """The results of a learner in one course: their text, and the periods that they fall into."""

    text: str
    periods: frozenset[str]


def merged_sections(before: str | None, changed: Mapping[str, Section | None]) -> dict[str, Section]:
    """Return the sections of a learner by course, sorted: `changed` in the place of those of the line before.

    None drops a course.
    """
    known = [] if before is None else json.loads(before)
    kept = {section[0]: _section(section) for section in known if section[0] not in changed}
    kept |= {course: section for course, section in changed.items() if section is not None}
    return {course: kept[course] for course in sorted(kept)}


def line_of(sections: Mapping[str, Section]) -> str:
    """Return the line that keeps sections."""
    return f"[{','.join(section.text for section in sections.values())}]"


def learner_of(learner: str, line: str) -> View:
    """Return the view that a line keeps."""
    courses: list[Json] = [
        {"courseId": course, "results": [_result(values) for values in results]}
        for course, results in from_json(line)
    ]
    return {"learnerId": learner, "courses": courses}


def _section(values: list[Any]) -> Section:
    _, results = values
    return Section(
        json.dumps(values, separators=(",", ":")), frozenset(result[_PERIOD] for result in results)
    )


def _result(values: list[Any]) -> View:
    line_item, title, attempt, status, score, max_score, percent, occurred, period, late = values
    return {
        "lineItemId": line_item,
        "title": title,
        "attempt": attempt,
        "status": status,
        "score": _fraction(score, POINT),
        "maxScore": _fraction(max_score, POINT),
        "percent": _fraction(percent, UNIT),
        "occurredAt": None if occurred is None else rfc3339(_EPOCH + timedelta(milliseconds=occurred)),
        "period": period,
        "late": late,
    }


def _fraction(value: int | None, parts: int) -> float | None:
    return None if value is None else value / parts
