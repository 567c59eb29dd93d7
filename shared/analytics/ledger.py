"""The ledger of a tenant: what each course comes to, kept so that groups above courses need no facts.

A fold puts the entries of the courses it touched in the place of the old ones and makes the views of
schools, periods, feeds and the district from all entries. Entries lie in buckets of the tenant's shard.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Self

from shared.analytics.course_tally import Cell, CourseTotals
from shared.analytics.model import View
from shared.analytics.structure import Structure
from shared.analytics.sums import Change, Sums, Window
from shared.kernel.events import Json

BUCKETS: Final = 64


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
            "cells": [[*cell, sums.written()] for cell, sums in sorted(self.cells.items())],
            "changes": [[*window, change.n, change.total] for window, change in sorted(self.changes.items())],
        }

    @classmethod
    def read(cls, course: str, written: Mapping[str, Any]) -> Self:
        """Return what `written` made an object of."""
        return cls(
            course,
            written["title"],
            written["school"],
            written["learners"],
            written["assessments"],
            {(period, feed): Sums.read(sums) for period, feed, sums in written["cells"]},
            {(first, second): Change(n, total) for first, second, n, total in written["changes"]},
        )


def bucket_view(course: str) -> str:
    """Return the id of the view that holds the entry of a course."""
    return f"ledger:{int(hashlib.sha256(course.encode()).hexdigest()[:2], 16) % BUCKETS:02d}"


def is_bucket(view: str) -> bool:
    """Tell whether a view of the tenant's shard is a bucket of the ledger."""
    return view.startswith("ledger:")


def entries_of(buckets: Iterable[View]) -> dict[str, Entry]:
    """Return the entries in buckets, by course."""
    found: dict[str, Entry] = {}
    for bucket in buckets:
        courses: Any = bucket["courses"]
        found |= {course: Entry.read(course, entry) for course, entry in courses.items()}
    return found


def buckets_of(entries: Mapping[str, Entry]) -> dict[str, View]:
    """Return the buckets that hold entries, by view."""
    courses: dict[str, dict[str, Json]] = {}
    for course in sorted(entries):
        courses.setdefault(bucket_view(course), {})[course] = entries[course].written()
    return {view: {"courses": entry} for view, entry in courses.items()}


def replaced(before: Mapping[str, Entry], changed: Mapping[str, Entry | None]) -> dict[str, Entry]:
    """Return the entries in which `changed` take the place of those of their courses; None drops one."""
    kept = {course: entry for course, entry in before.items() if course not in changed}
    return kept | {course: entry for course, entry in changed.items() if entry is not None}


def entry_of(totals: CourseTotals, structure: Structure) -> Entry:
    """Return the entry of a course from what it comes to."""
    return Entry(
        totals.course,
        structure.title_of(totals.course),
        structure.school_of(totals.course),
        totals.learners,
        len(totals.assessments),
        totals.cells,
        totals.changes,
    )
