"""Serves rollups by standard, each shaped for who is asking."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shared.analytics.measures import UNIT, mean
from shared.analytics.model import (
    STANDARDS,
    TENANT_SHARD,
    View,
    course_shard,
    standard_view,
)
from shared.analytics.policies import Audience, banded
from shared.analytics.ports import RollupReader
from shared.analytics.serving.service import Dashboards, Served, served_from, together
from shared.analytics.standards.policies import standards_shown
from shared.analytics.standards.views import (
    CourseStandards,
    LearnerCourseStandards,
    LearnerStandard,
    LearnerStandards,
    StandardDashboard,
    Standards,
)
from shared.analytics.views import LearnerCourse, LearnerResult
from shared.kernel.errors import NotFound
from shared.kernel.scope import TenantScope


class StandardDashboards:
    """Serves standards. What the caller may not see, and what does not exist, is the same `NotFound`."""

    def __init__(self, rollups: RollupReader, dashboards: Dashboards) -> None:
        self._rollups = rollups
        self._dashboards = dashboards

    async def of_district(self, scope: TenantScope, audience: Audience) -> Served[Standards]:
        """Return all standards. They cut across courses: only those see them who see everything."""
        if not audience.everything:
            raise NotFound
        rollup = await self._rollups.find(scope, TENANT_SHARD, STANDARDS)
        if rollup is None:
            return Served(Standards(standards=[]), 0)
        return served_from(rollup, Standards.model_validate(rollup.view))

    async def of_standard(
        self, scope: TenantScope, audience: Audience, standard: str
    ) -> Served[StandardDashboard]:
        """Return one standard and the courses that have results on it, to those who see everything."""
        if not audience.everything:
            raise NotFound
        rollup = await self._dashboards.rollup(scope, TENANT_SHARD, standard_view(standard))
        return served_from(rollup, StandardDashboard.model_validate(banded(rollup.view, audience.mastery)))

    async def of_course(self, scope: TenantScope, audience: Audience, course: str) -> Served[CourseStandards]:
        """Return the standards of a course; `NotFound` too when nothing in it is aligned to any."""
        rollup = await self._dashboards.rollup_of_course(scope, audience, course, STANDARDS)
        shown = await self._dashboards.sees_figures_of(scope, audience, course)
        view = standards_shown(audience, rollup.view, course_shown=shown)
        return served_from(rollup, CourseStandards.model_validate(view))

    async def of_learner(
        self, scope: TenantScope, audience: Audience, learner: str
    ) -> Served[LearnerStandards]:
        """Return what the results of a learner that the caller may see come to by standard.

        One point read, and one for each course.
        """
        served = await self._dashboards.results_of(scope, audience, learner)
        courses = served.model.courses
        found = await asyncio.gather(
            *(self._rollups.find(scope, course_shard(course.course_id), STANDARDS) for course in courses)
        )
        pairs = zip(courses, found, strict=True)
        listed = [_own(course, rollup.view) for course, rollup in pairs if rollup is not None]
        shown = [course for course in listed if course.standards]
        known = [served_from(rollup, served.model) for rollup in found if rollup is not None]
        return together(LearnerStandards(learner_id=learner, courses=shown), [served, *known])


def _own(course: LearnerCourse, view: View) -> LearnerCourseStandards:
    """Return a learner's results in a course by its standards, those without results left out."""
    results = {result.line_item_id: result for result in course.results}
    standards: Any = view["standards"]
    return LearnerCourseStandards(
        course_id=course.course_id,
        title=str(view["title"]),
        standards=list(_on_standards(results, standards)),
    )


def _on_standards(
    results: Mapping[str, LearnerResult], standards: Sequence[Mapping[str, Any]]
) -> Iterator[LearnerStandard]:
    for standard in standards:
        items = [line["lineItemId"] for line in standard["assessments"]]
        own = [results[item] for item in items if item in results]
        scores = [round(result.percent * UNIT) for result in own if result.percent is not None]
        if own:
            yield LearnerStandard(
                standard_id=standard["standardId"],
                source=standard["source"],
                results=len(own),
                scored=len(scores),
                mean=mean(sum(scores), len(scores)) if scores else None,
            )
