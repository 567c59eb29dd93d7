"""One recomputation of touched groups upon one snapshot: learners, then courses, then the overview."""

import asyncio
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import Final

import polars as pl

from shared.analytics.ahead import ahead
from shared.analytics.course_fold import CourseViews, course_change, fold_courses
from shared.analytics.learner_fold import LearnerLines, Sections
from shared.analytics.learner_lines import merged_line
from shared.analytics.model import (
    OVERVIEW,
    TENANT_SHARD,
    Page,
    ShardChange,
    ShardHead,
    View,
    bucket_of,
    course_shard,
    learner_page,
    learner_shard,
    learner_view,
    text_of,
)
from shared.analytics.overview_fold import merged_overview, overview_entry
from shared.analytics.ports import FactFile, FactSnapshot, RollupStore
from shared.analytics.results import COLUMNS
from shared.analytics.shard_writing import Build, ShardWriter, cleared
from shared.analytics.sweep import Batch, Piece, sweep
from shared.analytics.tally import Tally
from shared.analytics.touched import Touched, holding
from shared.kernel.scope import TenantScope

_FACTS_AT_ONCE: Final = 800_000
"""Rows of the files that are read together."""
_FACTS_IN_MEMORY: Final = 250_000
"""Facts that are read once and kept, where they are no more."""


class Recomputation:
    """Brings touched views of one tenant, or all (None), to the state of one snapshot. `run` it once."""

    def __init__(
        self,
        scope: TenantScope,
        snapshot: FactSnapshot,
        store: RollupStore,
        touched: Touched | None,
        limit: int,
    ) -> None:
        self._scope = scope
        self._snapshot = snapshot
        self._store = store
        self._touched = touched
        self._limit = limit
        self._entries: dict[str, View | None] = {} if touched is None else dict.fromkeys(touched.courses)

    async def run(self) -> int:
        """Write every touched shard, return of how many courses; `StaleSnapshot` when one is newer."""
        heads = await self._store.heads(self._scope) if self._touched is None else None
        writer = ShardWriter(self._scope, self._store, self._snapshot.version, heads)
        tally = Tally()
        async for batch in sweep(self._snapshot, await self._pieces(), self._limit):
            await asyncio.to_thread(tally.add, batch.results)
            await self._write_learners(writer, batch)
        async for courses in ahead(partial(fold_courses, totals) for totals in tally.totals()):
            await writer.write(self._course_shards(courses))
        gone = [course_shard(course) for course, entry in self._entries.items() if entry is None]
        await writer.write((shard, cleared) for shard in gone)
        await writer.write([(TENANT_SHARD, self._overview)])
        await writer.write((shard, cleared) for shard in sorted((heads or {}).keys() - writer.written))
        return len(self._entries)

    async def _pieces(self) -> list[Piece]:
        """Return the facts of the touched courses: in memory when they are few, else still to be read."""
        touched = self._touched
        files = self._snapshot.files if touched is None else holding(self._snapshot.files, touched.courses)
        pieces: list[Piece] = []
        for some in list(_together(files)) or [[]]:
            facts = (await self._snapshot.scan([file.path for file in some])).select(*COLUMNS, "row")
            if touched is not None:
                facts = facts.filter(pl.col("course").is_in(touched.courses))
            rows = sum(file.rows for file in some)
            if sum(file.rows for file in files) <= _FACTS_IN_MEMORY:
                facts = (await self._snapshot.collect(facts)).lazy()
            pieces.append(Piece(facts, sum(piece.rows for piece in pieces), rows))
        return pieces

    async def _write_learners(self, writer: ShardWriter, batch: Batch) -> None:
        """Write the lines of learners slice by slice: together they would take hundreds of megabytes.

        A bucket that lost its last fact counts too: its learners' sections are to be dropped.
        """
        results, lost = batch.results, _lost(self._touched, batch)
        if self._touched is not None:
            own = results.select(pl.col("course", "learner").cast(pl.String))
            pairs = self._touched.pairs.with_columns(touched=True)
            touched = own.join(pairs, on=["course", "learner"], how="left", maintain_order="left")["touched"]
            results = results.filter(touched.fill_null(value=False))
        lines = LearnerLines(results)
        steps = (partial(lines.sections, start, end) for start, end in lines.slices())
        async for found in ahead(steps):
            for bucket, sections in found.items():
                for learner, courses in lost.pop(bucket, {}).items():
                    sections[learner] = courses | sections.get(learner, {})
            await writer.write(self._learner_shards(found))
        await writer.write(self._learner_shards(lost))

    def _learner_shards(self, found: Mapping[str, Sections]) -> Iterator[tuple[str, Build]]:
        for bucket, sections in found.items():
            yield learner_shard(bucket), partial(self._learner_change, sections)

    async def _learner_change(self, found: Sections, shard: str, head: ShardHead) -> ShardChange:
        learners = {page: list(own) for page, own in groupby(sorted(found), key=learner_page)}
        merging = head.pages & learners.keys() if self._touched is not None else frozenset()
        before = await self._store.read(self._scope, shard, sorted(merging)) if merging else {}
        pages: dict[str, Page] = {}
        for name, own in learners.items():
            page = dict(before.get(name, {}))
            for learner in own:
                line = merged_line(page.pop(learner_view(learner), None), found[learner])
                page |= {learner_view(learner): line} if line is not None else {}
            pages |= {name: page} if page else {}
        examined = merging if self._touched is not None else head.pages
        return ShardChange(shard, pages, examined - pages.keys())

    def _course_shards(self, folded: Iterable[CourseViews]) -> Iterator[tuple[str, Build]]:
        for views in folded:
            self._entries[views.course] = overview_entry(views.view, views.assessments.values())
            yield course_shard(views.course), partial(course_change, views)

    async def _overview(self, shard: str, head: ShardHead) -> ShardChange:
        before: dict[str, Page] = {}
        if OVERVIEW in head.pages and self._touched is not None:
            before = await self._store.read(self._scope, shard, [OVERVIEW])
        known = json.loads(before[OVERVIEW][OVERVIEW]) if before else None
        view = merged_overview(known, self._entries)
        return ShardChange(shard, {OVERVIEW: {OVERVIEW: text_of(view)}})


def _together(files: Sequence[FactFile]) -> Iterator[list[FactFile]]:
    some: list[FactFile] = []
    for file in files:
        if some and sum(one.rows for one in some) + file.rows > _FACTS_AT_ONCE:
            yield some
            some = []
        some.append(file)
    if some:
        yield some


def _lost(touched: Touched | None, batch: Batch) -> dict[str, Sections]:
    """Return the touched sections of a batch by bucket, as if no result were left in them."""
    lost: dict[str, Sections] = {}
    if touched is not None:
        for course, learner in touched.pairs.filter(batch.learners).select("course", "learner").iter_rows():
            lost.setdefault(bucket_of(learner), {}).setdefault(learner, {})[course] = None
    return lost
