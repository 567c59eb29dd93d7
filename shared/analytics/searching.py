"""Search for schools and courses by the words in their titles and ids, among what the caller may see."""

from collections.abc import Iterator
from typing import Final

from shared.analytics.policies import Audience
from shared.analytics.service import Dashboards, Served
from shared.analytics.views import Match, Matches, Overview
from shared.analytics.words import holds
from shared.kernel.scope import TenantScope

MOST: Final = 20


class Search:
    """Finds groups by one point read of the overview."""

    def __init__(self, dashboards: Dashboards) -> None:
        self._dashboards = dashboards

    async def find(self, scope: TenantScope, audience: Audience, query: str) -> Served[Matches]:
        """Return at most `MOST` groups that hold every word of `query`, those that begin with it first."""
        overview = await self._dashboards.overview(scope, audience)
        found = [match for match in _groups(overview.model) if holds(query, match.title, match.id)]
        found.sort(key=lambda match: (not _begins(match, query.strip().casefold()), match.title, match.id))
        return overview.made_into(Matches(matches=found[:MOST]))


def _groups(overview: Overview) -> Iterator[Match]:
    for school in overview.schools:
        yield Match(kind="school", id=school.school_id, title=school.title)
    for course in overview.courses:
        yield Match(kind="course", id=course.course_id, title=course.title)


def _begins(match: Match, query: str) -> bool:
    return match.title.casefold().startswith(query) or match.id.casefold().startswith(query)
