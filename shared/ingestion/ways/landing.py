"""Turns a landed blob into an ingest: the event is a hint, the upload record is the proof.

A blob's path names a tenant, and anybody who can write to the container can write any path. Only when that
tenant has an upload record which names this very blob is the scope believed.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from enum import StrEnum

from shared.ingestion import policies
from shared.ingestion.events import Outgoing, landed
from shared.ingestion.model import Ingest, IngestState
from shared.ingestion.ports import Ingests, LandingBlobs, Versioned
from shared.ingestion.ways.uploads import landing_blob
from shared.kernel.clock import Clock
from shared.kernel.errors import Conflict, NotFound, PreconditionFailed
from shared.kernel.faults import Faults
from shared.kernel.ids import is_id, is_tenant_id
from shared.kernel.scope import TenantScope
from shared.kernel.stamp import Residency


class Landed(StrEnum):
    """What became of a landing event."""

    NEW = "new"
    REPEATED = "repeated"
    """The same bytes in the same blob: the event came twice."""
    REWRITTEN = "rewritten"
    """The blob was written again before it was planned; the ingest is about the new bytes now."""
    TOO_LATE = "too-late"
    """The blob was written again after planning began; the ingest keeps to the bytes that it planned."""


_OVERWRITTEN = (
    "the blob was written again after planning began or ended; upload the new file as an upload of its own"
)


class Landing:
    """Receives landed blobs on one stamp."""

    def __init__(
        self, ingests: Ingests, landing: LandingBlobs, residency: Residency, stamp: str, clock: Clock
    ) -> None:
        self._ingests = ingests
        self._landing = landing
        self._residency = residency
        self._stamp = stamp
        self._clock = clock

    async def receive(self, tenant_id: str, upload_id: str, name: str) -> Landed:
        """Make the blob `{tenant_id}/{upload_id}/{name}` an ingest and ask for its plan.

        Size and ETag are read anew; a blob that is larger than its upload record allows is a failed ingest.
        `NotFound` when no upload record of that tenant names the blob, or when the blob is gone; `WrongStamp`
        when the tenant has its home elsewhere, upload record or not.
        """
        if not is_tenant_id(tenant_id) or not is_id(upload_id):
            raise NotFound
        scope = TenantScope.of_landing(tenant_id, self._stamp, upload_id)
        await self._residency.require_home(scope)
        upload = await self._ingests.find_upload(scope, upload_id)
        if upload is None or upload.blob != landing_blob(tenant_id, upload_id, name):
            raise NotFound
        facts = await self._landing.facts(scope, upload.blob)
        ingest = policies.landed(upload, facts.size, facts.etag, self._clock.now())
        try:
            await self._ingests.add(scope, ingest, self._asked(scope, ingest))
        except Conflict:
            return await self._again(scope, ingest)
        return Landed.NEW

    async def catch_up(self, scope: TenantScope) -> int:
        """Receive the blobs whose event never came, and return how many there were.

        A fault at one of them does not keep the others waiting; all are raised together at the end.
        """
        now, caught, faults = self._clock.now(), 0, Faults()
        since, until = now - policies.EVENT_MISSED_UNTIL, now - policies.STUCK_AFTER
        async for upload in self._ingests.overlooked(scope, since, until):
            # Nothing was written by a grant that finds none.
            with faults.kept(), suppress(NotFound):
                await self.receive(scope.tenant_id, upload.id, upload.file_name)
                caught += 1
        faults.raise_together("some blobs were not caught up with")
        return caught

    def _asked(self, scope: TenantScope, ingest: Ingest) -> Sequence[Outgoing]:
        return [landed(scope, ingest, self._clock)] if ingest.state is IngestState.LANDED else []

    async def _again(self, scope: TenantScope, news: Ingest) -> Landed:
        found = await self._ingests.get(scope, news.id)
        known = found.value
        if known.etag == news.etag or _OVERWRITTEN in known.warnings:
            return Landed.REPEATED
        if known.state is IngestState.LANDED:
            after, outgoing, became = news, self._asked(scope, news), Landed.REWRITTEN
        else:
            after = replace(known, warnings=(*known.warnings, _OVERWRITTEN))
            outgoing, became = [], Landed.TOO_LATE
        try:
            await self._ingests.save(scope, Versioned(after, found.etag), outgoing=outgoing)
        except PreconditionFailed:
            return await self._again(scope, news)
        return became
