"""Who may see what of standards. Pure rules.

A standard of a course is a union of assessments, which it shares with others: it cuts across the family of
groups in which parts are withheld. Those who see aggregates only see it exactly when they see each of its
assessments: then every sum of it follows from sums that are shown already, and no subtraction gains by it.
"""

from collections.abc import Mapping
from typing import Any

from shared.analytics.model import View
from shared.analytics.policies import Audience, banded, figures_shown, line_shown
from shared.analytics.suppression import GroupSize, is_withheld
from shared.kernel.events import Json


def standards_shown(audience: Audience, view: View, *, course_shown: bool) -> View:
    """Return what an audience may see of the standards of a course, whose own figures it sees or not."""
    listed: Any = view["standards"]
    if not audience.sees_all_of(str(view["courseId"])):
        listed = [_shown(audience, standard, course_shown=course_shown) for standard in listed]
    return view | {"standards": [banded(standard, audience.mastery) for standard in listed]}


def _shown(audience: Audience, standard: View, *, course_shown: bool) -> View:
    assessments: Any = standard["assessments"]
    seen = [course_shown and not _withheld(audience, line) for line in assessments]
    lines: list[Json] = [line_shown(line, shown=own) for line, own in zip(assessments, seen, strict=True)]
    return figures_shown(standard | {"assessments": lines}, shown=all(seen))


def _withheld(audience: Audience, line: Mapping[str, Any]) -> bool:
    return is_withheld(GroupSize(line["learners"], line["scored"]), line["below"], audience.threshold)
