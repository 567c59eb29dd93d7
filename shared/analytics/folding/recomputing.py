"""One recomputation of touched groups upon one snapshot: learners, courses, then the groups above them."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import Final

import polars as pl

from shared.analytics.folding.ahead import ahead, one_ahead
from shared.analytics.folding.course_fold import course_change, course_pages
from shared.analytics.folding.course_tally import CourseTally, Totals
from shared.analytics.folding.learner_fold import LearnerLines, Sections
from shared.analytics.folding.learner_pages import LearnerPages
from shared.analytics.folding.learner_shards import LearnerShards
from shared.analytics.folding.ledger import Entry, entry_of
from shared.analytics.folding.newest import Piece
from shared.analytics.folding.results import COLUMNS
from shared.analytics.folding.room import Room
from shared.analytics.folding.shard_writing import Build, ShardWriter, cleared, unchanged
from shared.analytics.folding.sweep import Batch, Swept, sweep
from shared.analytics.folding.tenant_fold import Changes, TenantFold
from shared.analytics.folding.touched import Touched, holding
from shared.analytics.model import TENANT_SHARD, bucket_of, course_shard
from shared.analytics.ports import FactFile, FactSnapshot, RollupStore
from shared.analytics.standards.fold import StandardsFold
from shared.analytics.standards.of_courses import Learners
from shared.analytics.standards.tally import LearnerTally
from shared.analytics.structure import Structure
from shared.kernel.batches import sized
from shared.kernel.scope import TenantScope
from shared.kernel.together import together

_FACTS_AT_ONCE: Final = 300_000
"""Rows of the files that are read together."""
_FACTS_IN_MEMORY: Final = 250_000
"""Facts that are read once and kept. Those beyond are read as often as a sweep needs them."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What a recomputation starts from: facts, where they belong, and what was touched (None: all)."""

    snapshot: FactSnapshot
    structure: Structure
    touched: Touched | None


class Counts:
    """What is counted of some courses; no learner comes twice."""

    def __init__(self, structure: Structure) -> None:
        self._courses = CourseTally()
        self._standards = LearnerTally(structure.alignments)
        self.totals = self._courses.totals
        self.learners = self._standards.learners

    def add(self, results: pl.DataFrame) -> None:
        """Count placed results."""
        self._courses.add(results)
        self._standards.add(results)


