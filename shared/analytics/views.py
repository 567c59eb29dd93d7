"""What dashboards answer. Percent figures are percent points; a withheld figure is null.

`suppressed` says that a group is too small for its figures to be shown to this caller.
"""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from shared.json_model import JsonModel


class Band(JsonModel):
    """A band of mastery: scores from `starts_at` percent up to where the next one starts."""

    starts_at: int
    scored: int


class PercentStatistics(JsonModel):
    """Figures over the percent scores of the latest attempts."""

    n: Annotated[int, Field(description="Scores counted.")]
    mean: float
    standard_deviation: Annotated[float | None, Field(description="Of a sample (n - 1); null for n = 1.")]
    minimum: Annotated[float | None, Field(description="Null for those who see aggregates only.")]
    lower_quartile: Annotated[
        float, Field(description="Nearest rank; less than half a percent point below the exact value.")
    ]
    median: Annotated[float, Field(description="As lowerQuartile.")]
    upper_quartile: Annotated[float, Field(description="As lowerQuartile.")]
    maximum: Annotated[float | None, Field(description="As minimum.")]
    distribution: Annotated[
        list[int],
        Field(description="Counts in twenty bands of five percent points; the last holds 100 % and more."),
    ]
    bands: Annotated[list[Band], Field(description="Counts in the tenant's bands of mastery.")]


class Growth(JsonModel):
    """How scores of the same learners changed from one period to the next in which they had any."""

    from_: Annotated[str, Field(alias="from")]
    to: str
    learners: Annotated[int, Field(description="Pairs of learner and course that have scores in both.")]
    mean: Annotated[float, Field(description="Percent points.")]


class Figures(JsonModel):
    """What every group is described by; all null where the group is suppressed."""

    learners: int | None = None
    results: int | None = None
    participation: Annotated[
        float | None, Field(description="Percent of the results that count which were handed in.")
    ] = None
    missing: Annotated[int | None, Field(description="Results not handed in.")] = None
    late: Annotated[int | None, Field(description="Results handed in after their line item was due.")] = None
    percent: PercentStatistics | None = None
    latest_upload: Annotated[
        datetime | None, Field(description="When the newest file with facts of the group came in.")
    ] = None
    suppressed: bool = False


class _Line(JsonModel):
    """A group in the view of the group around it."""

    title: str
    learners: int | None
    scored: int | None
    mean: float | None
    suppressed: bool = False


class CourseLine(_Line):
    """A course in the overview and in its school."""

    course_id: str
    school_id: str
    results: int | None
    assessments: int
    latest_upload: datetime


class SchoolLine(_Line):
    """A school in the overview. The school `-` is that of courses for which the roster names none."""

    school_id: str
    results: int | None
    courses: int
    latest_upload: datetime


class CourseList(JsonModel):
    """A page of courses; `total` counts those on all pages."""

    courses: list[CourseLine]
    total: int
    next_cursor: str | None


class SchoolList(JsonModel):
    """A page of schools; `total` counts those on all pages."""

    schools: list[SchoolLine]
    total: int
    next_cursor: str | None


class Overview(JsonModel):
    """What the caller may see of the district: its figures, its schools, the courses by id."""

    figures: Figures | None
    growth: list[Growth]
    schools: list[SchoolLine]
    courses: list[CourseLine]


class SchoolDashboard(Figures):
    """A school: figures over its courses, and the courses by id."""

    school_id: str
    title: str
    growth: list[Growth]
    courses: list[CourseLine]


class AssessmentLine(_Line):
    """An assessment in the view of its course."""

    line_item_id: str


class SectionLine(_Line):
    """A section in the view of its course."""

    section_id: str


class CourseDashboard(Figures):
    """A course: figures over all results in it, its assessments and its sections by id."""

    course_id: str
    school_id: str
    title: str
    growth: list[Growth]
    assessments: list[AssessmentLine]
    sections: list[SectionLine]
    standards: Annotated[
        int, Field(description="Standards with results, of which the course has a view of its own.")
    ] = 0


