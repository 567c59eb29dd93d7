"""A file that is open for reading: one version of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from asyncssh import SFTPAttrs
from azure.core import MatchConditions
from azure.storage.blob.aio import BlobClient

from infra.local.sftp.attributes import of_file
from infra.local.sftp.errors import translated


@dataclass(frozen=True, slots=True)
class PinnedBlob:
    """One version of a blob; reading fails once there is another."""

    blob: BlobClient
    etag: str
    size: int
    modified: datetime

    @classmethod
    async def opened(cls, blob: BlobClient) -> Self:
        """Pin the version that is there now."""
        with translated():
            found = await blob.get_blob_properties()
        return cls(blob, found.etag, found.size, found.last_modified)

    async def read(self, offset: int, size: int) -> bytes:
        """Return at most `size` bytes from `offset`, none at the end."""
        length = min(size, self.size - offset)
        if length <= 0:
            return b""
        with translated():
            stream = await self.blob.download_blob(
                offset, length, etag=self.etag, match_condition=MatchConditions.IfNotModified
            )
            content: bytes = await stream.readall()
        return content

    def attributes(self) -> SFTPAttrs:
        """Describe the version."""
        return of_file(self.size, self.modified)
