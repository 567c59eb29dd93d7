"""Plans a landed file: surveys it, pins versions, tells duplicates, and starts the work.

Planning may run twice at once or be cut off anywhere: the plan and its events are one batch guarded by the
ingest's ETag, and what was noted before it is found again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from shared.ingestion import policies
from shared.ingestion.bundles.refusals import came_early
from shared.ingestion.bundles.taking import Bundles, Findings
from shared.ingestion.events import Outgoing, chunk_ready
from shared.ingestion.mapping.catalogue import Catalogue
from shared.ingestion.mapping.feed import Mapping
from shared.ingestion.model import Ingest, IngestState, Plan, Progress, Way
from shared.ingestion.planning.sources import Sources, Standing
from shared.ingestion.planning.stages import LakeStage
from shared.ingestion.planning.survey import Surveyor
from shared.ingestion.ports import Ingests, LakeBlobs, LandingBlobs, RangedFile, Versioned
from shared.ingestion.reading.landed_files import LandedFile
from shared.ingestion.refusal import FileRefused, raise_again
from shared.ingestion.table_names import TableName
from shared.ingestion.working.begun import Begun
from shared.ingestion.working.lookup_rows import LookupRows
from shared.ingestion.working.worker import Worker
from shared.kernel.clock import Clock
from shared.kernel.errors import Conflict, PreconditionFailed, Unavailable
from shared.kernel.scope import TenantScope

_ATTEMPTS: Final = 5
_ENDED: Final = {
    Standing.DUPLICATE: IngestState.DUPLICATE,
    Standing.OVERTAKEN: IngestState.SUPERSEDED,
}
_UNKNOWN_HINT: Final = "the upload named a feed that does not exist; the file was recognised without it"


@dataclass(frozen=True, slots=True)
class _Planned:
    """What a look at the file of an ingest comes to: its plan, or why there is none."""

    ingest: Ingest
    plan: Plan | None = None
    lines: tuple[RangedFile, ...] = ()
    refused: FileRefused | None = None


class Planner:
    """Plans ingests; the first `window` chunks are asked for at once."""

    def __init__(  # noqa: PLR0913, PLR0917 - the one place where planning is put together
        self,
        ingests: Ingests,
        landing: LandingBlobs,
        lake: LakeBlobs,
        surveyor: Surveyor,
        bundles: Bundles,
        lookups: LookupRows,
        worker: Worker,
        catalogue: Catalogue,
        clock: Clock,
        window: int = policies.WINDOW,
    ) -> None:
        self._ingests = ingests
        self._landing = landing
        self._lake = lake
        self._sources = Sources(ingests)
        self._surveyor = surveyor
        self._bundles = bundles
        self._lookups = lookups
        self._worker = worker
        self._catalogue = catalogue
        self._clock = clock
        self._window = window

    async def plan(self, scope: TenantScope, ingest_id: str, *, suspect: bool = False) -> None:
        """Bring a landed ingest to `planned`, or to its end; a small file is worked at once.

        Does nothing for an ingest that is past planning, apart from such work that was cut off.
        `Unavailable` while the ingest is not visible here: the message proves that there is one.
        """
        found = await self._ingests.find(scope, ingest_id)
        if found is None:
            raise Unavailable("the ingest is not visible yet")
        begun = await self._past_planning(scope, found)
        ingest = begun.found.value
        if ingest.state in policies.TO_WORK and policies.is_small(ingest, self._window):
            await self._worker.work_all(scope, begun, suspect=suspect)

    async def _past_planning(self, scope: TenantScope, found: Versioned[Ingest]) -> Begun:
        """Plan an ingest that waits for it, and return what became of it.

        Two deliveries of one message may look at a bundle before it has its turn and after. Whichever ends
        the ingest first, one that took the bundle doesn't rest until the ingest goes on: nobody else can take
        it any more.
        """
        for _ in range(_ATTEMPTS):
            if came_early(found.value):
                found = Versioned(found.value.reopened(), found.etag)
            raise_again(found.value)
            if found.value.state is not IngestState.LANDED:
                return Begun(found)
            planned = await self._planned(scope, found.value)
            begun = await self._saved(scope, planned, found.etag)
            if begun is not None:
                return begun
            found = await self._ingests.get(scope, found.value.id)
            if came_early(planned.ingest):
                return Begun(found)
        raise Unavailable("the ingest is not visible as planned yet")

    async def _saved(self, scope: TenantScope, planned: _Planned, etag: str) -> Begun | None:
        """Save what a look at the file made of the ingest; None when another delivery was first.

        Its plan is as good as this one.
        """
        outgoing = self._asked(scope, planned.ingest) if planned.plan else []
        try:
            stored = await self._ingests.save(
                scope, Versioned(planned.ingest, etag), beside=planned.plan, outgoing=outgoing
            )
        except (PreconditionFailed, Conflict):
            return None
        if planned.refused is not None and planned.refused.is_quarantined:
            raise planned.refused
        return Begun(stored, planned.plan, planned.lines)

    async def _planned(self, scope: TenantScope, ingest: Ingest) -> _Planned:
        """Look at the file and return what the ingest is to become."""
        try:
            return await self._accepted(scope, ingest)
        except FileRefused as refused:
            return _Planned(ingest.failed(refused.failure, self._clock.now()), refused=refused)

    async def _accepted(self, scope: TenantScope, ingest: Ingest) -> _Planned:
        found = await self._looked_at(scope, ingest)
        now = self._clock.now()
        ended = _ENDED.get(await self._sources.enter(scope, ingest, found.pins))
        if ended is not None:
            return _Planned(replace(ingest.to(ended, now), recognition=found.pins))
        planned = replace(
            ingest.to(IngestState.PLANNED, now),
            recognition=found.pins,
            progress=Progress(chunks=len(found.chunks), records=found.records),
            warnings=(*ingest.warnings, *found.warnings),
        )
        references = await self._references(scope, ingest, found)
        return _Planned(planned, Plan(ingest.id, found.members, found.chunks, references), found.lines)

    async def _references(self, scope: TenantScope, ingest: Ingest, found: Findings) -> dict[TableName, int]:
        """Pin what the chunks look up in; those of a bundle did on the appliance."""
        if ingest.way is Way.APPLIANCE:
            return {}
        mapping = self._catalogue.get(found.pins.feed, found.pins.mapping_version)
        return await self._lookups.pins(scope, mapping, [member.part for member in found.members])

    async def _looked_at(self, scope: TenantScope, ingest: Ingest) -> Findings:
        await self._bundles.require_way(scope, ingest)
        if ingest.way is Way.APPLIANCE:
            return await self._bundles.plan(scope, ingest)
        feeds, warnings = self._feeds(ingest.feed_hint)
        file = LandedFile(self._landing, scope, ingest)
        survey = await self._surveyor.survey(file, feeds, LakeStage(self._lake, scope, ingest))
        return Findings(
            pins=survey.pins,
            members=tuple(one.planned for one in survey.members),
            chunks=survey.chunks,
            records=survey.records,
            warnings=(*warnings, *survey.warnings),
            lines=tuple(one.lines for one in survey.members),
        )

    def _asked(self, scope: TenantScope, ingest: Ingest) -> Sequence[Outgoing]:
        if policies.is_small(ingest, self._window):
            return []
        asked = policies.first_chunks(ingest.progress.chunks, self._window)
        return [chunk_ready(scope, ingest, n, self._clock) for n in asked]

    def _feeds(self, hint: str | None) -> tuple[Sequence[Mapping], Sequence[str]]:
        """Return the feeds to try, and what to tell of a hint that can't be followed."""
        if hint is None:
            return self._catalogue.newest, ()
        hinted = [mapping for mapping in self._catalogue.newest if mapping.id == hint]
        return (hinted, ()) if hinted else (self._catalogue.newest, (_UNKNOWN_HINT,))
