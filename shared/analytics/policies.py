"""Who may see what of the read models. Pure rules; what small groups need is in `suppression`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, Self

from shared.analytics.model import View
from shared.analytics.suppression import GroupSize, withheld_parts
from shared.analytics.views import LearnerDashboard
from shared.kernel.events import Json

MASTERY: Final = (60, 70, 85)
"""Where the bands of mastery begin unless the tenant says otherwise, in percent; below is a band too."""

_PER_BAND: Final = 5
"""Percent points that one entry of `distribution` spans."""


@dataclass(frozen=True, slots=True)
class Audience:
    """What a caller may see: everything, own courses, own results, and of the rest perhaps aggregates.

    `threshold` is the least number of learners whose aggregates are shown to those who see no more;
    `mastery` are the lower bounds of the tenant's bands.
    """

    everything: bool
    aggregates: bool
    courses: frozenset[str]
    learners: frozenset[str]
    threshold: int
    mastery: tuple[int, ...] = MASTERY

    @classmethod
    def of(
        cls,
        roles: Collection[str],
        courses: frozenset[str],
        learners: frozenset[str],
        threshold: int,
        mastery: tuple[int, ...] = MASTERY,
    ) -> Self:
        """Return the audience of a caller: the union of what each role may see.

        `courses` are those that the caller instructs, `learners` the caller's own pseudonyms; each counts
        only with its role.
        """
        return cls(
            everything="TenantAdmin" in roles,
            aggregates="SupportReadonly" in roles,
            courses=courses if "Instructor" in roles else frozenset(),
            learners=learners if "Learner" in roles else frozenset(),
            threshold=threshold,
            mastery=mastery,
        )

    def sees_overview(self) -> bool:
        """Tell whether there is an overview for this caller, be it empty."""
        return self.everything or self.aggregates or bool(self.courses)

    def sees_course(self, course: str) -> bool:
        """Tell whether the caller may see figures of a course, be they suppressed."""
        return self.aggregates or self.sees_all_of(course)

    def sees_all_of(self, course: str) -> bool:
        """Tell whether the caller may see a course without suppression."""
        return self.everything or course in self.courses


@dataclass(frozen=True, slots=True)
class Published:
    """The groups above assessments that an audience of aggregates may see beside each other."""

    district: bool
    schools: frozenset[str]
    courses: frozenset[str]

    @classmethod
    def of(cls, audience: Audience, overview: View) -> Self:
        """Return what may be seen of the stored overview of a tenant.

        Whoever knows own courses could subtract those too: groups around them are not shown where any part
        of the group is withheld.
        """
        listed: Any = overview["schools"]
        courses: Any = overview["courses"]
        figures: Any = overview["figures"]
        sizes = {line["schoolId"]: _size(line) for line in listed}
        hidden = withheld_parts(sizes, audience.threshold)
        shown = figures is not None and _whole(figures).reaches(audience.threshold)
        schools, seen = set[str](), set[str]()
        for school in sizes.keys() - hidden if shown else ():
            parts = {line["courseId"]: _size(line) for line in courses if line["schoolId"] == school}
            within = withheld_parts(parts, audience.threshold)
            seen |= parts.keys() - within
            if not (within and audience.courses & parts.keys()):
                schools.add(school)
        known = bool(audience.courses & {line["courseId"] for line in courses})
        whole = shown and not (known and (hidden or schools != sizes.keys()))
        return cls(whole, frozenset(schools), frozenset(seen))


def learner_shown(audience: Audience, view: LearnerDashboard) -> LearnerDashboard | None:
    """Return what of a learner's results the caller may see: all of the own, else those in own courses."""
    if view.learner_id in audience.learners:
        return view
    courses = [course for course in view.courses if audience.sees_all_of(course.course_id)]
    return view.model_copy(update={"courses": courses}) if courses else None


def line_shown(line: View, *, shown: bool) -> View:
    """Return a line of a group, its figures withheld unless they may be `shown`."""
    if shown:
        return line
    kept = {name: line[name] for name in line if name not in _FIGURES}
    return kept | dict.fromkeys(_OF_LINES & line.keys()) | {"suppressed": True}


def figures_shown(view: View, *, shown: bool) -> View:
    """Return a group for those who see aggregates only: without extremes, which are single results."""
    if not shown:
        return {name: view[name] for name in view if name not in _FIGURES} | {"suppressed": True}
    percent: Any = view["percent"]
    if percent is None:
        return view
    return view | {"percent": percent | {"minimum": None, "maximum": None}}


def withheld_lines(lines: Sequence[View], name: str, threshold: int) -> list[Json]:
    """Return the lines of a group that is shown, the small ones and what gives them away withheld."""
    hidden = withheld_parts({str(line[name]): _size(line) for line in lines}, threshold)
    return [line_shown(line, shown=line[name] not in hidden) for line in lines]


def banded(view: View, mastery: tuple[int, ...]) -> View:
    """Add the counts of scores by band of mastery to the figures of a group."""
    percent: Any = view.get("percent")
    if percent is None:
        return view
    counts = percent["distribution"]
    bounds = [0, *mastery, 100]
    bands: list[Json] = [
        {"startsAt": start, "scored": sum(counts[start // _PER_BAND : end // _PER_BAND])}
        for start, end in pairwise(bounds)
    ]
    return view | {"percent": percent | {"bands": bands}}


_OF_LINES: Final = frozenset({"learners", "results", "scored", "mean"})
_FIGURES: Final = _OF_LINES | {"participation", "missing", "late", "percent", "growth", "statuses"}


def _size(line: Mapping[str, Any]) -> GroupSize:
    return GroupSize(line["learners"], line["scored"])


def _whole(figures: Mapping[str, Any]) -> GroupSize:
    percent = figures["percent"]
    return GroupSize(figures["learners"], percent["n"] if percent else 0)
