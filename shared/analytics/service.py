"""Dashboards: each answer is one point read of a rollup, shaped for who is asking."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from shared.analytics.items.policies import items_shown
from shared.analytics.items.views import ItemDashboard
from shared.analytics.model import (
    COURSE,
    OVERVIEW,
    TENANT_SHARD,
    Rollup,
    assessment_view,
    bucket_of,
    course_shard,
    is_learner,
    items_view,
    learner_shard,
    learner_view,
)
from shared.analytics.policies import Audience, assessment_shown, course_shown, learner_shown, line_shown
from shared.analytics.ports import RollupReader
from shared.analytics.views import (
    AssessmentDashboard,
    CourseDashboard,
    CourseLine,
    LearnerDashboard,
    Overview,
)
from shared.kernel.errors import NotFound
from shared.kernel.scope import TenantScope


@dataclass(frozen=True, slots=True)
class Served[M: BaseModel]:
    """An answer, the version of the facts that it comes from (`Data-Version`), and when it last changed."""

    model: M
    data_version: int
    changed_at: datetime | None = None


class Dashboards:
    """Serves read models. What the caller may not see, and what does not exist, is the same `NotFound`."""

    def __init__(self, rollups: RollupReader) -> None:
        self._rollups = rollups

    async def overview(self, scope: TenantScope, audience: Audience) -> Served[Overview]:
        """Return the courses that the caller may see; none, at version 0, before the first file."""
        if not audience.sees_overview():
            raise NotFound
        rollup = await self._rollups.find(scope, TENANT_SHARD, OVERVIEW)
        if rollup is None:
            return Served(Overview(courses=[]), 0)
        entries: Any = rollup.view["courses"]
        lines = [
            line_shown(audience, CourseLine.model_validate(entry), entry["leastGroup"])
            for entry in entries
            if audience.sees_course(entry["courseId"])
        ]
        return Served(Overview(courses=lines), rollup.table_version, rollup.written_at)

    async def course(self, scope: TenantScope, audience: Audience, course: str) -> Served[CourseDashboard]:
        """Return a course."""
        rollup = await self._of_course(scope, audience, course, COURSE)
        view = CourseDashboard.model_validate(rollup.view)
        return Served(course_shown(audience, view), rollup.table_version, rollup.written_at)

    async def assessment(
        self, scope: TenantScope, audience: Audience, course: str, line_item: str
    ) -> Served[AssessmentDashboard]:
        """Return an assessment of a course."""
        rollup = await self._of_course(scope, audience, course, assessment_view(line_item))
        view = AssessmentDashboard.model_validate(rollup.view)
        return Served(assessment_shown(audience, view), rollup.table_version, rollup.written_at)

    async def items(
        self, scope: TenantScope, audience: Audience, course: str, line_item: str
    ) -> Served[ItemDashboard]:
        """Return how the items of an assessment worked.

        One point read; two for those who see aggregates only, whom the assessment itself must be shown to.
        """
        rollup = await self._of_course(scope, audience, course, items_view(line_item))
        beside = None
        if not audience.sees_all_of(course):
            beside = await self._rollups.find(scope, course_shard(course), assessment_view(line_item))
        assessment = None if beside is None else AssessmentDashboard.model_validate(beside.view)
        view = ItemDashboard.model_validate(rollup.view)
        return Served(items_shown(audience, view, assessment), rollup.table_version, rollup.written_at)

    async def learner(self, scope: TenantScope, audience: Audience, learner: str) -> Served[LearnerDashboard]:
        """Return the results of a learner: all to the learner, to an instructor those in own courses."""
        if not is_learner(learner):
            raise NotFound
        rollup = await self._find(scope, learner_shard(bucket_of(learner)), learner_view(learner))
        shown = learner_shown(audience, LearnerDashboard.model_validate(rollup.view))
        if shown is None:
            raise NotFound
        return Served(shown, rollup.table_version, rollup.written_at)

    async def _of_course(self, scope: TenantScope, audience: Audience, course: str, view: str) -> Rollup:
        if not audience.sees_course(course):
            raise NotFound
        return await self._find(scope, course_shard(course), view)

    async def _find(self, scope: TenantScope, shard: str, view: str) -> Rollup:
        rollup = await self._rollups.find(scope, shard, view)
        if rollup is None:
            raise NotFound
        return rollup
