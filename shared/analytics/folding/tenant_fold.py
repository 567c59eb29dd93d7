"""Brings the views above courses to the state of one fold: the tenant's shard, then the touched schools."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from shared.analytics.folding.group_fold import Groups, school_view, tenant_views
from shared.analytics.folding.ledger import Entry, entries_view, is_totals
from shared.analytics.folding.ledger_change import LedgerChange, totals_by_school
from shared.analytics.folding.members import added_up, is_counts, merged_counts
from shared.analytics.folding.shard_writing import Build, cleared
from shared.analytics.model import (
    OVERVIEW,
    SCHOOL,
    TENANT_SHARD,
    Page,
    ShardChange,
    ShardHead,
    View,
    school_shard,
    text_of,
    view_of,
)
from shared.analytics.ports import RollupStore
from shared.analytics.standards.of_district import DistrictStandards
from shared.analytics.structure import Structure
from shared.kernel.scope import TenantScope


@dataclass(frozen=True, slots=True)
class Changes:
    """What a fold found: entries of touched courses (None: no fact left), counts of touched buckets.

    `everything` says that there are no other courses and buckets.
    """

    entries: Mapping[str, Entry | None]
    counts: Mapping[str, Mapping[str, int]]
    standards: DistrictStandards
    everything: bool


class TenantFold:
    """Builds the change of the tenant's shard, and then those of the schools that it touches."""

    def __init__(
        self, scope: TenantScope, store: RollupStore, structure: Structure, changes: Changes
    ) -> None:
        self._scope = scope
        self._store = store
        self._structure = structure
        self._changes = changes
        self._schools: frozenset[str] = frozenset()
        self._groups = Groups({}, {}, {}, structure)

    async def tenant(self, shard: str, head: ShardHead) -> ShardChange:
        """Return the change of the tenant's shard: of the ledger only what the touched courses are in."""
        standards = self._changes.standards
        stored = await self._read(head, {*filter(_is_needed, head.pages), *standards.examined})
        before = _views({name: page for name, page in stored.items() if name not in standards.examined})
        lines = {str(line["courseId"]): line for line in _lines(before.get(OVERVIEW))}
        totals = {name: view for name, view in before.items() if is_totals(name)}
        counts = {name: view for name, view in before.items() if is_counts(name)}
        ledger = LedgerChange(self._changes.entries, lines, totals)
        entries, changed = ledger.merged(_views(await self._read(head, map(entries_view, ledger.groups))))
        learners = merged_counts(counts, self._changes.counts)
        self._groups = Groups(
            ledger.merged_lines(),
            totals_by_school((totals | changed).values()),
            added_up(learners.values()),
            self._structure,
        )
        self._schools = ledger.schools
        kept = {name: view for name, view in (entries | changed).items() if view["groups"]}
        pages: dict[str, Page] = {name: {name: text_of(view)} for name, view in kept.items()}
        pages |= {
            name: {name: text_of(view)} for name, view in (learners | tenant_views(self._groups)).items()
        }
        pages |= standards.pages(stored)
        touched = {*entries, *changed, *counts, *standards.examined}
        examined = head.pages if self._changes.everything else head.pages & touched
        return ShardChange(shard, pages, examined - pages.keys())

    async def _read(self, head: ShardHead, wanted: Iterable[str]) -> dict[str, Page]:
        """Return those of the pages that there were before."""
        names = head.pages & {*wanted}
        if self._changes.everything or not names:
            return {}
        found = await self._store.read(self._scope, {TENANT_SHARD: names})
        return found[TENANT_SHARD]

    def schools(self) -> Iterator[tuple[str, Build]]:
        """Yield the changes of the touched schools; `tenant` has to be written before."""
        for school in sorted(self._schools):
            shard = school_shard(school)
            if school in self._groups.totals:
                yield shard, partial(_school_change, school_view(self._groups, school))
            else:
                yield shard, cleared


def _views(pages: Mapping[str, Page]) -> dict[str, View]:
    """Return the views of pages that hold one each, of their own name."""
    return {name: view_of(page[name]) for name, page in pages.items()}


def _is_needed(view: str) -> bool:
    return view == OVERVIEW or is_totals(view) or is_counts(view)


def _lines(overview: View | None) -> list[View]:
    lines: Any = [] if overview is None else overview["courses"]
    return [*lines]


async def _school_change(view: View, shard: str, head: ShardHead) -> ShardChange:
    return ShardChange(shard, {SCHOOL: {SCHOOL: text_of(view)}}, head.pages - {SCHOOL})
