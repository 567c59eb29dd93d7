"""Lists of groups from a view: sorted, filtered, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from shared.analytics.policies import Audience
from shared.analytics.serving.service import Dashboards, Served
from shared.analytics.serving.words import holds
from shared.analytics.views import CourseLine, CourseList, SchoolLine, SchoolList
from shared.kernel.errors import InvalidInput
from shared.kernel.scope import TenantScope


class Order(StrEnum):
    """By what a list is sorted; what is withheld or missing comes last. A minus sign: the greatest first."""

    TITLE = "title"
    MEAN = "mean"
    LEARNERS = "learners"
    NEWEST = "-latestUpload"
    HIGHEST = "-mean"
    LARGEST = "-learners"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines of a list: those that hold all words of `text`, `limit` of them from `position` on."""

    order: Order
    text: str
    limit: int
    position: str | None


@dataclass(frozen=True, slots=True)
class Listing[M]:
    """A page of a list, and the position of the next one, None at the end."""

    served: M
    next_position: str | None


class Lists:
    """Serves the groups of the overview as lists, by one point read each."""

    def __init__(self, dashboards: Dashboards) -> None:
        self._dashboards = dashboards

    async def courses(
        self, scope: TenantScope, audience: Audience, wanted: Wanted, school: str | None
    ) -> Listing[Served[CourseList]]:
        """Return courses that the caller may see, of one school or all."""
        overview = await self._dashboards.overview(scope, audience)
        courses = [line for line in overview.model.courses if school in {None, line.school_id}]
        lines, total, after = _page(courses, wanted)
        found = CourseList(courses=lines, total=total, next_cursor=None)
        return Listing(overview.made_into(found), after)

    async def schools(
        self, scope: TenantScope, audience: Audience, wanted: Wanted
    ) -> Listing[Served[SchoolList]]:
        """Return schools that the caller may see."""
        overview = await self._dashboards.overview(scope, audience)
        lines, total, after = _page(overview.model.schools, wanted)
        found = SchoolList(schools=lines, total=total, next_cursor=None)
        return Listing(overview.made_into(found), after)


def _page[L: (CourseLine, SchoolLine)](lines: Sequence[L], wanted: Wanted) -> tuple[list[L], int, str | None]:
    """Return the lines of a page, how many there are on all pages, and the position of the next page."""
    matching = [line for line in lines if holds(wanted.text, line.title, _name(line))]
    ordered = _sorted(matching, wanted.order)
    start = _start(wanted.position)
    end = start + wanted.limit
    return ordered[start:end], len(ordered), str(end) if end < len(ordered) else None


def _start(position: str | None) -> int:
    if position is None:
        return 0
    if not position.isdecimal():
        raise InvalidInput.at("query:cursor", "this cursor belongs to another list")
    return int(position)


def _name(line: CourseLine | SchoolLine) -> str:
    return line.course_id if isinstance(line, CourseLine) else line.school_id


def _sorted[L: (CourseLine, SchoolLine)](lines: list[L], order: Order) -> list[L]:
    """Sort by title first: sorting is stable, so equal lines stay in that order."""
    by_title = sorted(lines, key=lambda line: (line.title.casefold(), _name(line).casefold()))
    match order:
        case Order.TITLE:
            return by_title
        case Order.NEWEST:
            return sorted(by_title, key=lambda line: line.latest_upload, reverse=True)
        case Order.MEAN | Order.HIGHEST:
            known = [(line.mean, line) for line in by_title if line.mean is not None]
            rest = [line for line in by_title if line.mean is None]
        case Order.LEARNERS | Order.LARGEST:
            known = [(line.learners, line) for line in by_title if line.learners is not None]
            rest = [line for line in by_title if line.learners is None]
    sign = -1 if order.startswith("-") else 1
    return [line for _, line in sorted(known, key=lambda pair: sign * pair[0])] + rest
