"""Keeps the newest planned file of each source, so that the same bytes twice in a row are one ingest.

The comparison is with the last planned file, not the last committed one: with A committed and B on its way,
A again is a third ingest, and the source ends at A. Only a file whose facts are committed can make the next
one a duplicate, for one that is on its way may still fail. A duplicate is not worked, but it holds its place:
a file that was uploaded before it and is planned after it comes too late, unless it is the very file that the
duplicate restates, replayed. Files that state changes only are
all worked, for each may hold the last word on some row.
"""

from dataclasses import replace
from enum import StrEnum
from typing import Final

from shared.ingestion.model import Ingest, Recognition
from shared.ingestion.policies import states_the_same
from shared.ingestion.ports import Ingests, PlannedFile
from shared.kernel.errors import Conflict, PreconditionFailed, Unavailable
from shared.kernel.scope import TenantScope

_ATTEMPTS: Final = 5


class Standing(StrEnum):
    """What a file is among the files of its source."""

    ENTERED = "entered"
    """To be worked; the commit decides whether a newer one came first."""
    DUPLICATE = "duplicate"
    """The file before it states the same facts, and they are committed."""
    OVERTAKEN = "overtaken"
    """A newer file has stated again what was committed before this one."""


class Sources:
    """The register of the newest planned files."""

    def __init__(self, ingests: Ingests) -> None:
        self._ingests = ingests

    async def enter(self, scope: TenantScope, ingest: Ingest, pins: Recognition) -> Standing:
        """Give the ingest its place among the files of its source. Entering twice is entering once."""
        for _ in range(_ATTEMPTS):
            noted = await self._ingests.planned_file(scope, pins.source)
            if noted is None:
                standing, entry = Standing.ENTERED, PlannedFile(ingest.id, pins.sha256)
            else:
                standing, entry = await self._place(scope, ingest, pins, noted.value)
            if noted is not None and entry == noted.value:
                return standing
            try:
                await self._ingests.note_planned(scope, pins.source, entry, noted.etag if noted else None)
            except (PreconditionFailed, Conflict):
                continue
            return standing
        raise Unavailable("many files of one source are being planned at once")

    async def _place(
        self, scope: TenantScope, ingest: Ingest, pins: Recognition, noted: PlannedFile
    ) -> tuple[Standing, PlannedFile]:
        """Return the standing of a file beside what is noted, and what is to be noted then."""
        restated = noted.restated or ""
        if not all(target.load.states_everything for target in pins.targets):
            newest = PlannedFile(ingest.id, pins.sha256)
            return Standing.ENTERED, newest if ingest.id > noted.ingest_id else noted
        if ingest.id == restated:
            return Standing.DUPLICATE, noted
        if ingest.id < restated and noted.ingest_id not in {ingest.id, ingest.replays}:
            return Standing.OVERTAKEN, noted
        if ingest.id <= noted.ingest_id:
            return Standing.ENTERED, noted
        if noted.sha256 == pins.sha256:
            earlier = await self._ingests.find(scope, noted.ingest_id)
            if earlier is not None and states_the_same(pins, earlier.value):
                return Standing.DUPLICATE, replace(noted, restated=ingest.id)
        return Standing.ENTERED, PlannedFile(ingest.id, pins.sha256, noted.restated)
