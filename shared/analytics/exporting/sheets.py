"""Lists of views as frames: one row per line, columns named as the members of the JSON answer."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import NoneType
from typing import Any, Final, get_args

import polars as pl
from pydantic import BaseModel

from shared.analytics.standards.views import (
    CourseStandardLine,
    CourseStandards,
    StandardLine,
    Standards,
)
from shared.analytics.views import (
    AssessmentLine,
    CourseDashboard,
    CourseLine,
    LearnerDashboard,
    LearnerResult,
    Overview,
)

_TYPES: Final[Mapping[Any, pl.DataType]] = {
    str: pl.String(),
    int: pl.Int64(),
    float: pl.Float64(),
    bool: pl.Boolean(),
    datetime: pl.Datetime("us", "UTC"),
}


def overview_sheet(view: Overview) -> pl.DataFrame:
    """Return the courses of an overview."""
    return _sheet(CourseLine, [({}, line) for line in view.courses])


def course_sheet(view: CourseDashboard) -> pl.DataFrame:
    """Return the assessments of a course."""
    course = {"courseId": view.course_id}
    return _sheet(AssessmentLine, [(course, line) for line in view.assessments], *course)


def standards_sheet(view: Standards) -> pl.DataFrame:
    """Return all standards."""
    return _sheet(StandardLine, [({}, line) for line in view.standards])


def course_standards_sheet(view: CourseStandards) -> pl.DataFrame:
    """Return the standards of a course."""
    course = {"courseId": view.course_id}
    lines = [(course, CourseStandardLine.of(standard)) for standard in view.standards]
    return _sheet(CourseStandardLine, lines, *course)


def learner_sheet(view: LearnerDashboard) -> pl.DataFrame:
    """Return the results of a learner in all courses that are shown."""
    lines = [
        ({"learnerId": view.learner_id, "courseId": course.course_id}, result)
        for course in view.courses
        for result in course.results
    ]
    return _sheet(LearnerResult, lines, "learnerId", "courseId")


def _sheet(
    model: type[BaseModel], lines: Sequence[tuple[Mapping[str, str], BaseModel]], *leading: str
) -> pl.DataFrame:
    columns = {field.alias or name: _type(field.annotation) for name, field in model.model_fields.items()}
    ordered = sorted(columns, key=lambda name: not name.endswith("Id"))
    schema = {**dict.fromkeys(leading, pl.String()), **{name: columns[name] for name in ordered}}
    rows = [{**before, **line.model_dump(by_alias=True)} for before, line in lines]
    return pl.DataFrame(rows, schema=schema, orient="row")


def _type(annotation: object) -> pl.DataType:
    """Return the type of a member; a `KeyError` for one that is no single value and fits in no cell."""
    single = [kind for kind in get_args(annotation) if kind is not NoneType]
    return _TYPES[single[0] if single else annotation]
