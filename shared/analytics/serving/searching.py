"""Search for schools and courses by the words in their titles and ids, among what the caller may see."""

from typing import Final

from shared.analytics.policies import Audience
from shared.analytics.serving.service import Dashboards, Served
from shared.analytics.serving.words import holds
from shared.analytics.views import Match, Matches, Overview
from shared.kernel.scope import TenantScope

MOST: Final = 20


class Search:
    """Finds groups by one point read of the overview."""

    def __init__(self, dashboards: Dashboards) -> None:
        self._dashboards = dashboards

    async def find(self, scope: TenantScope, audience: Audience, query: str) -> Served[Matches]:
        """Return at most `MOST` groups that hold every word of `query`, those that begin with it first."""
        overview = await self._dashboards.overview(scope, audience)
        groups = overview.once(Matches, _groups)
        found = [match for match in groups.matches if holds(query, match.title, match.id)]
        found.sort(key=lambda match: (not _begins(match, query.strip().casefold()), match.title, match.id))
        return overview.made_into(Matches(matches=found[:MOST]))


def _groups(overview: Overview) -> Matches:
    schools = [Match(kind="school", id=it.school_id, title=it.title) for it in overview.schools]
    courses = [Match(kind="course", id=it.course_id, title=it.title) for it in overview.courses]
    return Matches(matches=[*schools, *courses])


def _begins(match: Match, query: str) -> bool:
    return match.title.casefold().startswith(query) or match.id.casefold().startswith(query)
