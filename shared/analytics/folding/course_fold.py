"""From what courses come to, to their views: the course, its sections, its assessments."""

from collections.abc import Iterator, Mapping
from typing import Final

from shared.analytics.folding.course_tally import CourseTotals, Totals
from shared.analytics.folding.course_texts import Shown, assessments_shown, sections_shown
from shared.analytics.folding.sums import Sums, figures, growth
from shared.analytics.lines import Lines
from shared.analytics.model import (
    ASSESSMENTS,
    COURSE,
    SECTIONS,
    STANDARDS,
    Page,
    ShardChange,
    ShardHead,
    View,
    text_of,
)
from shared.analytics.standards.of_courses import CourseStandards
from shared.analytics.structure import Structure

_OWN: Final = frozenset({COURSE, ASSESSMENTS, SECTIONS, STANDARDS})
"""The pages of a course that come from its results."""


async def course_change(pages: Mapping[str, Page], shard: str, head: ShardHead) -> ShardChange:
    """Return the change that makes the shard of a course hold these pages; others keep theirs there too."""
    return ShardChange(shard, pages, head.pages & _OWN - pages.keys())


def course_pages(
    totals: Totals, structure: Structure, standards: Mapping[str, CourseStandards]
) -> Iterator[tuple[CourseTotals, dict[str, Page]]]:
    """Yield what each of some courses comes to, and its views as pages."""
    assessments, sections = assessments_shown(totals), sections_shown(totals, structure)
    for course in totals.courses():
        aligned = standards.get(course.course)
        pages: dict[str, Page] = {
            COURSE: {COURSE: _course(course, assessments, sections, aligned, structure)}
        }
        for name, shown in ((ASSESSMENTS, assessments), (SECTIONS, sections)):
            if course.course in shown.pages:
                pages[name] = Lines(shown.pages[course.course])
        if aligned is not None:
            pages[STANDARDS] = {STANDARDS: text_of(aligned.view())}
        yield course, pages


def _course(
    totals: CourseTotals,
    assessments: Shown,
    sections: Shown,
    standards: CourseStandards | None,
    structure: Structure,
) -> str:
    head: View = {
        "courseId": totals.course,
        "title": structure.title_of(totals.course),
        "schoolId": structure.school_of(totals.course),
    }
    tail: View = {
        "standards": 0 if standards is None else len(standards.standards),
        "growth": growth(totals.changes),
        **figures(Sums.together(list(totals.cells.values())), totals.learners),
    }
    lists = (
        f'"{name}":[{shown.lines.get(totals.course, "")}]'
        for name, shown in (("assessments", assessments), ("sections", sections))
    )
    return f"{text_of(head)[:-1]},{','.join(lists)},{text_of(tail)[1:]}"
