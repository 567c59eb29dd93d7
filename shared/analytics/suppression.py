"""Which groups may be shown to those who see aggregates only, so that no subtraction gives a small one away.

Groups are nested: district, school, course, assessment. Beside a whole that is shown, the parts that are not
shown together hold at least as many learners as the threshold asks: primary suppression withholds what is
small, complementary suppression the smallest other part with it (Willenborg and de Waal, 2001, chapter 6).
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GroupSize:
    """How many learners stand behind a group, and how many of them behind its scores."""

    learners: int
    scored: int

    def reaches(self, threshold: int) -> bool:
        """Tell whether figures of the group alone may be shown."""
        return self.learners >= threshold and (self.scored == 0 or self.scored >= threshold)

    @property
    def least(self) -> int:
        """The smaller of the groups that figures could be about."""
        return min(self.learners, self.scored) if self.scored else self.learners


def withheld_parts(parts: Mapping[str, GroupSize], threshold: int) -> frozenset[str]:
    """Return the parts of a group that are not shown beside their whole.

    Those below `threshold`, and, so that the whole minus the other parts is no small group either, the
    smallest of the rest; of equal ones the first by name.
    """
    small = {name for name, size in parts.items() if not size.reaches(threshold)}
    large = sorted(parts.keys() - small, key=lambda name: (parts[name].least, name))
    return frozenset(small.union(large[:1])) if small else frozenset()
