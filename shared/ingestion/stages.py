"""Stages the lines of members in the tenant's lake, and reads them back from there."""

from collections.abc import AsyncIterator

from shared.ingestion.lake_paths import staged_path
from shared.ingestion.landed_files import LandedFile
from shared.ingestion.model import Ingest, PlannedMember
from shared.ingestion.ports import LakeBlobs, LandingBlobs, RangedFile
from shared.ingestion.survey import StagedLines
from shared.kernel.scope import TenantScope


class StagedFile:
    """The staged lines of one member, as a file."""

    def __init__(self, lake: LakeBlobs, scope: TenantScope, path: str, name: str, size: int) -> None:
        self._lake = lake
        self._scope = scope
        self._path = path
        self.name = name
        self.size = size

    async def read(self, offset: int, length: int) -> bytes:
        """Return at most `length` bytes from `offset`; nobody changes what was staged."""
        return await self._lake.read(self._scope, self._path, offset, length)


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


class PlannedLines:
    """Finds the lines of planned members: in the landed file itself or where they were staged."""

    def __init__(self, landing: LandingBlobs, lake: LakeBlobs) -> None:
        self._landing = landing
        self._lake = lake

    def of(self, scope: TenantScope, ingest: Ingest, member: PlannedMember) -> RangedFile:
        """Return the lines of a member as a file."""
        if member.staged is None:
            return LandedFile(self._landing, scope, ingest)
        return StagedFile(self._lake, scope, member.staged, member.name, member.size)
