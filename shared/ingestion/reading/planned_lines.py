"""The lines of planned members: in the landed file itself, or where they were staged."""

from shared.ingestion.model import Ingest, PlannedMember
from shared.ingestion.ports import LakeBlobs, LandingBlobs, RangedFile
from shared.ingestion.reading.landed_files import LandedFile
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
