"""From what a course comes to, to its views: the course, its sections, its assessments."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from shared.analytics.course_tally import Assessment, CourseTotals, Member
from shared.analytics.measures import mean
from shared.analytics.model import (
    ASSESSMENTS,
    COURSE,
    SECTIONS,
    Page,
    ShardChange,
    ShardHead,
    View,
    assessment_view,
    page_of,
    section_view,
    text_of,
)
from shared.analytics.structure import Structure
from shared.analytics.sums import Sums, figures, growth, headline
from shared.analytics.suppression import next_smaller
from shared.kernel.events import Json

_OWN: Final = frozenset({COURSE, ASSESSMENTS, SECTIONS})
"""The pages of a course that are made here."""


async def course_change(pages: Mapping[str, Page], shard: str, head: ShardHead) -> ShardChange:
    """Return the change that makes the shard of a course hold these pages; others keep theirs there too."""
    return ShardChange(shard, pages, head.pages & _OWN - pages.keys())


def course_pages(totals: CourseTotals, structure: Structure) -> dict[str, Page]:
    """Return the views of a course as pages."""
    pages: dict[str, dict[str, str]] = {}
    for name, view in _views(totals, structure):
        pages.setdefault(page_of(name), {})[name] = text_of(view)
    return {**pages}


def _views(totals: CourseTotals, structure: Structure) -> Iterator[tuple[str, View]]:
    yield COURSE, _course(totals, structure)
    below = next_smaller({line_item: found.size for line_item, found in totals.assessments.items()})
    for line_item, assessment in totals.assessments.items():
        yield assessment_view(line_item), _assessment(totals, line_item, assessment, below[line_item])
    for section, sums in totals.sections.items():
        yield section_view(section), _section(totals, section, sums, structure)


def _course(totals: CourseTotals, structure: Structure) -> View:
    return {
        "courseId": totals.course,
        "title": structure.title_of(totals.course),
        "schoolId": structure.school_of(totals.course),
        "assessments": list(_assessment_lines(totals)),
        "sections": list(_section_lines(totals, structure)),
        "growth": growth(totals.changes),
        **figures(Sums.together(list(totals.cells.values())), totals.learners),
    }


def _assessment_lines(totals: CourseTotals) -> Iterator[Json]:
    for line_item, assessment in totals.assessments.items():
        sums = assessment.sums
        line: View = {"lineItemId": line_item, "title": assessment.title, "learners": sums.results}
        yield {**line, **headline(sums)}


def _section_lines(totals: CourseTotals, structure: Structure) -> Iterator[Json]:
    for section, sums in totals.sections.items():
        title, learners = structure.title_of(section), len(totals.members[section])
        line: View = {"sectionId": section, "title": title, "learners": learners}
        yield {**line, **headline(sums)}


def _assessment(totals: CourseTotals, line_item: str, assessment: Assessment, below: int | None) -> View:
    return {
        "courseId": totals.course,
        "lineItemId": line_item,
        "title": assessment.title,
        "statuses": {**assessment.statuses},
        "below": below,
        **figures(assessment.sums, learners=assessment.sums.results),
    }


def _section(totals: CourseTotals, section: str, sums: Sums, structure: Structure) -> View:
    members = totals.members[section]
    return {
        "courseId": totals.course,
        "sectionId": section,
        "title": structure.title_of(section),
        "members": list(_member_lines(members)),
        **figures(sums, len(members)),
    }


def _member_lines(members: Sequence[Member]) -> Iterator[Json]:
    for member in members:
        yield {
            "learnerId": member.learner,
            "results": member.results,
            "missing": member.missing,
            "late": member.late,
            "scored": member.n,
            "mean": mean(member.total, member.n) if member.n else None,
        }
