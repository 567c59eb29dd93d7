"""One recomputation of touched groups upon one snapshot: learners, then courses, then the overview."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Final

import polars as pl

from shared.analytics.course_fold import CourseViews, course_change, fold_courses
from shared.analytics.learner_fold import Sections, merged, sections
from shared.analytics.model import (
    OVERVIEW,
    TENANT_SHARD,
    ShardChange,
    ShardHead,
    View,
    course_shard,
    learner_shard,
    learner_view,
)
from shared.analytics.overview_fold import merged_overview, overview_entry
from shared.analytics.ports import FactSnapshot, RollupStore
from shared.analytics.results import COLUMNS
from shared.analytics.shard_writing import Build, cleared, write_shards
from shared.analytics.sweep import Facts, sweep
from shared.analytics.tally import Tally
from shared.analytics.touched import Touched, holding
from shared.kernel.scope import TenantScope

_BUCKET: Final = pl.col("learner").str.slice(1, 2)


class Recomputation:
    """Brings the touched views of one tenant to the state of one snapshot. `run` it once."""

    def __init__(
        self, scope: TenantScope, snapshot: FactSnapshot, store: RollupStore, touched: Touched, limit: int
    ) -> None:
        self._scope = scope
        self._snapshot = snapshot
        self._store = store
        self._touched = touched
        self._limit = limit
        self._entries: dict[str, View | None] = dict.fromkeys(touched.courses)

    async def run(self) -> None:
        """Write every touched shard; `StaleSnapshot` when one is newer than the snapshot."""
        tally = Tally()
        pairs = self._touched.pairs.with_columns(_BUCKET.alias("bucket"))
        async for batch in sweep(self._snapshot, await self._load(), self._limit):
            tally.add(batch.results)
            await self._write(self._learner_shards(pairs.filter(batch.learners), batch.results))
        await self._write(self._course_shards(fold_courses(tally)))
        gone = [course_shard(course) for course, entry in self._entries.items() if entry is None]
        await self._write((shard, partial(cleared, shard)) for shard in gone)
        await self._write([(TENANT_SHARD, self._overview)])
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

    def _course_shards(self, folded: Iterable[CourseViews]) -> Iterator[tuple[str, Build]]:
        for views in folded:
            self._entries[views.course] = overview_entry(views.view, views.assessments.values())
            yield course_shard(views.course), partial(course_change, views)

    def _learner_shards(self, pairs: pl.DataFrame, results: pl.DataFrame) -> Iterator[tuple[str, Build]]:
        """Make the changes one by one: as objects, all results of a batch would take gigabytes.

        A bucket that lost its last fact counts too: its learners' sections are to be dropped.
        """
        touched = results.join(pairs, on=["course", "learner"], how="inner")
        results_of = touched.partition_by("bucket", as_dict=True)
        pairs_of = pairs.partition_by("bucket", as_dict=True)
        for (bucket,), own in sorted(pairs_of.items()):
            shard = learner_shard(str(bucket))
            found = sections(own, results_of.get((bucket,), touched.clear()))
            yield shard, partial(self._learner_change, shard, found)

    async def _learner_change(self, shard: str, found: Sections, head: ShardHead) -> ShardChange:
        ids = frozenset(map(learner_view, found))
        merging = frozenset[str]() if self._touched.everything else head.views & ids
        before = await self._store.read(self._scope, shard, sorted(merging)) if merging else {}
        views: dict[str, View] = {}
        for learner, courses in found.items():
            known = before.get(learner_view(learner))
            view = merged(learner, known.view if known else None, courses)
            if view is not None:
                views[learner_view(learner)] = view
        examined = head.views if self._touched.everything else head.views & ids
        return ShardChange(shard, views, examined - views.keys())

    async def _overview(self, head: ShardHead) -> ShardChange:
        before = {}
        if OVERVIEW in head.views and not self._touched.everything:
            before = await self._store.read(self._scope, TENANT_SHARD, [OVERVIEW])
        view = before[OVERVIEW].view if before else None
        return ShardChange(TENANT_SHARD, {OVERVIEW: merged_overview(view, self._entries)})

    async def _clear_others(self, kept: set[str]) -> None:
        gone = sorted(set(await self._store.shards(self._scope)) - kept - {*map(course_shard, self._entries)})
        await self._write((shard, partial(cleared, shard)) for shard in gone)
