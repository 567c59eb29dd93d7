"""Cohorts: groups that can be compared. Each is read as its dashboard, so that the same rules hold."""

from enum import StrEnum
from math import sqrt

from pydantic import BaseModel

from shared.analytics.policies import Audience
from shared.analytics.serving.service import Dashboards, Served, together
from shared.analytics.views import (
    Cohort,
    Cohorts,
    Comparison,
    Figures,
    Overview,
    PercentStatistics,
    PeriodDashboard,
    Side,
)
from shared.kernel.errors import NotFound
from shared.kernel.scope import TenantScope


class Kind(StrEnum):
    """The kinds of groups that are cohorts."""

    SCHOOL = "school"
    COURSE = "course"
    PERIOD = "period"


class CohortComparisons:
    """Lists and compares the schools, courses and periods that the caller may see."""

    def __init__(self, dashboards: Dashboards) -> None:
        self._dashboards = dashboards

    async def cohorts(self, scope: TenantScope, audience: Audience) -> Served[Cohorts]:
        """Return what the caller may compare: periods only for those who see everything."""
        overview = await self._dashboards.overview(scope, audience)
        groups = overview.once(Cohorts, _of_overview)
        if not audience.everything:
            return overview.made_into(groups)
        periods = await self._dashboards.periods(scope, audience)
        further = [_cohort(Kind.PERIOD, period.period_id, period.title) for period in periods.model.periods]
        return together(Cohorts(cohorts=[*groups.cohorts, *further]), [overview, periods])

    async def compare(
        self, scope: TenantScope, audience: Audience, first: str, second: str
    ) -> Served[Comparison]:
        """Return two cohorts (`{kind}:{id}`) side by side; `NotFound` unless the caller may see both."""
        one, other = await self._side(scope, audience, first), await self._side(scope, audience, second)
        comparison = Comparison(
            first=one.model,
            second=other.model,
            difference=_difference(one.model, other.model),
            effect_size=_effect_size(one.model.percent, other.model.percent),
        )
        return together(comparison, [one, other])

    async def _side(self, scope: TenantScope, audience: Audience, cohort: str) -> Served[Side]:
        kind, _, name = cohort.partition(":")
        match kind:
            case Kind.SCHOOL:
                school = await self._dashboards.school(scope, audience, name)
                return _served(school, school.model, cohort, school.model.title)
            case Kind.COURSE:
                course = await self._dashboards.course(scope, audience, name)
                return _served(course, course.model, cohort, course.model.title)
            case Kind.PERIOD:
                periods = await self._dashboards.periods(scope, audience)
                period = _period(periods.model.periods, name)
                return _served(periods, period, cohort, period.title)
            case _:
                raise NotFound


def _of_overview(overview: Overview) -> Cohorts:
    schools = [_cohort(Kind.SCHOOL, it.school_id, it.title) for it in overview.schools if not it.suppressed]
    courses = [_cohort(Kind.COURSE, it.course_id, it.title) for it in overview.courses if not it.suppressed]
    return Cohorts(cohorts=[*schools, *courses])


def _cohort(kind: Kind, name: str, title: str) -> Cohort:
    return Cohort(cohort=f"{kind}:{name}", title=title)


def _period(periods: list[PeriodDashboard], name: str) -> PeriodDashboard:
    found = next((period for period in periods if period.period_id == name), None)
    if found is None:
        raise NotFound
    return found


def _served[M: BaseModel](served: Served[M], figures: Figures, cohort: str, title: str) -> Served[Side]:
    told = {name: getattr(figures, name) for name in Figures.model_fields}
    return served.made_into(Side(cohort=cohort, title=title, **told))


def _difference(first: Figures, second: Figures) -> float | None:
    if first.percent is None or second.percent is None:
        return None
    return round(second.percent.mean - first.percent.mean, 4)


def _effect_size(first: PercentStatistics | None, second: PercentStatistics | None) -> float | None:
    """Return Cohen's d (Statistical Power Analysis, 1988, section 2.5.1), rounded to four decimals.

    None where a cohort has fewer than two scores or nothing varies.
    """
    if first is None or second is None or not (first.standard_deviation and second.standard_deviation):
        return None
    degrees = first.n + second.n - 2
    spread = (first.n - 1) * first.standard_deviation**2 + (second.n - 1) * second.standard_deviation**2
    return round((second.mean - first.mean) / sqrt(spread / degrees), 4)