class Recomputation:
    """Brings touched views of one tenant to the state of one snapshot. `run` it once."""

    def __init__(self, scope: TenantScope, basis: Basis, store: RollupStore, room: Room) -> None:
        self._scope = scope
        self._snapshot = basis.snapshot
        self._structure = basis.structure
        self._touched = touched = basis.touched
        self._store = store
        self._room = room
        self._entries: dict[str, Entry | None] = {} if touched is None else dict.fromkeys(touched.courses)
        self._standards = StandardsFold(basis.structure, None if touched is None else touched.courses)
        self._counts: dict[int, Counts] = {}
        self._learners = LearnerShards(scope, store, basis.structure)

    async def run(self) -> int:
        """Write every touched shard, return of how many courses; `StaleSnapshot` when one is newer."""
        heads = await self._store.heads(self._scope) if self._touched is None else None
        writer = ShardWriter(self._scope, self._store, self._snapshot.version, heads)
        swept = sweep(self._snapshot, await self._pieces(), self._structure.placed, self._room)
        async with aclosing(swept) as parts:
            async for part in parts:
                await together([self._write_learners(writer, part), self._write_courses(writer, part)])
        gone = [course_shard(course) for course, entry in self._entries.items() if entry is None]
        await writer.write((shard, cleared) for shard in gone)
        above = TenantFold(
            self._scope,
            self._store,
            self._structure,
            Changes(
                self._entries,
                self._learners.counts,
                self._standards.district,
                everything=self._touched is None,
            ),
        )
        await writer.write([(TENANT_SHARD, above.tenant)])
        await writer.write(above.schools())
        await writer.write((shard, cleared) for shard in sorted((heads or {}).keys() - writer.written))
        await writer.write([(TENANT_SHARD, unchanged)])  # by whose head readers know that all is written
        return len(self._entries)

    async def _write_courses(self, writer: ShardWriter, swept: Swept) -> None:
        """Count what courses come to, share by share, and write it once all is counted."""
        async with aclosing(swept.courses()) as shares:
            async for share, results in shares:
                counts = self._counts.pop(share, None) or Counts(self._structure)
                await asyncio.to_thread(counts.add, results)
                del results
                if not swept.is_last:
                    self._counts[share] = counts
                    continue
                learners = counts.learners()
                steps = (partial(self._folded, totals, learners) for totals in counts.totals())
                async for courses in ahead(steps):
                    await writer.write(courses)

    async def _pieces(self) -> list[Piece]:
        """Return the facts of the touched courses: in memory while they are few, else still to be read."""
        touched = self._touched
        files = self._snapshot.files if touched is None else holding(self._snapshot.files, touched.courses)
        room = _FACTS_IN_MEMORY
        if touched is None and sum(file.rows for file in files) > room:
            room = 0
        pieces: list[Piece] = []
        for some in [*sized(files, lambda file: file.rows, _FACTS_AT_ONCE)] or [[]]:
            facts = (await self._snapshot.scan([file.path for file in some])).select(*COLUMNS, "row")
            if touched is not None:
                facts = facts.filter(pl.col("course").is_in(touched.courses))
            rows = most = sum(file.rows for file in some)
            # Files don't tell how many facts of the touched courses they hold: read until they are many.
            if room > 0:
                found = await self._snapshot.collect(facts.head(room + 1))
                room -= found.height
                facts, most = (found.lazy(), found.height) if room >= 0 else (facts, rows)
            pieces.append(Piece(facts, sum(piece.rows for piece in pieces), rows, most, _owners(some)))
        return pieces

    async def _write_learners(self, writer: ShardWriter, swept: Swept) -> None:
        async with aclosing(one_ahead(swept.learners())) as batches:
            async for batch in batches:
                if self._touched is None:
                    await self._replace_learners(writer, batch)
                else:
                    await self._merge_learners(writer, batch, self._touched)

    async def _replace_learners(self, writer: ShardWriter, batch: Batch) -> None:
        """Write the lines of learners slice by slice: together they would take hundreds of megabytes."""
        pages = await asyncio.to_thread(LearnerPages, batch.results, self._structure)
        async for buckets in ahead(partial(pages.shards, start, end) for start, end in pages.slices()):
            await self._learners.replace(writer, buckets)

    async def _merge_learners(self, writer: ShardWriter, batch: Batch, touched: Touched) -> None:
        """Put the touched sections of learners in the place of those before.

        A bucket that lost its last fact counts too: its learners' sections are to be dropped.
        """
        lost = _lost(touched, batch)
        own = batch.results.select(pl.col("course", "learner").cast(pl.String))
        pairs = touched.pairs.with_columns(touched=True)
        are_touched = own.join(pairs, on=["course", "learner"], how="left", maintain_order="left")["touched"]
        results = batch.results.filter(are_touched.fill_null(value=False))
        lines = LearnerLines(results)
        steps = (partial(lines.sections, start, end) for start, end in lines.slices())
        async for found in ahead(steps):
            for bucket, sections in found.items():
                for learner, courses in lost.pop(bucket, {}).items():
                    sections[learner] = courses | sections.get(learner, {})
            await self._learners.write(writer, found)
        await self._learners.write(writer, lost)

    def _folded(self, some: Totals, learners: Learners) -> list[tuple[str, Build]]:
        """Return the changes of some courses."""
        changes: list[tuple[str, Build]] = []
        for totals, pages in course_pages(some, self._structure, self._standards.of(some, learners)):
            self._entries[totals.course] = entry_of(totals, self._structure)
            changes.append(
                (
                    course_shard(totals.course),
                    partial(course_change, pages),
                )
            )
        return changes


def _owners(files: Sequence[FactFile]) -> frozenset[str] | None:
    """Return the ingests that the facts of files are of; None where the log does not tell."""
    owners = frozenset(file.owner for file in files if file.owner is not None)
    return None if any(file.owner is None for file in files) else owners


def _lost(touched: Touched, batch: Batch) -> dict[str, Sections]:
    """Return the touched sections of a batch by bucket, as if no result were left in them."""
    lost: dict[str, Sections] = {}
    for course, learner in touched.pairs.filter(batch.learners).select("course", "learner").iter_rows():
        lost.setdefault(bucket_of(learner), {}).setdefault(learner, {})[course] = None
    return lost
