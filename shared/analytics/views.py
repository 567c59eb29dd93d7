"""What dashboards answer. Percent figures are percent points; a withheld figure is null.

`suppressed` says that a group is too small for its figures to be shown to this caller.
"""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class _View(BaseModel):
    # Built at first use, so that a cold start for another route does not pay for it.
    model_config = ConfigDict(
        frozen=True,
        alias_generator=to_camel,
        validate_by_name=True,
        serialize_by_alias=True,
        defer_build=True,
    )


class PercentStatistics(_View):
    """Figures over the percent scores of the latest attempts."""

    n: Annotated[int, Field(description="Scores counted.")]
    mean: float
    standard_deviation: Annotated[float | None, Field(description="Of a sample (n - 1); null for n = 1.")]
    minimum: float
    lower_quartile: Annotated[
        float, Field(description="Nearest rank; less than half a percent point below the exact value.")
    ]
    median: Annotated[float, Field(description="As lowerQuartile.")]
    upper_quartile: Annotated[float, Field(description="As lowerQuartile.")]
    maximum: float
    distribution: Annotated[
        list[int],
        Field(description="Counts in twenty bands of five percent points; the last holds 100 % and more."),
    ]


class CourseLine(_View):
    """A course in the overview."""

    course_id: str
    learners: int | None
    results: int | None
    assessments: int
    mean: float | None
    latest_upload: Annotated[datetime, Field(description="When the newest file with facts of it came in.")]
    suppressed: bool = False


class Overview(_View):
    """The courses that the caller may see, by id."""

    courses: list[CourseLine]


class AssessmentLine(_View):
    """An assessment in the view of its course."""

    line_item_id: str
    title: str
    learners: int | None
    scored: int | None
    mean: float | None
    suppressed: bool = False


class CourseDashboard(_View):
    """A course: figures over all results in it, and its assessments by id."""

    course_id: str
    learners: int | None
    results: int | None
    percent: PercentStatistics | None
    assessments: list[AssessmentLine]
    latest_upload: datetime
    suppressed: bool = False


class AssessmentDashboard(_View):
    """An assessment: figures over the latest attempt of each learner."""

    course_id: str
    line_item_id: str
    title: str
    learners: int | None
    statuses: Annotated[dict[str, int] | None, Field(description="Learners by state of their result.")]
    percent: PercentStatistics | None
    latest_upload: datetime
    suppressed: bool = False


class LearnerResult(_View):
    """The latest attempt of a learner on one line item."""

    line_item_id: str
    title: str
    attempt: int
    status: str
    score: float | None
    max_score: float | None
    percent: float | None
    occurred_at: datetime | None


class LearnerCourse(_View):
    """The results of a learner in one course, by line item."""

    course_id: str
    results: list[LearnerResult]


class LearnerDashboard(_View):
    """The results of one learner, by course."""

    learner_id: str
    courses: list[LearnerCourse]
