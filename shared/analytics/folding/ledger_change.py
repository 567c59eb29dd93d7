"""What a fold changes in the ledger: the groups that its courses are in, or were in before."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.analytics.folding.group_fold import course_line
from shared.analytics.folding.ledger import Entry, Total, entries_view, group_of, totals_view
from shared.analytics.model import View


@dataclass(frozen=True, slots=True)
class LedgerChange:
    """Entries of touched courses (None: no fact left) that replace those before.

    `lines` are those of all courses before, `totals` the views of all totals before. `groups` are the groups
    whose entries change: `merged` needs what their views held.
    """

    entries: Mapping[str, Entry | None]
    lines: Mapping[str, View]
    totals: Mapping[str, View]
    groups: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "groups", frozenset(group_of(*place) for place in self._places()))

    @property
    def schools(self) -> frozenset[str]:
        """The schools that courses belong to, or did before."""
        return frozenset(school for _, school in self._places())

    def _places(self) -> Iterator[tuple[str, str]]:
        """Yield the courses that change with their schools, those before and those after."""
        for course, entry in self.entries.items():
            if course in self.lines:
                yield course, str(self.lines[course]["schoolId"])
            if entry is not None:
                yield entry.course, entry.school

    def merged_lines(self) -> dict[str, View]:
        """Return the lines of all courses, sorted."""
        changed = {course: course_line(entry) for course, entry in self.entries.items() if entry is not None}
        kept = {course: line for course, line in self.lines.items() if course not in self.entries}
        return dict(sorted((kept | changed).items()))

    def merged(self, before: Mapping[str, View]) -> tuple[dict[str, View], dict[str, View]]:
        """Return the views of entries and of totals that change, from those views of entries before.

        A view without groups is obsolete.
        """
        entries = {name: _groups(before.get(name)) for name in map(entries_view, self.groups)}
        totals = {name: _groups(self.totals.get(name)) for name in map(totals_view, self.groups)}
        for group, changed in self._by_group().items():
            own = entries[entries_view(group)]
            known = own.pop(group, {})
            kept = [Entry.read(name, known[name]) for name in known if name not in self.entries]
            found = sorted([*kept, *changed], key=lambda entry: entry.course)
            totals[totals_view(group)].pop(group, None)
            if found:
                own[group] = {entry.course: entry.written() for entry in found}
                totals[totals_view(group)][group] = Total.of(found).written()
        return _views(entries), _views(totals)

    def _by_group(self) -> dict[str, list[Entry]]:
        found: dict[str, list[Entry]] = {group: [] for group in self.groups}
        for entry in self.entries.values():
            if entry is not None:
                found[group_of(entry.course, entry.school)].append(entry)
        return found


def totals_by_school(views: Iterable[View]) -> dict[str, list[Total]]:
    """Return the totals in views, by school."""
    found: dict[str, list[Total]] = defaultdict(list)
    for view in views:
        for written in _groups(view).values():
            total = Total.read(written)
            found[total.school].append(total)
    return dict(found)


def _groups(view: View | None) -> dict[str, dict[str, Any]]:
    groups: Any = {} if view is None else view["groups"]
    return {**groups}


def _views(found: Mapping[str, Mapping[str, Any]]) -> dict[str, View]:
    return {name: {"groups": {group: own[group] for group in sorted(own)}} for name, own in found.items()}
