"""Fold of item responses: assessments that a commit touched are analysed anew from the committed snapshot."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Final

import polars as pl

from shared.analytics.folding.shard_writing import Build, ShardWriter, StaleSnapshot, cleared
from shared.analytics.items.analysis import AssessmentAnalysis, analysed
from shared.analytics.items.answers import ASSESSMENT, of_courses
from shared.analytics.items.batches import Batches
from shared.analytics.items.presence import Presence
from shared.analytics.items.tally import ItemTally
from shared.analytics.items.writing import items_shown
from shared.analytics.model import ShardChange, ShardHead, View, course_shard, items_view, text_of
from shared.analytics.ports import CommittedChange, Facts, FactSnapshot, RollupStore
from shared.kernel.errors import Unavailable
from shared.kernel.scope import TenantScope

ANSWERS_AT_ONCE: Final = 500_000
"""Answers held in memory together."""

_SNAPSHOTS: Final = 5


class ItemFolder:
    """Keeps the item analyses of a tenant in step with its item responses. Idempotent.

    `rollups` guards what it writes by heads of its own: other views of a course's shard are not its concern.
    """

    def __init__(self, facts: Facts, rollups: RollupStore, *, answers_at_once: int = ANSWERS_AT_ONCE) -> None:
        self._facts = facts
        self._rollups = rollups
        self._limit = answers_at_once

    async def follow(self, scope: TenantScope, change: CommittedChange) -> None:
        """Analyse the assessments anew that commits touched; `Unavailable` as `refold`."""
        if change.paths:
            await self.refold(scope, change.paths, change.table_version)

    async def refold(self, scope: TenantScope, paths: Sequence[str], table_version: int) -> None:
        """Analyse the assessments in files anew, past ones perhaps, as of `table_version` or later.

        `Unavailable` while that version is not visible here, or while other folds keep coming between.
        """
        for _ in range(_SNAPSHOTS):
            snapshot = await self._facts.snapshot(scope)
            if snapshot.version < table_version:
                raise Unavailable("the version is not visible yet")
            facts = of_courses(await snapshot.scan(paths))
            touched = await snapshot.collect(facts.select(ASSESSMENT).unique())
            if await self._written(_ItemFold(scope, snapshot, self._rollups, touched, self._limit)):
                return
        raise Unavailable("the rollups are busy")

    async def rebuild(self, scope: TenantScope) -> None:
        """Analyse every assessment of the tenant; what comes out equals what folds have left, bit for bit."""
        for _ in range(_SNAPSHOTS):
            snapshot = await self._facts.snapshot(scope)
            if await self._written(_ItemFold(scope, snapshot, self._rollups, None, self._limit)):
                return
        raise Unavailable("the rollups are busy")

    async def _written(self, fold: "_ItemFold") -> bool:
        try:
            await fold.run()
        except StaleSnapshot:
            return False
        return True


class _ItemFold:
    """Brings the views of `touched` assessments, of all where that is None, to the state of one snapshot."""

    def __init__(
        self,
        scope: TenantScope,
        snapshot: FactSnapshot,
        store: RollupStore,
        touched: pl.DataFrame | None,
        limit: int,
    ) -> None:
        self._scope = scope
        self._snapshot = snapshot
        self._store = store
        self._touched = touched
        self._limit = limit

    async def run(self) -> None:
        """Write every touched shard; `StaleSnapshot` when one is newer than the snapshot."""
        heads = await self._store.heads(self._scope) if self._touched is None else None
        writer = ShardWriter(self._scope, self._store, self._snapshot.version, heads)
        batches = await Batches.of(self._snapshot, self._touched, self._limit)
        presence = Presence()
        async for answers in batches:
            await asyncio.to_thread(presence.add, answers)
        tally = ItemTally(presence.items())
        async for answers in batches:
            await asyncio.to_thread(tally.add, answers)
        await writer.write(self._shards(map(analysed, tally.totals())))
        await writer.write((shard, cleared) for shard in sorted((heads or {}).keys() - writer.written))

    def _shards(self, analyses: Iterable[AssessmentAnalysis]) -> Iterator[tuple[str, Build]]:
        examined = self._examined()
        for course, of_course in groupby(analyses, attrgetter("course")):
            views = {items_view(analysis.line_item): items_shown(analysis) for analysis in of_course}
            yield self._shard(course, views, examined.pop(course, frozenset()))
        for course, views_of_none in sorted(examined.items()):
            yield self._shard(course, {}, views_of_none)

    def _examined(self) -> dict[str, frozenset[str]]:
        """Return the views that are made anew, by course."""
        if self._touched is None:
            return {}
        views: dict[str, set[str]] = {}
        for course, line_item in self._touched.select(ASSESSMENT).iter_rows():
            views.setdefault(course, set()).add(items_view(line_item))
        return {course: frozenset(of_course) for course, of_course in views.items()}

    def _shard(self, course: str, views: dict[str, View], examined: frozenset[str]) -> tuple[str, Build]:
        pages = {name: {name: text_of(view)} for name, view in views.items()}

        async def change(shard: str, head: ShardHead) -> ShardChange:
            known = head.pages if self._touched is None else head.pages & examined
            return ShardChange(shard, pages, known - pages.keys())

        return course_shard(course), change
