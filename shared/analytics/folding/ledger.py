"""The ledger of a tenant: what each course comes to, kept so that groups above courses need no facts.

Courses lie in groups, those of a school together, and each group has a total. A fold puts the entries of
the courses it touched in the place of the old ones, adds up the groups they are in, and makes the views of
schools, periods, feeds and the district from all totals. All of it lies in pages of the tenant's shard.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Self

from shared.analytics.folding.course_tally import Cell, CourseTotals
from shared.analytics.folding.sums import Change, Sums, Window, changes_together
from shared.analytics.model import View
from shared.analytics.structure import NO_SCHOOL, Structure
from shared.kernel.events import Json

_ENTRIES: Final = 64
_TOTALS: Final = 16
_NO_SCHOOL: Final = 64
"""Pages of entries and of totals, and groups of the courses that no school is known of."""


@dataclass(frozen=True)
class Entry:
    """One course: where it belongs, how many stand behind it, its sums by period and feed, its changes."""

    course: str
    title: str
    school: str
    learners: int
    assessments: int
    cells: Mapping[Cell, Sums]
    changes: Mapping[Window, Change]

    @cached_property
    def sums(self) -> Sums:
        """The sums over all cells."""
        return Sums.together(list(self.cells.values()))

    def written(self) -> View:
        """Return the entry as a JSON object."""
        return {
            "title": self.title,
            "school": self.school,
            "learners": self.learners,
            "assessments": self.assessments,
            **_written(self.cells, self.changes),
        }

    @classmethod
    def read(cls, course: str, written: Mapping[str, Any]) -> Self:
        """Return what `written` made an object of."""
        title, school, learners, assessments = (
            written[name] for name in ("title", "school", "learners", "assessments")
        )
        return cls(course, title, school, learners, assessments, *_read(written))


@dataclass(frozen=True, slots=True)
class Total:
    """What the courses of one group come to together; they are all of one school."""

    school: str
    courses: int
    cells: Mapping[Cell, Sums]
    changes: Mapping[Window, Change]

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Self:
        """Return the total of at least one entry."""
        listed = list(entries)
        cells: dict[Cell, list[Sums]] = {}
        for entry in listed:
            for cell, sums in entry.cells.items():
                cells.setdefault(cell, []).append(sums)
        return cls(
            listed[0].school,
            len(listed),
            {cell: Sums.together(parts) for cell, parts in cells.items()},
            changes_together(entry.changes for entry in listed),
        )

    def written(self) -> View:
        """Return the total as a JSON object."""
        return {"school": self.school, "courses": self.courses, **_written(self.cells, self.changes)}

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> Self:
        """Return what `written` made an object of."""
        return cls(written["school"], written["courses"], *_read(written))


def group_of(course: str, school: str) -> str:
    """Return the group of a course: its school, and one of some where there is none."""
    if school != NO_SCHOOL:
        return f"school:{school}"
    return f"none:{_digest(course) % _NO_SCHOOL:02x}"


def entries_view(group: str) -> str:
    """Return the id of the view that holds the entries of a group."""
    return f"ledger:{_digest(group) % _ENTRIES:02x}"


def totals_view(group: str) -> str:
    """Return the id of the view that holds the total of a group."""
    return f"totals:{_digest(group) % _TOTALS:x}"


def is_totals(view: str) -> bool:
    """Tell whether a view of the tenant's shard holds totals."""
    return view.startswith("totals:")


def entry_of(totals: CourseTotals, structure: Structure) -> Entry:
    """Return the entry of a course from what it comes to."""
    return Entry(
        totals.course,
        structure.title_of(totals.course),
        structure.school_of(totals.course),
        totals.learners,
        totals.assessments,
        totals.cells,
        totals.changes,
    )


def _digest(name: str) -> int:
    return int(hashlib.sha256(name.encode()).hexdigest()[:4], base=16)


def _written(cells: Mapping[Cell, Sums], changes: Mapping[Window, Change]) -> dict[str, Json]:
    return {
        "cells": [[*cell, sums.written()] for cell, sums in sorted(cells.items())],
        "changes": [[*window, change.n, change.total] for window, change in sorted(changes.items())],
    }


def _read(written: Mapping[str, Any]) -> tuple[dict[Cell, Sums], dict[Window, Change]]:
    return (
        {(period, feed): Sums.read(sums) for period, feed, sums in written["cells"]},
        {(first, second): Change(n, total) for first, second, n, total in written["changes"]},
    )
