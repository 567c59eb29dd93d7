"""What a recomputation does for standards: tells what courses come to."""

from collections.abc import Collection

from shared.analytics.folding.course_tally import Totals
from shared.analytics.standards.of_courses import CourseStandards, Learners, standards_of
from shared.analytics.standards.of_district import DistrictStandards
from shared.analytics.structure import Structure


class StandardsFold:
    """The standards of touched courses (None: of all). Costs next to nothing where nothing is aligned."""

    def __init__(self, structure: Structure, courses: Collection[str] | None) -> None:
        self._structure = structure
        self.district = DistrictStandards(
            structure.alignments, None if courses is None else frozenset(courses)
        )

    def of(self, totals: Totals, learners: Learners) -> dict[str, CourseStandards]:
        """Return the standards of those of some courses that have any, by course; `learners` of theirs.

        Several may be asked for at a time.
        """
        if self._structure.alignments.rows.is_empty():
            return {}
        found = dict(standards_of(totals, self._structure, learners))
        for standards in found.values():
            self.district.add(standards)
        return found
