"""Home screens: what a learner, a teacher and an administrator need first, each in one call.

Made of dashboards as the caller would read them one by one, so that the same rules hold.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from shared.analytics.model import COURSE, View, course_shard
from shared.analytics.policies import Audience
from shared.analytics.ports import ReadAhead, RollupReader
from shared.analytics.serving.service import Dashboards, Served, together
from shared.analytics.views import (
    AdministratorHome,
    CourseDashboard,
    LearnerCourse,
    LearnerDashboard,
    OwnCourse,
    StudentHome,
    TeacherHome,
)
from shared.kernel.errors import NotFound
from shared.kernel.scope import TenantScope

COURSES_AT_HOME: Final = 20
"""Courses of a teacher that the home screen shows; the overview has them all."""


class Homes:
    """Serves home screens."""

    def __init__(self, dashboards: Dashboards, rollups: RollupReader, ahead: ReadAhead | None = None) -> None:
        self._dashboards = dashboards
        self._rollups = rollups
        self._ahead = ahead

    async def student(self, scope: TenantScope, audience: Audience) -> Served[StudentHome]:
        """Return the caller's own results, each with the mean of its assessment where it tells about enough.

        A learner knows the own result: of the others there have to be as many as the threshold asks.
        """
        own = [await self._own(scope, audience, learner) for learner in sorted(audience.learners)]
        found = [served for served in own if served is not None]
        courses = [course for served in found for course in served.model.courses]
        await self._read_ahead(scope, [course.course_id for course in courses])
        views = await asyncio.gather(*(self._course(scope, course.course_id) for course in courses))
        shown = [
            _own_course(course, view, audience.threshold) for course, view in zip(courses, views, strict=True)
        ]
        home = StudentHome(
            courses=shown,
            missing=sum(result.status == "not-submitted" for own in shown for result in own.results),
            late=sum(result.late for own in shown for result in own.results),
        )
        return together(home, found)

    async def teacher(self, scope: TenantScope, audience: Audience) -> Served[TeacherHome]:
        """Return the courses that the caller instructs, with their sections and assessments."""
        listed = sorted(audience.courses)[:COURSES_AT_HOME]
        await self._read_ahead(scope, listed)
        answers = await asyncio.gather(*(self._taught(scope, audience, course) for course in listed))
        found = [answer for answer in answers if answer is not None]
        return together(TeacherHome(courses=[served.model for served in found]), found)

    async def administrator(self, scope: TenantScope, audience: Audience) -> Served[AdministratorHome]:
        """Return the district, its schools, and how fresh each feed is; `NotFound` for others."""
        if not audience.everything:
            raise NotFound
        overview = await self._dashboards.overview(scope, audience)
        feeds = await self._dashboards.feeds(scope, audience)
        home = AdministratorHome(
            figures=overview.model.figures,
            growth=overview.model.growth,
            schools=overview.model.schools,
            feeds=feeds.model.feeds,
        )
        return together(home, [overview, feeds])

    async def _read_ahead(self, scope: TenantScope, courses: Sequence[str]) -> None:
        """Ask for courses together that are looked at one by one afterwards."""
        if self._ahead is not None:
            await self._ahead.read_ahead(scope, [(course_shard(course), COURSE) for course in courses])

    async def _own(
        self, scope: TenantScope, audience: Audience, learner: str
    ) -> Served[LearnerDashboard] | None:
        try:
            return await self._dashboards.results_of(scope, audience, learner)
        except NotFound:
            return None  # a pseudonym without results yet

    async def _taught(
        self, scope: TenantScope, audience: Audience, course: str
    ) -> Served[CourseDashboard] | None:
        try:
            return await self._dashboards.course(scope, audience, course)
        except NotFound:
            return None  # a course without results yet

    async def _course(self, scope: TenantScope, course: str) -> View:
        """Return a course as it is kept: what of it a learner may see is decided in `_own_course`."""
        rollup = await self._rollups.find(scope, course_shard(course), COURSE)
        return {"title": course, "assessments": []} if rollup is None else rollup.view


def _own_course(course: LearnerCourse, view: View, threshold: int) -> OwnCourse:
    lines: Any = view["assessments"]
    means = {line["lineItemId"]: line["mean"] for line in lines if line["scored"] > threshold}
    results = [vars(result) | {"group_mean": means.get(result.line_item_id)} for result in course.results]
    own = {"course_id": course.course_id, "title": str(view["title"]), "results": results}
    return OwnCourse.model_validate(own)  # at once: result by result it takes four times as long
