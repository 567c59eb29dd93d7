"""From what courses come to, to the view of the standards of each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from shared.analytics.folding.course_tally import Totals
from shared.analytics.folding.sums import Sums, figures, headline
from shared.analytics.folding.tally import sums_by_key
from shared.analytics.model import View
from shared.analytics.standards.alignments import Alignments
from shared.analytics.structure import Structure
from shared.analytics.suppression import GroupSize, next_smaller
from shared.kernel.events import Json

_LINE_ITEM: Final = ("course", "line_item")

type Learners = Mapping[tuple[str, str], int]
"""How many learners have results, by course and standard."""


@dataclass(frozen=True, slots=True)
class Standard:
    """What the results of a course come to on one standard, and the line items that are aligned to it."""

    standard: str
    source: str | None
    learners: int
    sums: Sums
    line_items: Sequence[str]


@dataclass(frozen=True, slots=True)
class CourseStandards:
    """The standards of a course that have results, by id, and the lines of their assessments."""

    course: str
    title: str
    standards: Sequence[Standard]
    assessments: Mapping[str, View]

    def view(self) -> View:
        """Return the view of the standards of the course."""
        return {
            "courseId": self.course,
            "title": self.title,
            "standards": [self._standard(standard) for standard in self.standards],
        }

    def _standard(self, standard: Standard) -> View:
        return {
            "standardId": standard.standard,
            "source": standard.source,
            "assessments": [self.assessments[line_item] for line_item in standard.line_items],
            **figures(standard.sums, standard.learners),
        }


def standards_of(
    totals: Totals, structure: Structure, learners: Learners
) -> Iterator[tuple[str, CourseStandards]]:
    """Yield the standards of those of some courses that have any, by course."""
    courses = totals.learners["course"].to_list()
    aligned = structure.alignments.of_courses(courses)
    for (course,), rows in aligned.group_by("course", maintain_order=True):
        name = str(course)
        sums = _assessments(totals.of([name]))
        found = list(_standards(name, rows, structure.alignments, sums, learners))
        if found:
            yield name, CourseStandards(name, structure.title_of(name), found, _lines(totals, name, sums))


def _assessments(totals: Totals) -> dict[str, Sums]:
    """Return the sums of the assessments of one course."""
    found = sums_by_key(_LINE_ITEM, (totals.assessments, totals.assessment_bins))
    return {line_item: sums for (_, line_item), sums in found.items()}


def _standards(
    course: str, rows: pl.DataFrame, alignments: Alignments, sums: Mapping[str, Sums], learners: Learners
) -> Iterator[Standard]:
    line_items: dict[str, list[str]] = {}
    for line_item, standard in rows.select("line_item", "standard").iter_rows():
        if line_item in sums:
            line_items.setdefault(standard, []).append(line_item)
    for standard, own in sorted(line_items.items()):
        whole = Sums.together([sums[line_item] for line_item in own])
        yield Standard(standard, alignments.sources.get(standard), learners[course, standard], whole, own)


def _lines(totals: Totals, course: str, sums: Mapping[str, Sums]) -> dict[str, View]:
    """Return the line of each assessment, with what tells whether it is withheld, as its own view has it."""
    titles = totals.of([course]).titles.select("line_item", "title").cast(pl.String)
    below = next_smaller({name: GroupSize(own.results, own.n) for name, own in sums.items()})
    lines: dict[str, dict[str, Json]] = {}
    for line_item, title in titles.iter_rows():
        own = sums[line_item]
        line: View = {"lineItemId": line_item, "title": title, "learners": own.results}
        lines[line_item] = line | headline(own) | {"below": below[line_item]}
    return lines
