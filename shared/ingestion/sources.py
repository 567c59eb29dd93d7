"""Keeps the newest planned file of each source, so that the same bytes twice in a row are one ingest.

The comparison is with the last planned file, not the last committed one: with A committed and B on its way,
A again is a third ingest, and the source ends at A.
"""

from typing import Final

from shared.ingestion.model import Ingest, Recognition
from shared.ingestion.policies import states_the_same
from shared.ingestion.ports import Ingests, PlannedFile
from shared.kernel.errors import Conflict, PreconditionFailed, Unavailable
from shared.kernel.scope import TenantScope

_ATTEMPTS: Final = 5


class Sources:
    """The register of the newest planned files."""

    def __init__(self, ingests: Ingests) -> None:
        self._ingests = ingests

    async def enter(self, scope: TenantScope, ingest: Ingest, pins: Recognition) -> bool:
        """Make the ingest the newest planned file of its source, unless a newer one is, and return True.

        False when the file before it already states the same facts. Entering twice is entering once.
        """
        for _ in range(_ATTEMPTS):
            noted = await self._ingests.planned_file(scope, pins.source)
            if noted is not None and noted.value.ingest_id >= ingest.id:
                return True
            if noted is not None and noted.value.sha256 == pins.sha256:
                earlier = await self._ingests.find(scope, noted.value.ingest_id)
                if earlier is not None and states_the_same(pins, earlier.value):
                    return False
            try:
                planned = PlannedFile(ingest.id, pins.sha256)
                await self._ingests.note_planned(scope, pins.source, planned, noted.etag if noted else None)
            except (PreconditionFailed, Conflict):
                continue
            return True
        raise Unavailable("many files of one source are being planned at once")
