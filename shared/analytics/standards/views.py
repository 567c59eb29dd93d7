"""What is answered about standards. Identifiers are those that files state; a withheld figure is null."""

from typing import Annotated, Final, Self

from pydantic import Field

from shared.analytics.views import AssessmentLine, Figures
from shared.json_model import JsonModel

_Source = Annotated[
    str | None,
    Field(
        description="Who numbers the standard: `case` for a CFItem; null where no file says.",
        examples=["case"],
    ),
]
_Pairs = Annotated[
    int | None, Field(description="Pairs of learner and course: who has it in two courses counts twice.")
]


class StandardLine(JsonModel):
    """A standard in the list of all."""

    standard_id: str
    source: _Source
    learners: _Pairs
    courses: int
    scored: int
    mean: float | None


class Standards(JsonModel):
    """All standards with results, by id."""

    standards: list[StandardLine]


class StandardCourse(JsonModel):
    """A course in the view of a standard."""

    course_id: str
    title: str
    learners: int
    scored: int
    mean: float | None


class StandardDashboard(Figures):
    """A standard: figures over the results of all courses on it, and the courses by id."""

    standard_id: str
    source: _Source
    learners: _Pairs = None
    courses: list[StandardCourse]


class CourseStandard(Figures):
    """A standard in a course: figures over the results on all assessments that are aligned to it."""

    standard_id: str
    source: _Source
    assessments: list[AssessmentLine]


_OF_SCORES: Final = ("mean", "standard_deviation", "median")


class CourseStandardLine(JsonModel):
    """A standard in a course as one row of an export."""

    standard_id: str
    source: str | None
    learners: int | None
    results: int | None
    participation: float | None
    missing: int | None
    late: int | None
    scored: int | None
    mean: float | None
    standard_deviation: float | None
    median: float | None
    suppressed: bool

    @classmethod
    def of(cls, standard: CourseStandard) -> Self:
        """Return the row of a standard."""
        own = {name: value for name, value in standard if name in cls.model_fields}
        scores = {name: getattr(standard.percent, name, None) for name in _OF_SCORES}
        none = None if standard.suppressed else 0
        scored = none if standard.percent is None else standard.percent.n
        return cls.model_validate({**own, **scores, "scored": scored})


class CourseStandards(JsonModel):
    """The standards of a course that have results, by id."""

    course_id: str
    title: str
    standards: list[CourseStandard]


class LearnerStandard(JsonModel):
    """What the results of a learner in a course come to on one standard."""

    standard_id: str
    source: _Source
    results: int
    scored: int
    mean: float | None


class LearnerCourseStandards(JsonModel):
    """The standards of one course on which a learner has results, by id."""

    course_id: str
    title: str
    standards: list[LearnerStandard]


class LearnerStandards(JsonModel):
    """The standards on which a learner has results, by course."""

    learner_id: str
    courses: list[LearnerCourseStandards]
