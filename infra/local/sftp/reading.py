"""A file that is open for reading: one version of it."""

import errno
import os
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

    def seek(self, offset: int, whence: int) -> int:
        """Tell where data (SEEK_DATA) or a hole (SEEK_HOLE) follows: a blob is data to its end (lseek(2)).

        The SFTP library asks so on behalf of clients that skip holes.
        """
        if offset >= self.size:
            raise OSError(errno.ENXIO, os.strerror(errno.ENXIO))
        return offset if whence == os.SEEK_DATA else self.size

    def attributes(self) -> SFTPAttrs:
        """Describe the version."""
        return of_file(self.size, self.modified)
