"""The standards of the district: each with the courses that have results on it, kept with their sums.

A fold puts the courses that it touched in the place of the old ones, and makes the view of the standard from
all of them. The views lie in some pages of the tenant's shard, and a list of all in another.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from shared.analytics.folding.sums import Sums, figures, headline
from shared.analytics.model import STANDARDS, Page, View, page_of, standard_view, text_of, view_of
from shared.analytics.standards.alignments import Alignments
from shared.analytics.standards.of_courses import CourseStandards, Standard
from shared.kernel.events import Json

_OF_LINE: Final = ("standardId", "source", "learners")


@dataclass(slots=True)
class DistrictStandards:
    """What a fold finds of the standards of courses; `touched` are those that it looks at, None: all."""

    alignments: Alignments
    touched: frozenset[str] | None
    _found: dict[str, dict[str, View]] = field(default_factory=dict)

    def add(self, course: CourseStandards) -> None:
        """Take what a course comes to."""
        for standard in course.standards:
            self._found.setdefault(standard.standard, {})[course.course] = _course(course, standard)

    @property
    def examined(self) -> frozenset[str]:
        """The pages that a fold of touched courses may change; none for a tenant without alignments."""
        standards = self._standards()
        return frozenset({STANDARDS, *map(_page, standards)} if standards else ())

    def pages(self, before: Mapping[str, Page]) -> dict[str, Page]:
        """Return the pages in which the touched courses stand in the place of those `before`."""
        pages = {name: {**before.get(name, {})} for name in self.examined | {*map(_page, self._found)}}
        listed = pages.pop(STANDARDS, {}).get(STANDARDS)
        lines = {} if listed is None else _lines(view_of(listed), "standards", "standardId")
        for standard in sorted(self._standards()):
            lines.pop(standard, None)
            views = pages[_page(standard)]
            view = self._merged(standard, views.pop(standard_view(standard), None))
            if view is not None:
                views[standard_view(standard)] = text_of(view)
                lines[standard] = _line(view)
        if lines:
            standards: list[Json] = [lines[name] for name in sorted(lines)]
            pages[STANDARDS] = {STANDARDS: text_of({"standards": standards})}
        return {name: page for name, page in pages.items() if page}

    def _standards(self) -> frozenset[str]:
        known = frozenset(self._found)
        return known if self.touched is None else known | self.alignments.standards_of(self.touched)

    def _merged(self, standard: str, before: str | None) -> View | None:
        """Return the view of a standard, None when no course has results on it any more."""
        touched = self.touched or frozenset()
        known = {} if before is None else _lines(view_of(before), "courses", "courseId")
        courses = {name: line for name, line in known.items() if name not in touched}
        courses |= self._found.get(standard, {})
        if not courses:
            return None
        listed: list[Json] = [courses[name] for name in sorted(courses)]
        return {
            "standardId": standard,
            "source": self.alignments.sources.get(standard),
            "courses": listed,
            **_together(courses.values()),
        }


def _course(course: CourseStandards, standard: Standard) -> View:
    return {
        "courseId": course.course,
        "title": course.title,
        "learners": standard.learners,
        **headline(standard.sums),
        "sums": standard.sums.written(),
    }


def _together(courses: Iterable[Mapping[str, Any]]) -> View:
    listed = list(courses)
    whole = Sums.together([Sums.read(line["sums"]) for line in listed])
    return figures(whole, sum(line["learners"] for line in listed))


def _line(view: Mapping[str, Any]) -> View:
    percent = view["percent"]
    return {
        **{name: view[name] for name in _OF_LINE},
        "courses": len(view["courses"]),
        "scored": percent["n"] if percent else 0,
        "mean": percent["mean"] if percent else None,
    }


def _lines(view: Mapping[str, Any], of: str, name: str) -> dict[str, View]:
    return {line[name]: line for line in view[of]}


def _page(standard: str) -> str:
    return page_of(standard_view(standard))
