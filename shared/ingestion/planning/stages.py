"""Stages the lines of members in the tenant's lake."""

from collections.abc import AsyncIterator

from shared.ingestion.lake_paths import staged_path
from shared.ingestion.model import Ingest
from shared.ingestion.planning.survey import StagedLines
from shared.ingestion.ports import LakeBlobs
from shared.ingestion.reading.planned_lines import StagedFile
from shared.kernel.scope import TenantScope


class LakeStage:
    """Stages the members of one ingest."""

    def __init__(self, lake: LakeBlobs, scope: TenantScope, ingest: Ingest) -> None:
        self._lake = lake
        self._scope = scope
        self._ingest_id = ingest.id

    async def write(self, at: int, name: str, lines: AsyncIterator[bytes]) -> StagedLines:
        """Write the lines of the member at place `at` down; the same lines are there after a repetition."""
        path = staged_path(self._ingest_id, at)
        size = await self._lake.write(self._scope, path, lines)
        return StagedLines(path, StagedFile(self._lake, self._scope, path, name, size))
