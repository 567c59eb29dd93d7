"""Dashboards: each answer is one point read of a rollup, shaped for who is asking.

Those who see aggregates only cost a second one: what is withheld depends on the groups beside. So do names,
which lie in the roster of a course.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from typing import Any, Final

from pydantic import BaseModel

from shared.analytics.items.policies import items_shown
from shared.analytics.items.views import ItemDashboard
from shared.analytics.learner_lines import learner_of
from shared.analytics.model import (
    COURSE,
    FEEDS,
    OVERVIEW,
    PERIODS,
    SCHOOL,
    TENANT_SHARD,
    Rollup,
    View,
    assessment_view,
    bucket_of,
    course_shard,
    is_learner,
    items_view,
    learner_shard,
    learner_view,
    school_shard,
    section_view,
)
from shared.analytics.policies import (
    Audience,
    Published,
    banded,
    figures_shown,
    learner_shown,
    line_shown,
    withheld_lines,
)
from shared.analytics.ports import RollupReader
from shared.analytics.rosters.ports import RosterReader
from shared.analytics.serving.shaping import Mastery, Shapes, WholeShapes
from shared.analytics.suppression import GroupSize, is_withheld
from shared.analytics.views import (
    AssessmentDashboard,
    CourseDashboard,
    Feeds,
    LearnerDashboard,
    Overview,
    Periods,
    SchoolDashboard,
    SectionDashboard,
)
from shared.kernel.errors import NotFound
from shared.kernel.events import Json
from shared.kernel.scope import TenantScope


@dataclass(frozen=True)
class Served[M: BaseModel]:
    """An answer, the version of the facts that it comes from (`Data-Version`), and when it last changed."""

    model: M
    data_version: int
    changed_at: datetime | None = None
    _made: dict[type, Any] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def body(self) -> bytes:
        """The model as JSON, written at the first call."""
        return self.model.model_dump_json().encode()

    def showing(self, update: Mapping[str, object]) -> "Served[M]":
        """Return the same answer with some members replaced."""
        return self.made_into(self.model.model_copy(update=update))

    def once[N](self, kind: type[N], make: Callable[[M], N]) -> N:
        """Return what is made of the model alone, made at the first call."""
        if kind not in self._made:
            self._made[kind] = make(self.model)
        made: N = self._made[kind]
        return made

    def made_into[N: BaseModel](self, model: N) -> "Served[N]":
        """Return a model that was made of this answer alone: as old, and changed when it did."""
        return Served(model, self.data_version, self.changed_at)


def served_from[M: BaseModel](rollup: Rollup, model: M) -> Served[M]:
    """Return a model that was made of a rollup."""
    return Served(model, rollup.table_version, rollup.written_at)


def together[M: BaseModel](model: M, parts: Sequence[Served[Any]]) -> Served[M]:
    """Return a model that was made of several answers: of the oldest version, changed when the last did."""
    changes = [part.changed_at for part in parts if part.changed_at is not None]
    version = min((part.data_version for part in parts), default=0)
    return Served(model, version, max(changes, default=None))


class Dashboards:
    """Serves read models. What the caller may not see, and what does not exist, is the same `NotFound`."""

    def __init__(self, rollups: RollupReader, rosters: RosterReader | None = None) -> None:
        self._rollups = rollups
        self._rosters = rosters
        self._overviews = Shapes[Served[Overview]]()
        self._published_groups = Shapes[Published]()
        self._wholes = WholeShapes()

    async def overview(self, scope: TenantScope, audience: Audience) -> Served[Overview]:
        """Return the district, its schools and courses, as far as the caller may see them."""
        if not audience.sees_overview():
            raise NotFound
        rollup = await self._rollups.find(scope, TENANT_SHARD, OVERVIEW)
        if rollup is None:
            return Served(Overview(figures=None, growth=[], schools=[], courses=[]), 0)
        return self._overviews.of(scope, audience, rollup, partial(_overview_served, audience))

    async def school(self, scope: TenantScope, audience: Audience, school: str) -> Served[SchoolDashboard]:
        """Return a school and its courses."""
        if not (audience.everything or audience.aggregates):
            raise NotFound
        place = (school_shard(school), SCHOOL)
        rollup = await self.rollup(scope, *place)
        if audience.everything:
            return self._wholes.of(scope, place, rollup, _whole_school, audience.mastery)
        view = rollup.view
        published = await self._published(scope, audience)
        courses: Any = view["courses"]
        lines: list[Json] = [_course_line(audience, line, published) for line in courses]
        shown = school in published.schools
        view = figures_shown(view | {"courses": lines}, shown=shown) | _no_growth(view, shown=shown)
        return served_from(rollup, SchoolDashboard.model_validate(banded(view, audience.mastery)))

    async def course(self, scope: TenantScope, audience: Audience, course: str) -> Served[CourseDashboard]:
        """Return a course, its assessments and sections; the latter to those who see all of it."""
        rollup = await self.rollup_of_course(scope, audience, course, COURSE)
        if audience.sees_all_of(course):
            place = (course_shard(course), COURSE)
            return self._wholes.of(scope, place, rollup, _whole_course, audience.mastery)
        view = rollup.view
        shown = await self.sees_figures_of(scope, audience, course)
        lines: Any = view["assessments"]
        growth = _no_growth(view, shown=shown)
        view = view | {"assessments": _assessment_lines(audience, lines, shown=shown), "sections": []}
        view = figures_shown(view, shown=shown) | growth
        return served_from(rollup, CourseDashboard.model_validate(banded(view, audience.mastery)))

    async def section(
        self, scope: TenantScope, audience: Audience, course: str, section: str
    ) -> Served[SectionDashboard]:
        """Return a section and its learners by name, to those who see all of the course."""
        if not audience.sees_all_of(course):
            raise NotFound
        place = (course_shard(course), section_view(section))
        rollup = await self.rollup(scope, *place)
        served = self._wholes.of(scope, place, rollup, _whole_section, audience.mastery)
        names = await self._names(scope, course)
        if not names:
            return served
        members = [
            member.model_copy(update={"name": names.get(member.learner_id)})
            for member in served.model.members
        ]
        return served.showing({"members": members})

    async def assessment(
        self, scope: TenantScope, audience: Audience, course: str, line_item: str
    ) -> Served[AssessmentDashboard]:
        """Return an assessment of a course."""
        rollup = await self.rollup_of_course(scope, audience, course, assessment_view(line_item))
        if audience.sees_all_of(course):
            place = (course_shard(course), assessment_view(line_item))
            return self._wholes.of(scope, place, rollup, _whole_assessment, audience.mastery)
        view = rollup.view
        shown = await self.sees_figures_of(scope, audience, course) and not _withheld(audience, view)
        view = figures_shown(view, shown=shown) | ({} if shown else {"statuses": None})
        return served_from(rollup, AssessmentDashboard.model_validate(banded(view, audience.mastery)))

    async def items(
        self, scope: TenantScope, audience: Audience, course: str, line_item: str
    ) -> Served[ItemDashboard]:
        """Return how the items of an assessment worked, to those who are shown the assessment itself."""
        rollup = await self.rollup_of_course(scope, audience, course, items_view(line_item))
        if audience.sees_all_of(course):
            place = (course_shard(course), items_view(line_item))
            return self._wholes.of(scope, place, rollup, _whole_items, audience.mastery)
        beside = await self._beside(scope, audience, course, line_item)
        view = ItemDashboard.model_validate(rollup.view)
        return served_from(rollup, items_shown(audience, view, beside))

    async def learner(self, scope: TenantScope, audience: Audience, learner: str) -> Served[LearnerDashboard]:
        """Return the results and the name of a learner.

        All results to the learner, to an instructor those in own courses. The name is that in the roster of
        the first course that is shown.
        """
        served = await self.results_of(scope, audience, learner)
        if not served.model.courses:
            return served
        names = await self._names(scope, served.model.courses[0].course_id, learner)
        return served.showing({"name": names[learner]}) if learner in names else served

    async def results_of(
        self, scope: TenantScope, audience: Audience, learner: str
    ) -> Served[LearnerDashboard]:
        """Return what `learner` does, without the name."""
        if not is_learner(learner):
            raise NotFound
        place = (learner_shard(bucket_of(learner)), learner_view(learner))
        rollup = await self.rollup(scope, *place)
        if learner in audience.learners:
            return self._wholes.of(scope, place, rollup, partial(_whole_learner, learner), audience.mastery)
        view = learner_of(learner, rollup.text)
        shown = learner_shown(audience, LearnerDashboard.model_validate(view))
        if shown is None:
            raise NotFound
        return served_from(rollup, shown)

    async def periods(self, scope: TenantScope, audience: Audience) -> Served[Periods]:
        """Return the periods. They cut across courses, so that only those see them who see everything."""
        if not audience.everything:
            raise NotFound
        rollup = await self._rollups.find(scope, TENANT_SHARD, PERIODS)
        if rollup is None:
            return Served(Periods(periods=[]), 0)
        return self._wholes.of(scope, (TENANT_SHARD, PERIODS), rollup, _whole_periods, audience.mastery)

    async def feeds(self, scope: TenantScope, audience: Audience) -> Served[Feeds]:
        """Return the feeds, to those who see everything."""
        if not audience.everything:
            raise NotFound
        rollup = await self._rollups.find(scope, TENANT_SHARD, FEEDS)
        if rollup is None:
            return Served(Feeds(feeds=[]), 0)
        return self._wholes.of(scope, (TENANT_SHARD, FEEDS), rollup, _whole_feeds, audience.mastery)

    async def sees_figures_of(self, scope: TenantScope, audience: Audience, course: str) -> bool:
        """Tell whether figures of a course are shown to the caller: it, or one beside it, may be small."""
        return audience.sees_all_of(course) or course in (await self._published(scope, audience)).courses

    async def rollup_of_course(
        self, scope: TenantScope, audience: Audience, course: str, view: str
    ) -> Rollup:
        """Return a rollup of a course that the caller may see, unshaped; `NotFound` for others."""
        if not audience.sees_course(course):
            raise NotFound
        return await self.rollup(scope, course_shard(course), view)

    async def rollup(self, scope: TenantScope, shard: str, view: str) -> Rollup:
        """Return a rollup, unshaped; `NotFound` when there is none."""
        rollup = await self._rollups.find(scope, shard, view)
        if rollup is None:
            raise NotFound
        return rollup

    async def _names(self, scope: TenantScope, course: str, learner: str | None = None) -> Mapping[str, str]:
        return {} if self._rosters is None else await self._rosters.names(scope, course, learner)

    async def _beside(
        self, scope: TenantScope, audience: Audience, course: str, line_item: str
    ) -> AssessmentDashboard | None:
        try:
            return (await self.assessment(scope, audience, course, line_item)).model
        except NotFound:
            return None  # items without results beside them

    async def _published(self, scope: TenantScope, audience: Audience) -> Published:
        overview = await self.rollup(scope, TENANT_SHARD, OVERVIEW)
        return self._published_groups.of(scope, audience, overview, partial(_published, audience))


def _whole_school(rollup: Rollup, mastery: Mastery) -> Served[SchoolDashboard]:
    return served_from(rollup, SchoolDashboard.model_validate(banded(rollup.view, mastery)))


def _whole_course(rollup: Rollup, mastery: Mastery) -> Served[CourseDashboard]:
    return served_from(rollup, CourseDashboard.model_validate(banded(rollup.view, mastery)))


def _whole_assessment(rollup: Rollup, mastery: Mastery) -> Served[AssessmentDashboard]:
    return served_from(rollup, AssessmentDashboard.model_validate(banded(rollup.view, mastery)))


def _whole_items(rollup: Rollup, _mastery: Mastery) -> Served[ItemDashboard]:
    return served_from(rollup, ItemDashboard.model_validate(rollup.view))


def _whole_section(rollup: Rollup, mastery: Mastery) -> Served[SectionDashboard]:
    return served_from(rollup, SectionDashboard.model_validate(banded(rollup.view, mastery)))


def _whole_periods(rollup: Rollup, mastery: Mastery) -> Served[Periods]:
    listed: Any = rollup.view["periods"]
    return served_from(rollup, Periods.model_validate({"periods": [banded(p, mastery) for p in listed]}))


def _whole_feeds(rollup: Rollup, _mastery: Mastery) -> Served[Feeds]:
    return served_from(rollup, Feeds.model_validate(rollup.view))


def _whole_learner(learner: str, rollup: Rollup, _mastery: Mastery) -> Served[LearnerDashboard]:
    return served_from(rollup, LearnerDashboard.model_validate(learner_of(learner, rollup.text)))


def _overview_served(audience: Audience, rollup: Rollup) -> Served[Overview]:
    view = _overview_shown(audience, rollup.view)
    figures: Any = view["figures"]
    shown = view | {"figures": figures and banded(figures, audience.mastery)}
    return served_from(rollup, Overview.model_validate(shown))


def _published(audience: Audience, overview: Rollup) -> Published:
    return Published.of(audience, overview.view)


_UNPUBLISHED: Final = Published(district=False, schools=frozenset(), courses=frozenset())
"""What those see of groups that are not their own who see no aggregates."""


def _overview_shown(audience: Audience, view: View) -> View:
    if audience.everything:
        return view
    courses: Any = view["courses"]
    schools: Any = view["schools"] if audience.aggregates else []
    published = Published.of(audience, view) if audience.aggregates else _UNPUBLISHED
    listed = [line for line in courses if audience.sees_course(line["courseId"])]
    whole = audience.aggregates and published.district
    figures: Any = view["figures"]
    return {
        "figures": figures_shown(figures, shown=True) if whole else None,
        "growth": view["growth"] if whole else [],
        "schools": [line_shown(line, shown=line["schoolId"] in published.schools) for line in schools],
        "courses": [_course_line(audience, line, published) for line in listed],
    }


def _course_line(audience: Audience, line: View, published: Published) -> View:
    course = str(line["courseId"])
    return line_shown(line, shown=audience.sees_all_of(course) or course in published.courses)


def _assessment_lines(audience: Audience, lines: Sequence[View], *, shown: bool) -> list[Json]:
    if shown:
        return withheld_lines(lines, "lineItemId", audience.threshold)
    return [line_shown(line, shown=False) for line in lines]


def _no_growth(view: View, *, shown: bool) -> View:
    return {"growth": view["growth"] if shown else []}


def _withheld(audience: Audience, assessment: View) -> bool:
    percent: Any = assessment["percent"]
    learners, below = assessment["learners"], assessment["below"]
    size = GroupSize(learners if isinstance(learners, int) else 0, percent["n"] if percent else 0)
    return is_withheld(size, below if isinstance(below, int) else None, audience.threshold)
