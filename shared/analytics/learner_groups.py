"""Which groups above courses a learner's results fall into, as the learner's view tells."""

from collections.abc import Iterator
from typing import Any

from shared.analytics.members import period_group, school_group
from shared.analytics.model import View
from shared.analytics.structure import Structure


def groups_of(view: View, structure: Structure) -> Iterator[str]:
    """Yield the groups of a learner, some more than once."""
    courses: Any = view["courses"]
    for course in courses:
        yield school_group(structure.school_of(course["courseId"]))
        for result in course["results"]:
            yield period_group(result["period"])
