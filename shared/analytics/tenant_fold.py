"""Brings the views above courses to the state of one fold: the tenant's shard, then the touched schools."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from shared.analytics.group_fold import Groups, school_view, tenant_views
from shared.analytics.ledger import Entry, buckets_of, entries_of, is_bucket, replaced
from shared.analytics.members import added_up, is_counts, merged_counts
from shared.analytics.model import (
    SCHOOL,
    TENANT_SHARD,
    ShardChange,
    ShardHead,
    View,
    school_shard,
    text_of,
    view_of,
)
from shared.analytics.ports import RollupStore
from shared.analytics.shard_writing import Build, cleared
from shared.analytics.structure import Structure
from shared.kernel.scope import TenantScope


@dataclass(frozen=True, slots=True)
class Changes:
    """What a fold found: entries of touched courses (None: no fact left), counts of touched buckets.

    `everything` says that there are no other courses and buckets.
    """

    entries: Mapping[str, Entry | None]
    counts: Mapping[str, Mapping[str, int]]
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
        self._touched: set[str] = set()
        self._groups = Groups({}, {}, structure)

    async def tenant(self, shard: str, head: ShardHead) -> ShardChange:
        """Return the change of the tenant's shard."""
        before = await self._before(head)
        known = entries_of(view for name, view in before.items() if is_bucket(name))
        entries = replaced(known, self._changes.entries)
        counts = merged_counts(
            {name: view for name, view in before.items() if is_counts(name)}, self._changes.counts
        )
        self._groups = Groups(entries, added_up(counts.values()), self._structure)
        self._touched = {entry.school for course, entry in known.items() if course in self._changes.entries}
        self._touched |= {entry.school for entry in self._changes.entries.values() if entry is not None}
        buckets = buckets_of(entries)
        unchanged = {name for name, view in buckets.items() if before.get(name) == view}
        views = {name: view for name, view in buckets.items() if name not in unchanged}
        views |= counts | tenant_views(self._groups)
        pages = {name: {name: text_of(view)} for name, view in views.items()}
        return ShardChange(shard, pages, head.pages - pages.keys() - unchanged)

    async def _before(self, head: ShardHead) -> dict[str, View]:
        if self._changes.everything:
            return {}
        names = sorted(name for name in head.pages if is_bucket(name) or is_counts(name))
        found = (await self._store.read(self._scope, {TENANT_SHARD: names}))[TENANT_SHARD]
        return {name: view_of(page[name]) for name, page in found.items()}

    def schools(self) -> Iterator[tuple[str, Build]]:
        """Yield the changes of the touched schools; `tenant` has to be written before."""
        schools = self._groups.schools()
        for school in sorted(self._touched):
            shard = school_shard(school)
            if school in schools:
                view = school_view(self._groups, school, schools[school])
                yield shard, partial(_school_change, view)
            else:
                yield shard, cleared


async def _school_change(view: View, shard: str, head: ShardHead) -> ShardChange:
    return ShardChange(shard, {SCHOOL: {SCHOOL: text_of(view)}}, head.pages - {SCHOOL})
