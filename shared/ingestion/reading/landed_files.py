"""A landed blob as a file: its bytes in ranges, as long as it is still the one that landed."""

from shared.ingestion.model import Ingest
from shared.ingestion.ports import LandingBlobs
from shared.ingestion.refusal import replaced
from shared.kernel.errors import NotFound, PreconditionFailed
from shared.kernel.scope import TenantScope


class LandedFile:
    """The file of one ingest."""

    def __init__(self, landing: LandingBlobs, scope: TenantScope, ingest: Ingest) -> None:
        self._landing = landing
        self._scope = scope
        self._ingest = ingest
        self.name = ingest.file_name
        self.size = ingest.size

    async def read(self, offset: int, length: int) -> bytes:
        """Return at most `length` bytes from `offset`; `FileRefused` when other bytes lie there by now."""
        ingest = self._ingest
        try:
            return await self._landing.read(self._scope, ingest.blob, offset, length, ingest.etag)
        except (PreconditionFailed, NotFound):
            raise replaced() from None
