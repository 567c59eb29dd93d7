"""Works chunks: reads the bytes of each, writes its Parquet part and rejects, and marks it done in one batch.

Any number of deliveries of one chunk come to one mark: the parts are the same bytes for the same chunk, and
only the first batch that creates the mark changes the counts.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from shared.ingestion import policies
from shared.ingestion.bundles.taking import Bundles
from shared.ingestion.lake_paths import rejects_path
from shared.ingestion.mapping.catalogue import Catalogue
from shared.ingestion.model import Chunk, ChunkDone, Ingest, IngestState, Plan, Way
from shared.ingestion.ports import Ingests, LakeBlobs, LandingBlobs, PseudonymKeys, RangedFile
from shared.ingestion.reading.known_plans import KnownPlans
from shared.ingestion.reading.planned_lines import PlannedLines
from shared.ingestion.refusal import FileRefused, given_up, other_release, raise_again
from shared.ingestion.working.begun import Begun
from shared.ingestion.working.isolating import Isolator
from shared.ingestion.working.lookup_rows import LookupRows
from shared.ingestion.working.made_chunks import MadeChunk, made_of
from shared.ingestion.working.marking import Marks
from shared.ingestion.working.part_writing import PartWriter
from shared.ingestion.working.sealing import NameKeys
from shared.ingestion.working.seen_ingests import SeenIngests
from shared.ingestion.working.work import ENGINE_VERSION, Task, work
from shared.kernel.clock import Clock
from shared.kernel.errors import NotFound, Unavailable
from shared.kernel.scope import TenantScope

_AT_ONCE: Final = 2
"""Chunks of small files, and of large ones, that a process makes at a time; others are read or written."""


class Worker:
    """Works chunks. `window` is how many chunks of an ingest are in flight at a time.

    Without keys for `names` none are kept. `give_back` is called after the last chunk of a large file, when
    nobody is left who takes up the memory that the others freed.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - the one place where working is put together
        self,
        ingests: Ingests,
        landing: LandingBlobs,
        lake: LakeBlobs,
        keys: PseudonymKeys,
        bundles: Bundles,
        lookups: LookupRows,
        catalogue: Catalogue,
        clock: Clock,
        window: int = policies.WINDOW,
        isolator: Isolator | None = None,
        names: NameKeys | None = None,
        give_back: Callable[[], None] | None = None,
    ) -> None:
        self._names = names
        self._isolator = isolator or Isolator()
        self._ingests = ingests
        self._plans = KnownPlans(ingests)
        self._lines = PlannedLines(landing, lake)
        self._lake = lake
        self._parts = PartWriter(lake)
        self._keys = keys
        self._bundles = bundles
        self._lookups = lookups
        self._catalogue = catalogue
        self._window = window
        self._seen = SeenIngests(ingests)
        self._marks = Marks(self._seen, catalogue, clock, window, give_back)
        self._making_small, self._making_large = asyncio.Semaphore(_AT_ONCE), asyncio.Semaphore(_AT_ONCE)

    async def work(
        self, scope: TenantScope, ingest_id: str, n: int, *, suspect: bool = False, fresh: bool = False
    ) -> None:
        """Work chunk `n` and as many of those that follow it as one call takes, unless they are done.

        The mark of the last one asks for the next call, that of the last chunk of all for the commit.
        A `suspect` call has ended the process of whoever had it before, so the first chunk that is left of it
        is worked in isolation, and its mark asks for the others.
        Of the chunks of a `fresh` message, which comes for the first time, it is not asked whether they are
        done: should they be, the work is for nothing, and changes nothing.
        `Unavailable` while the plan is not visible here: the message proves that there is one.
        `FileRefused`, each time, when the file is one for the quarantine.
        """
        found = await self._seen.find(scope, ingest_id)
        if found is None or found.value.state is IngestState.LANDED:
            raise Unavailable("the plan is not visible yet")
        run = policies.chunks_of_call(n, found.value.progress.chunks, self._window)
        for each in run:
            raise_again(found.value)
            if found.value.state not in policies.TO_WORK:
                return
            if not fresh and await self._ingests.find_chunk(scope, ingest_id, each):
                continue
            plan = await self._plans.plan(scope, ingest_id)
            done = await self._done(scope, Begun(found), plan, plan.chunks[each], suspect=suspect)
            if done is None:
                return
            # Other chunks have ended meanwhile, as a rule.
            last = await self._seen.last(scope, ingest_id)
            marked = await self._marks.mark(scope, last, done, asks_on=suspect or each == run[-1])
            if suspect and marked:
                return
            # Where another delivery marked this chunk, it may have been at the others too.
            fresh = fresh and marked is not None
            found = marked or await self._seen.last(scope, ingest_id)

    async def work_all(self, scope: TenantScope, begun: Begun, *, suspect: bool = False) -> None:
        """Work the chunks of a small file in their order, as far as they are not done.

        In the call that planned it nobody else is about it, as a rule: what is at hand is believed until a
        mark is refused, and nothing is read again.
        """
        known: Begun | None = begun
        for n in range(begun.found.value.progress.chunks):
            if known is None or known.plan is None:
                await self.work(scope, begun.found.value.id, n, suspect=suspect)
                continue
            done = await self._done(scope, known, known.plan, known.plan.chunks[n], suspect=suspect)
            marked = await self._marks.mark(scope, known.found, done, asks_on=True) if done else None
            known = replace(known, found=marked) if marked else None

    async def give_up(self, scope: TenantScope, ingest_id: str, reason: str) -> None:
        """End an ingest whose planning or work was put aside for good; one that is past both goes on."""
        found = await self._ingests.find(scope, ingest_id)
        if found is not None:
            await self._marks.fail(scope, found, given_up(reason))

    async def _done(
        self, scope: TenantScope, begun: Begun, plan: Plan, chunk: Chunk, *, suspect: bool
    ) -> ChunkDone | None:
        """Return what a chunk came to; None when the file is refused for it, which ends the ingest."""
        try:
            return await self._worked(scope, begun, plan, chunk, suspect=suspect)
        except FileRefused as refused:
            await self._marks.fail(scope, begun.found, refused.failure)
            if refused.is_quarantined:
                raise
            return None

    async def _worked(
        self, scope: TenantScope, begun: Begun, plan: Plan, chunk: Chunk, *, suspect: bool
    ) -> ChunkDone:
        ingest, n = begun.found.value, chunk.n
        task = self._task(ingest, plan, chunk)
        lines = begun.lines_of(chunk) or self._lines.of(scope, ingest, task.member)
        made = await self._made(scope, ingest, plan, task, lines, suspect=suspect)
        if made.reject_lines:
            await self._lake.create(scope, rejects_path(ingest.id, n), made.reject_lines)
        facts = await self._parts.write(scope, ingest, n, made.facts)
        people = await self._parts.write(scope, ingest, n, made.people)
        return ChunkDone(
            n=n,
            part=facts.part if facts else None,
            people=people.part if people else None,
            accepted=made.accepted,
            rejected=made.rejected,
            rejects=made.reject_counts,
            written={one.part.path: one.written for one in (facts, people) if one and one.written},
        )

    async def _made(  # noqa: PLR0913 - all that a chunk is made of
        self, scope: TenantScope, ingest: Ingest, plan: Plan, task: Task, lines: RangedFile, *, suspect: bool
    ) -> MadeChunk:
        """Return what becomes of a chunk. Any number may be read, but each takes memory while it is made."""
        making = self._making_small if policies.is_small(ingest, self._window) else self._making_large
        if ingest.way is Way.APPLIANCE:
            async with making:
                result = await self._bundles.work(scope, ingest, task)
                return await asyncio.to_thread(made_of, result, ingest, task)
        data = await lines.read(task.chunk.offset, task.chunk.length)
        task = await self._informed(scope, ingest, plan, task, None if suspect else data)
        key = await self._keys.key(scope)
        if suspect:
            result = await self._isolator.work(data, task, key)
            return await asyncio.to_thread(made_of, result, ingest, task)
        async with making:
            return await asyncio.to_thread(_make, data, replace(task, keeps_codes=True), key, ingest)

    async def _informed(
        self, scope: TenantScope, ingest: Ingest, plan: Plan, task: Task, read: bytes | None
    ) -> Task:
        """Return the task with what it looks up in, and with what seals names."""
        task = replace(task, known=await self._lookups.known(scope, ingest, plan, task, read))
        if self._names is None:
            return task
        return replace(task, sealing=await self._names.sealing(scope))

    def _task(self, ingest: Ingest, plan: Plan, chunk: Chunk) -> Task:
        pins = ingest.recognised
        if pins.engine_version != ENGINE_VERSION:
            raise other_release()
        try:
            mapping = self._catalogue.get(pins.feed, pins.mapping_version)
        except NotFound:
            raise other_release() from None
        return Task(
            ingest_id=ingest.id,
            chunk=chunk,
            member=plan.member_of(chunk),
            recognition=pins,
            mapping=mapping,
        )


def _make(data: bytes, task: Task, key: bytes, ingest: Ingest) -> MadeChunk:
    return made_of(work(data, task, key), ingest, task)
