"""What a recomputation does for standards: counts with it, and adds to the pages that it writes."""

import asyncio
from collections.abc import Collection

import polars as pl

from shared.analytics.course_tally import Totals
from shared.analytics.model import STANDARDS, Page, text_of
from shared.analytics.standards.of_courses import Learners, standards_of
from shared.analytics.standards.of_district import DistrictStandards
from shared.analytics.standards.tally import LearnerTally
from shared.analytics.structure import Structure


class StandardsFold:
    """The standards of touched courses (None: of all). Costs next to nothing where nothing is aligned."""

    def __init__(self, structure: Structure, courses: Collection[str] | None) -> None:
        self._structure = structure
        self._tally = LearnerTally(structure.alignments)
        self._learners: Learners | None = None
        self.district = DistrictStandards(
            structure.alignments, None if courses is None else frozenset(courses)
        )

    async def add(self, results: pl.DataFrame) -> None:
        """Count a batch."""
        if not self._structure.alignments.rows.is_empty():
            await asyncio.to_thread(self._tally.add, results)

    def pages(self, totals: Totals) -> dict[str, dict[str, Page]]:
        """Return the pages of some courses, by course, after the last batch."""
        if self._structure.alignments.rows.is_empty():
            return {}
        if self._learners is None:
            self._learners = self._tally.learners()
        pages: dict[str, dict[str, Page]] = {}
        for course, found in standards_of(totals, self._structure, self._learners):
            self.district.add(found)
            pages[course] = {STANDARDS: {STANDARDS: text_of(found.view())}}
        return pages