class AssessmentDashboard(Figures):
    """An assessment: figures over the latest attempt of each learner."""

    course_id: str
    line_item_id: str
    title: str
    statuses: Annotated[dict[str, int] | None, Field(description="Learners by state of their result.")]


_Name = Annotated[
    str | None, Field(description="What the learner is called; null where no file has said it.")
]


class Member(JsonModel):
    """A learner in a section, with what came of the learner's work in the course."""

    learner_id: str
    name: _Name = None
    results: int
    missing: int
    late: int
    scored: int
    mean: float | None


class SectionDashboard(Figures):
    """A section of a course and its learners by id."""

    course_id: str
    section_id: str
    title: str
    members: list[Member]


class PeriodSchool(JsonModel):
    """A school in a period."""

    school_id: str
    title: str
    results: int
    scored: int
    mean: float | None


class PeriodDashboard(Figures):
    """A period: as line items state it, else the month of the results; `-` where neither is known."""

    period_id: str
    title: str
    schools: list[PeriodSchool]


class Periods(JsonModel):
    """All periods with results, by id."""

    periods: list[PeriodDashboard]


class FeedLine(JsonModel):
    """What came by one feed, and when its newest file with results in force came in."""

    feed: str
    results: int
    scored: int
    mean: float | None
    latest_upload: datetime


class Feeds(JsonModel):
    """All feeds with results, by name."""

    feeds: list[FeedLine]


class Cohort(JsonModel):
    """A group that can be compared."""

    cohort: Annotated[str, Field(examples=["school:north-high"], description="`{kind}:{id}`.")]
    title: str


class Cohorts(JsonModel):
    """The groups that the caller may compare: schools, courses, periods."""

    cohorts: list[Cohort]


class Side(Figures):
    """One of two cohorts that are compared."""

    cohort: str
    title: str


class Comparison(JsonModel):
    """Two cohorts side by side."""

    first: Side
    second: Side
    difference: Annotated[
        float | None, Field(description="Mean of the second minus mean of the first, in percent points.")
    ]
    effect_size: Annotated[
        float | None, Field(description="The difference in pooled standard deviations (Cohen's d).")
    ]


class Match(JsonModel):
    """A group whose title or id holds the words that were asked for."""

    kind: str
    id: str
    title: str


class Matches(JsonModel):
    """What was found, best first."""

    matches: list[Match]


class LearnerResult(JsonModel):
    """The latest attempt of a learner on one line item."""

    line_item_id: str
    title: str
    attempt: int
    status: str
    score: float | None
    max_score: float | None
    percent: float | None
    occurred_at: datetime | None
    period: str
    late: bool


class LearnerCourse(JsonModel):
    """The results of a learner in one course, by line item."""

    course_id: str
    results: list[LearnerResult]


class LearnerDashboard(JsonModel):
    """The results of one learner, by course."""

    learner_id: str
    name: _Name = None
    courses: list[LearnerCourse]


class OwnResult(LearnerResult):
    """A result as its learner sees it."""

    group_mean: Annotated[
        float | None,
        Field(description="Mean of the assessment; null where too few others were scored to tell it."),
    ]


class OwnCourse(JsonModel):
    """The caller's own results in one course."""

    course_id: str
    title: str
    results: list[OwnResult]


class StudentHome(JsonModel):
    """What a learner needs first: own results, and how many are missing or came late."""

    courses: list[OwnCourse]
    missing: int
    late: int


class TeacherHome(JsonModel):
    """What a teacher needs first: the courses that the teacher instructs, at most twenty."""

    courses: list[CourseDashboard]


class AdministratorHome(JsonModel):
    """What an administrator needs first: the district, its schools, and how fresh each feed is."""

    figures: Figures | None
    growth: list[Growth]
    schools: list[SchoolLine]
    feeds: list[FeedLine]
