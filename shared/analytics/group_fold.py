"""From the ledger to the views of groups above courses: district, schools, periods, feeds."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from shared.analytics.ledger import Entry
from shared.analytics.members import DISTRICT, period_group, school_group
from shared.analytics.model import FEEDS, OVERVIEW, PERIODS, View
from shared.analytics.structure import Structure
from shared.analytics.sums import Sums, changes_together, figures, growth, headline
from shared.analytics.upload_time import uploaded_at
from shared.kernel.events import Json


@dataclass(frozen=True, slots=True)
class Groups:
    """Everything that views of groups are made of: all entries by course, learners by group, and titles."""

    entries: Mapping[str, Entry]
    learners: Mapping[str, int]
    structure: Structure

    def schools(self) -> dict[str, list[Entry]]:
        """Return the entries by school, both sorted."""
        schools: dict[str, list[Entry]] = defaultdict(list)
        for course in sorted(self.entries):
            schools[self.entries[course].school].append(self.entries[course])
        return dict(sorted(schools.items()))


def tenant_views(groups: Groups) -> dict[str, View]:
    """Return the views of the tenant's shard, by id."""
    return {OVERVIEW: _overview(groups), PERIODS: _periods(groups), FEEDS: _feeds(groups)}


def school_view(groups: Groups, school: str, entries: Iterable[Entry]) -> View:
    """Return the view of a school: its figures and its courses."""
    listed = list(entries)
    return {
        "schoolId": school,
        "title": groups.structure.title_of(school),
        "courses": [course_line(entry) for entry in listed],
        "growth": growth(changes_together(entry.changes for entry in listed)),
        **figures(_together(listed), groups.learners[school_group(school)]),
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
    listed: list[Json] = [course_line(groups.entries[course]) for course in sorted(groups.entries)]
    schools: list[Json] = [_school_line(groups, *school) for school in groups.schools().items()]
    if not listed:
        return {"courses": listed, "schools": schools, "figures": None, "growth": []}
    return {
        "courses": listed,
        "schools": schools,
        "figures": figures(_together(groups.entries.values()), groups.learners[DISTRICT]),
        "growth": growth(changes_together(entry.changes for entry in groups.entries.values())),
    }


def _school_line(groups: Groups, school: str, entries: list[Entry]) -> View:
    sums = _together(entries)
    return {
        "schoolId": school,
        "title": groups.structure.title_of(school),
        "learners": groups.learners[school_group(school)],
        "results": sums.results,
        "courses": len(entries),
        "latestUpload": uploaded_at(sums.newest),
        **headline(sums),
    }


def _periods(groups: Groups) -> View:
    """Return the view of all periods, each with its figures and a line per school."""
    by_period = _cells(groups.entries.values(), lambda entry, period, feed: (period, entry.school))
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
    feeds = _cells(groups.entries.values(), lambda entry, period, feed: feed)
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


def _cells[K](entries: Iterable[Entry], key: Callable[[Entry, str, str], K]) -> dict[K, Sums]:
    """Return the sums over the cells of all entries that have the same key."""
    parts: dict[K, list[Sums]] = defaultdict(list)
    for entry in entries:
        for (period, feed), sums in entry.cells.items():
            parts[key(entry, period, feed)].append(sums)
    return {found: Sums.together(some) for found, some in parts.items()}


def _together(entries: Iterable[Entry]) -> Sums:
    return Sums.together([entry.sums for entry in entries])
