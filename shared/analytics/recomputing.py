"""One recomputation of touched groups upon one snapshot: learners, courses, then the groups above them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

import polars as pl

from shared.analytics.course_fold import course_change
from shared.analytics.course_tally import CourseTally
from shared.analytics.learner_fold import Sections, merged, sections
from shared.analytics.learner_groups import groups_of
from shared.analytics.ledger import Entry, entry_of
from shared.analytics.members import MEMBERS, counts_of, merged_members
from shared.analytics.model import (
    TENANT_SHARD,
    ShardChange,
    ShardHead,
    View,
    course_shard,
    learner_shard,
    learner_view,
    school_shard,
)
from shared.analytics.ports import FactSnapshot, RollupStore
from shared.analytics.results import COLUMNS
from shared.analytics.shard_writing import Build, cleared, write_shards
from shared.analytics.structure import Structure
from shared.analytics.sweep import Facts, sweep
from shared.analytics.tenant_fold import Changes, TenantFold
from shared.analytics.touched import Touched, holding
from shared.kernel.scope import TenantScope

_BUCKET: Final = pl.col("learner").str.slice(1, 2)


@dataclass(frozen=True, slots=True)
class Basis:
    """What a recomputation is made from: a snapshot of the facts, where they belong, what was touched."""

    snapshot: FactSnapshot
    structure: Structure
    touched: Touched


class Recomputation:
    """Brings the touched views of one tenant to the state of one snapshot. `run` it once."""

    def __init__(self, scope: TenantScope, basis: Basis, store: RollupStore, limit: int) -> None:
        self._scope = scope
        self._snapshot = basis.snapshot
        self._structure = basis.structure
        self._touched = basis.touched
        self._store = store
        self._limit = limit
        self._entries: dict[str, Entry | None] = dict.fromkeys(basis.touched.courses)
        self._counts: dict[str, dict[str, int]] = {}

    async def run(self) -> None:
        """Write every touched shard; `StaleSnapshot` when one is newer than the snapshot."""
        tally = CourseTally()
        pairs = self._touched.pairs.with_columns(_BUCKET.alias("bucket"))
        async for batch in sweep(self._snapshot, await self._load(), self._limit):
            results = self._structure.placed(batch.results)
            tally.add(results)
            await self._write(self._learner_shards(pairs.filter(batch.learners), results))
        await self._write(self._course_shards(tally))
        gone = [course_shard(course) for course, entry in self._entries.items() if entry is None]
        await self._write((shard, partial(cleared, shard)) for shard in gone)
        changes = Changes(self._entries, self._counts, self._touched.everything)
        above = TenantFold(self._scope, self._store, self._structure, changes)
        await self._write([(TENANT_SHARD, above.tenant)])
        await self._write(above.schools())
        if self._touched.everything:
            await self._clear_others({TENANT_SHARD, *map(learner_shard, pairs["bucket"].unique())})

    async def _write(self, shards: Iterable[tuple[str, Build]]) -> None:
        await write_shards(self._scope, self._store, self._snapshot.version, shards)

    async def _load(self) -> Facts:
        """Return the facts of the touched courses: in memory when they are few, else still to be read."""
        files = holding(self._snapshot.files, self._touched.courses)
        rows = sum(file.rows for file in files)
        facts = (await self._snapshot.scan([file.path for file in files])).select(COLUMNS)
        facts = facts.filter(pl.col("course").is_in(self._touched.courses))
        if rows <= self._limit:
            facts = (await self._snapshot.collect(facts)).lazy()
        return Facts(facts, rows)

    def _course_shards(self, tally: CourseTally) -> Iterator[tuple[str, Build]]:
        for totals in tally.totals():
            self._entries[totals.course] = entry_of(totals, self._structure)
            yield course_shard(totals.course), partial(course_change, totals, self._structure)

    def _learner_shards(self, pairs: pl.DataFrame, results: pl.DataFrame) -> Iterator[tuple[str, Build]]:
        """Make the changes one by one: as objects, all results of a batch would take gigabytes.

        A bucket that lost its last fact counts too: its learners' sections are to be dropped.
        """
        touched = results.join(pairs, on=["course", "learner"], how="inner")
        results_of = touched.partition_by("bucket", as_dict=True)
        pairs_of = pairs.partition_by("bucket", as_dict=True)
        for (bucket,), own in sorted(pairs_of.items()):
            found = sections(own, results_of.get((bucket,), touched.clear()))
            yield learner_shard(str(bucket)), partial(self._learner_change, str(bucket), found)

    async def _learner_change(self, bucket: str, found: Sections, head: ShardHead) -> ShardChange:
        shard, ids = learner_shard(bucket), frozenset(map(learner_view, found))
        merging = frozenset[str]() if self._touched.everything else head.views & (ids | {MEMBERS})
        read = await self._store.read(self._scope, shard, sorted(merging)) if merging else {}
        before = {name: rollup.view for name, rollup in read.items()}
        learners = {
            learner: merged(learner, before.get(learner_view(learner)), courses)
            for learner, courses in found.items()
        }
        groups = {
            learner: None if view is None else set(groups_of(view, self._structure))
            for learner, view in learners.items()
        }
        members = merged_members(before.get(MEMBERS), groups)
        self._counts[bucket] = counts_of(members)
        views: dict[str, View] = {MEMBERS: members} if members["learners"] else {}
        views |= {learner_view(learner): view for learner, view in learners.items() if view is not None}
        examined = head.views if self._touched.everything else head.views & (ids | {MEMBERS})
        return ShardChange(shard, views, examined - views.keys())

    async def _clear_others(self, kept: set[str]) -> None:
        """Empty the shards of groups for which the tenant has no fact any more."""
        entries = [entry for entry in self._entries.values() if entry is not None]
        kept |= {course_shard(entry.course) for entry in entries} | {school_shard(e.school) for e in entries}
        gone = sorted(set(await self._store.shards(self._scope)) - kept)
        await self._write((shard, partial(cleared, shard)) for shard in gone)
