"""What a recomputation does for standards: counts with it, and tells what courses come to."""

import asyncio
from collections.abc import Collection

import polars as pl

from shared.analytics.course_tally import Totals
from shared.analytics.standards.of_courses import CourseStandards, Learners, standards_of
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

    def of(self, totals: Totals) -> dict[str, CourseStandards]:
        """Return the standards of those of some courses that have any, by course, after the last batch."""
        if self._structure.alignments.rows.is_empty():
            return {}
        if self._learners is None:
            self._learners = self._tally.learners()
        found = dict(standards_of(totals, self._structure, self._learners))
        for standards in found.values():
            self.district.add(standards)
        return found
