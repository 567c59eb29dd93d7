"""What a recomputation does for standards: counts with it, and tells what courses come to."""

import asyncio
from collections.abc import Collection

from shared.analytics.folding.course_tally import Totals
from shared.analytics.folding.sweep import Batch
from shared.analytics.standards.of_courses import CourseStandards, Learners, standards_of
from shared.analytics.standards.of_district import DistrictStandards
from shared.analytics.standards.tally import LearnerTally
from shared.analytics.structure import Structure


class StandardsFold:
    """The standards of touched courses (None: of all). Costs next to nothing where nothing is aligned."""

    def __init__(self, structure: Structure, courses: Collection[str] | None) -> None:
        self._structure = structure
        self._tally = LearnerTally(structure.alignments)
        self._learners: Learners = {}
        self.district = DistrictStandards(
            structure.alignments, None if courses is None else frozenset(courses)
        )

    async def add(self, batch: Batch) -> None:
        """Count a batch."""
        if self._structure.alignments.rows.is_empty():
            return
        await asyncio.to_thread(self._tally.add, batch.results)
        if batch.is_last:
            self._learners = self._tally.learners()

    def of(self, totals: Totals) -> dict[str, CourseStandards]:
        """Return the standards of those of some courses that have any, by course, after the last batch.

        Several may be asked for at a time.
        """
        if self._structure.alignments.rows.is_empty():
            return {}
        found = dict(standards_of(totals, self._structure, self._learners))
        for standards in found.values():
            self.district.add(standards)
        return found
