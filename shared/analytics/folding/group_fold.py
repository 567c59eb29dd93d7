"""From the ledger to the views of groups above courses: district, schools, periods, feeds."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from shared.analytics.folding.ledger import Entry, Total
from shared.analytics.folding.members import DISTRICT, period_group, school_group
from shared.analytics.folding.sums import Sums, changes_together, figures, growth, headline
from shared.analytics.folding.upload_time import uploaded_at
from shared.analytics.model import FEEDS, OVERVIEW, PERIODS, View
from shared.analytics.structure import Structure
from shared.kernel.events import Json


@dataclass(frozen=True, slots=True)
class Groups:
    """Everything that views of groups are made of.

    The lines of all courses, sorted by id; the totals of all courses by school; learners by group; titles.
    """

    lines: Mapping[str, View]
    totals: Mapping[str, list[Total]]
    learners: Mapping[str, int]
    structure: Structure


def tenant_views(groups: Groups) -> dict[str, View]:
    """Return the views of the tenant's shard, by id."""
    return {OVERVIEW: _overview(groups), PERIODS: _periods(groups), FEEDS: _feeds(groups)}


def school_view(groups: Groups, school: str) -> View:
    """Return the view of a school: its figures and its courses."""
    totals = groups.totals[school]
    courses: list[Json] = [line for line in groups.lines.values() if line["schoolId"] == school]
    return {
        "schoolId": school,
        "title": groups.structure.title_of(school),
        "courses": courses,
        "growth": growth(changes_together(total.changes for total in totals)),
        **figures(_together(totals), groups.learners[school_group(school)]),
    }


def course_line(entry: Entry) -> View:
    """Return the line of a course in views of groups above it."""
    sums = entry.sums
    return {
        "courseId": entry.course,
        "title": entry.title,
        "schoolId": entry.school,
        "learners": entry.learners,
        "results": sums.results,
        "assessments": entry.assessments,
        "latestUpload": uploaded_at(sums.newest),
        **headline(sums),
    }


def _overview(groups: Groups) -> View:
    schools = {school: _together(totals) for school, totals in sorted(groups.totals.items())}
    lines: list[Json] = [_school_line(groups, school, sums) for school, sums in schools.items()]
    changes = (total.changes for totals in groups.totals.values() for total in totals)
    whole = Sums.together(list(schools.values())) if schools else None
    return {
        "courses": list(groups.lines.values()),
        "schools": lines,
        "figures": None if whole is None else figures(whole, groups.learners[DISTRICT]),
        "growth": growth(changes_together(changes)),
    }


def _school_line(groups: Groups, school: str, sums: Sums) -> View:
    return {
        "schoolId": school,
        "title": groups.structure.title_of(school),
        "learners": groups.learners[school_group(school)],
        "results": sums.results,
        "courses": sum(total.courses for total in groups.totals[school]),
        "latestUpload": uploaded_at(sums.newest),
        **headline(sums),
    }


def _periods(groups: Groups) -> View:
    """Return the view of all periods, each with its figures and a line per school."""
    by_period = _cells(groups, lambda school, period, feed: (period, school))
    periods: dict[str, dict[str, Sums]] = defaultdict(dict)
    for (period, school), sums in by_period.items():
        periods[period][school] = sums
    return {"periods": [_period(groups, period, schools) for period, schools in sorted(periods.items())]}


def _period(groups: Groups, period: str, schools: Mapping[str, Sums]) -> View:
    lines: list[Json] = [
        {
            "schoolId": school,
            "title": groups.structure.title_of(school),
            "results": sums.results,
            **headline(sums),
        }
        for school, sums in sorted(schools.items())
    ]
    whole = Sums.together(list(schools.values()))
    return {
        "periodId": period,
        "title": groups.structure.title_of(period),
        "schools": lines,
        **figures(whole, groups.learners[period_group(period)]),
    }


def _feeds(groups: Groups) -> View:
    feeds = _cells(groups, lambda school, period, feed: feed)
    lines: list[Json] = [
        {
            "feed": feed,
            "results": sums.results,
            "latestUpload": uploaded_at(sums.newest),
            **headline(sums),
        }
        for feed, sums in sorted(feeds.items())
    ]
    return {"feeds": lines}


def _cells[K](groups: Groups, key: Callable[[str, str, str], K]) -> dict[K, Sums]:
    """Return the sums over all cells whose school, period and feed have the same key."""
    parts: dict[K, list[Sums]] = defaultdict(list)
    for school, totals in groups.totals.items():
        for total in totals:
            for (period, feed), sums in total.cells.items():
                parts[key(school, period, feed)].append(sums)
    return {found: Sums.together(some) for found, some in parts.items()}


def _together(totals: Iterable[Total]) -> Sums:
    return Sums.together([sums for total in totals for sums in total.cells.values()])
