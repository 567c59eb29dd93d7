"""One recomputation of touched groups upon one snapshot: learners, courses, then the groups above them."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from typing import Final

import polars as pl

from shared.analytics.ahead import ahead
from shared.analytics.course_fold import course_change, course_pages
from shared.analytics.course_tally import CourseTally, Totals
from shared.analytics.learner_fold import LearnerLines, Sections
from shared.analytics.learner_lines import Section, line_of, merged_sections
from shared.analytics.ledger import Entry, entry_of
from shared.analytics.members import MEMBERS, counts_of, merged_members, period_group, school_group
from shared.analytics.model import (
    TENANT_SHARD,
    Page,
    ShardChange,
    ShardHead,
    bucket_of,
    bucket_of_shard,
    course_shard,
    learner_page,
    learner_shard,
    learner_view,
    text_of,
    view_of,
)
from shared.analytics.ports import FactFile, FactSnapshot, RollupStore
from shared.analytics.results import COLUMNS
from shared.analytics.shard_writing import Build, ShardWriter, cleared
from shared.analytics.structure import Structure
from shared.analytics.sweep import Batch, Piece, sweep
from shared.analytics.tenant_fold import Changes, TenantFold
from shared.analytics.touched import Touched, holding
from shared.kernel.scope import TenantScope

_FACTS_AT_ONCE: Final = 800_000
"""Rows of the files that are read together."""
_FACTS_IN_MEMORY: Final = 250_000
"""Facts that are read once and kept. Those beyond are read as often as a sweep needs them."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What a recomputation starts from: facts, where they belong, and what was touched (None: all)."""

    snapshot: FactSnapshot
    structure: Structure
    touched: Touched | None


class Recomputation:
    """Brings touched views of one tenant to the state of one snapshot. `run` it once."""

    def __init__(self, scope: TenantScope, basis: Basis, store: RollupStore, limit: int) -> None:
        self._scope = scope
        self._snapshot = basis.snapshot
        self._structure = basis.structure
        self._touched = touched = basis.touched
        self._store = store
        self._limit = limit
        self._entries: dict[str, Entry | None] = {} if touched is None else dict.fromkeys(touched.courses)
        self._counts: dict[str, Mapping[str, int]] = {}

    async def run(self) -> int:
        """Write every touched shard, return of how many courses; `StaleSnapshot` when one is newer."""
        heads = await self._store.heads(self._scope) if self._touched is None else None
        writer = ShardWriter(self._scope, self._store, self._snapshot.version, heads)
        tally = CourseTally()
        async for batch in sweep(self._snapshot, await self._pieces(), self._limit):
            placed = replace(batch, results=await asyncio.to_thread(self._structure.placed, batch.results))
            await asyncio.to_thread(tally.add, placed.results)
            await self._write_learners(writer, placed)
        async for courses in ahead(partial(self._folded, totals) for totals in tally.totals()):
            await writer.write(courses)
        gone = [course_shard(course) for course, entry in self._entries.items() if entry is None]
        await writer.write((shard, cleared) for shard in gone)
        above = TenantFold(
            self._scope,
            self._store,
            self._structure,
            Changes(self._entries, self._counts, everything=self._touched is None),
        )
        await writer.write([(TENANT_SHARD, above.tenant)])
        await writer.write(above.schools())
        await writer.write((shard, cleared) for shard in sorted((heads or {}).keys() - writer.written))
        return len(self._entries)

    async def _pieces(self) -> list[Piece]:
        """Return the facts of the touched courses: in memory while they are few, else still to be read."""
        touched = self._touched
        files = self._snapshot.files if touched is None else holding(self._snapshot.files, touched.courses)
        room = _FACTS_IN_MEMORY
        if touched is None and sum(file.rows for file in files) > room:
            room = 0
        pieces: list[Piece] = []
        for some in list(_together(files)) or [[]]:
            facts = (await self._snapshot.scan([file.path for file in some])).select(*COLUMNS, "row")
            if touched is not None:
                facts = facts.filter(pl.col("course").is_in(touched.courses))
            # Nobody knows how many facts of the touched courses a file holds: they are read until they are many.
            if room > 0:
                found = await self._snapshot.collect(facts.head(room + 1))
                room -= found.height
                facts = found.lazy() if room >= 0 else facts
            rows = sum(file.rows for file in some)
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
        merging = head.pages & {*learners, MEMBERS} if self._touched is not None else frozenset[str]()
        before = await self._store.read(self._scope, shard, sorted(merging)) if merging else {}
        pages: dict[str, Page] = {}
        groups: dict[str, frozenset[str] | None] = {}
        for name, own in learners.items():
            page = dict(before.get(name, {}))
            for learner in own:
                sections = merged_sections(page.pop(learner_view(learner), None), found[learner])
                groups[learner] = self._groups(sections) if sections else None
                page |= {learner_view(learner): line_of(sections)} if sections else {}
            pages |= {name: page} if page else {}
        known = view_of(before[MEMBERS][MEMBERS]) if MEMBERS in before else None
        members = merged_members(known, groups)
        self._counts[bucket_of_shard(shard)] = counts_of(members)
        pages |= {MEMBERS: {MEMBERS: text_of(members)}} if members["learners"] else {}
        examined = merging if self._touched is not None else head.pages
        return ShardChange(shard, pages, examined - pages.keys())

    def _groups(self, sections: Mapping[str, Section]) -> frozenset[str]:
        """Return the groups above courses that a learner's results fall into."""
        schools = {school_group(self._structure.school_of(course)) for course in sections}
        periods = {period_group(period) for section in sections.values() for period in section.periods}
        return frozenset(schools | periods)

    def _folded(self, some: Totals) -> list[tuple[str, Build]]:
        """Return the changes of some courses."""
        changes: list[tuple[str, Build]] = []
        for totals in some.courses():
            self._entries[totals.course] = entry_of(totals, self._structure)
            pages = course_pages(totals, self._structure)
            changes.append((course_shard(totals.course), partial(course_change, pages)))
        return changes


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
