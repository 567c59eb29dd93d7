"""Takes a file in once more after its mapping was mended, so that what was rejected gets its chance."""

from contextlib import suppress
from dataclasses import replace
from typing import Final

from shared.ingestion.committing.queue import merges
from shared.ingestion.events import landed
from shared.ingestion.keeping.horizons import TOMBSTONES_FOR, Horizons
from shared.ingestion.mapping.catalogue import Catalogue
from shared.ingestion.model import WITH_FACTS, Ingest, IngestState, Progress, Recognition, RejectCode, Upload
from shared.ingestion.ports import Ingests
from shared.ingestion.working.work import ENGINE_VERSION
from shared.kernel.clock import Clock
from shared.kernel.errors import Conflict
from shared.kernel.ids import id_after, least_id
from shared.kernel.scope import TenantScope

_REPLAYABLE: Final = WITH_FACTS | {IngestState.FAILED}


class Replays:
    """Replays ingests. The landed file is immutable, so a replay is an ingest of the same bytes."""

    def __init__(self, ingests: Ingests, catalogue: Catalogue, clock: Clock) -> None:
        self._ingests = ingests
        self._catalogue = catalogue
        self._clock = clock

    async def replay(self, scope: TenantScope, ingest_id: str) -> Ingest:
        """Start a new ingest of the file of an old one and return it; its facts take the place of the old.

        Among the files of its source the new one stands right after the old one, so it covers nothing of a
        newer file, one that is only being uploaded included. A call that was cut off may be repeated.
        `Conflict` while the old one is under way, when it was replayed already, when nothing that reads it
        has changed, when it is too old, or when a newer file of its source replaced it: its facts stand. Of
        files that merge the newer `updated_at`, then the newer file wins, row by row.
        """
        old = (await self._ingests.get(scope, ingest_id)).value
        if old.state not in _REPLAYABLE:
            raise Conflict(f"an ingest that is {old.state} cannot be replayed")
        self._require_young(old)
        if old.recognition is not None:
            await self._require_standing(scope, old)
        new = _again(old, id_after(old.id), self._clock)
        with suppress(Conflict):  # an earlier call got as far as this
            await self._ingests.add_upload(scope, _grant(new, scope, self._clock))
        try:
            await self._ingests.add(scope, new, [landed(scope, new, self._clock)])
        except Conflict:
            raise Conflict(f"the ingest was replayed already, as {new.id}") from None
        return new

    def _require_young(self, old: Ingest) -> None:
        kept_for = TOMBSTONES_FOR
        if old.recognition is not None:
            horizons = Horizons(self._clock.now(), self._catalogue, {})
            retention = horizons.kept_for(old.recognition.source)
            kept_for = min(retention, TOMBSTONES_FOR) if merges(old) else retention
        if old.id < least_id(self._clock.now() - kept_for):
            raise Conflict("the file is so old that what came of it, or of what deleted it, may be gone")

    async def _require_standing(self, scope: TenantScope, old: Ingest) -> None:
        pins = old.recognised
        may_find_more = RejectCode.REFERENCE in old.progress.rejects
        if old.state is not IngestState.FAILED and self._is_read_alike(pins) and not may_find_more:
            raise Conflict("neither the mapping nor the engine has changed since the file was read")
        if all(target.load.merges for target in pins.targets):
            return
        noted = await self._ingests.planned_file(scope, pins.source)
        if noted is not None and noted.value.ingest_id != old.id:
            raise Conflict("a newer file of the same source came since")

    def _is_read_alike(self, pins: Recognition) -> bool:
        """Tell whether the file would be read by the same rules again."""
        newest = next((feed.version for feed in self._catalogue.newest if feed.id == pins.feed), None)
        return (pins.mapping_version, pins.engine_version) == (newest, ENGINE_VERSION)


def _grant(new: Ingest, scope: TenantScope, clock: Clock) -> Upload:
    """Return the upload record that the new ingest comes of: it names the blob that landed long ago."""
    return Upload(
        id=new.id,
        file_name=new.file_name,
        blob=new.blob,
        size=new.size,
        size_limit=new.size,
        feed_hint=new.feed_hint,
        created_at=clock.now(),
        created_by=scope.actor,
        expires_at=clock.now(),
        way=new.way,
    )


def _again(old: Ingest, ingest_id: str, clock: Clock) -> Ingest:
    """Return a landed ingest of the same blob."""
    return replace(
        old,
        id=ingest_id,
        state=IngestState.LANDED,
        reached={IngestState.LANDED: clock.now()},
        recognition=None,
        progress=Progress(),
        warnings=(),
        failure=None,
        table_versions={},
        released=False,
        supersedes=None,
        replays=old.id,
    )
