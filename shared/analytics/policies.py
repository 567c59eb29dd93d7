"""Who may see what of the read models, and what is withheld because a group is small. Pure rules."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

from shared.analytics.views import (
    AssessmentDashboard,
    AssessmentLine,
    CourseDashboard,
    CourseLine,
    LearnerDashboard,
)


@dataclass(frozen=True, slots=True)
class Audience:
    """What a caller may see: everything, own courses, own results, and of the rest perhaps aggregates.

    `threshold` is the least number of learners whose aggregates are shown to those who see no more.
    """

    everything: bool
    aggregates: bool
    courses: frozenset[str]
    learners: frozenset[str]
    threshold: int

    @classmethod
    def of(
        cls, roles: Collection[str], courses: frozenset[str], learners: frozenset[str], threshold: int
    ) -> Self:
        """Return the audience of a caller: the union of what each role may see.

        `courses` are those that the caller instructs, `learners` the caller's own pseudonyms; each counts
        only with its role.
        """
        return cls(
            everything="TenantAdmin" in roles,
            aggregates="SupportReadonly" in roles,
            courses=courses if "Instructor" in roles else frozenset(),
            learners=learners if "Learner" in roles else frozenset(),
            threshold=threshold,
        )

    def sees_overview(self) -> bool:
        """Tell whether there is an overview for this caller, be it empty."""
        return self.everything or self.aggregates or bool(self.courses)

    def sees_course(self, course: str) -> bool:
        """Tell whether the caller may see figures of a course, be they suppressed."""
        return self.aggregates or self.sees_all_of(course)

    def sees_all_of(self, course: str) -> bool:
        """Tell whether the caller may see a course without suppression."""
        return self.everything or course in self.courses


def learner_shown(audience: Audience, view: LearnerDashboard) -> LearnerDashboard | None:
    """Return what of a learner's results the caller may see: all of the own, else those in own courses."""
    if view.learner_id in audience.learners:
        return view
    courses = [course for course in view.courses if audience.sees_all_of(course.course_id)]
    return view.model_copy(update={"courses": courses}) if courses else None


def line_shown(audience: Audience, line: CourseLine, least_group: int) -> CourseLine:
    """Return a line of the overview, figures withheld that would tell about a small group.

    `least_group` is the smallest group among the assessments: the rest of the course must not give it away.
    """
    if audience.sees_all_of(line.course_id) or min(line.learners or 0, least_group) >= audience.threshold:
        return line
    small = (line.learners or 0) < audience.threshold
    kept = {"learners": None if small else line.learners}
    return line.model_copy(update={"results": None, "mean": None, "suppressed": True} | kept)


def course_shown(audience: Audience, view: CourseDashboard) -> CourseDashboard:
    """Return a course, small assessments withheld, and with any of them what their rest would give away."""
    if audience.sees_all_of(view.course_id):
        return view
    assessments = [_assessment_line_shown(audience, line) for line in view.assessments]
    small = (view.learners or 0) < audience.threshold
    if not small and not any(line.suppressed for line in assessments):
        return view
    withheld = {"results": None, "percent": None, "assessments": assessments, "suppressed": True}
    return view.model_copy(update=withheld | {"learners": None if small else view.learners})


def assessment_shown(audience: Audience, view: AssessmentDashboard) -> AssessmentDashboard:
    """Return an assessment, its figures withheld when few learners stand behind them."""
    scored = view.percent.n if view.percent else 0
    if audience.sees_all_of(view.course_id) or not _small(audience, view.learners or 0, scored):
        return view
    withheld = {"learners": None, "statuses": None, "percent": None, "suppressed": True}
    return view.model_copy(update=withheld)


def _assessment_line_shown(audience: Audience, line: AssessmentLine) -> AssessmentLine:
    if not _small(audience, line.learners or 0, line.scored or 0):
        return line
    return line.model_copy(update={"learners": None, "scored": None, "mean": None, "suppressed": True})


def _small(audience: Audience, learners: int, scored: int) -> bool:
    return learners < audience.threshold or 0 < scored < audience.threshold
