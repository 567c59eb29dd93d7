"""The folder of one tenant as an SFTP client sees it: put, list, stat, read, rename and remove, no more."""

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any, Final, Never

import asyncssh
from asyncssh import FXF_APPEND, FXF_EXCL, FXF_READ, FXF_TRUNC, FXF_WRITE, SFTPAttrs, SFTPName
from azure.core import MatchConditions
from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob import BlobProperties
from azure.storage.blob.aio import BlobClient, ContainerClient

from infra.local.sftp.attributes import DIRECTORY, is_directory, of_blob, of_directory
from infra.local.sftp.errors import translated
from infra.local.sftp.growing import GrowingBlob
from infra.local.sftp.paths import blob_name, canonical
from infra.local.sftp.reading import PinnedBlob

type OpenFile = GrowingBlob | PinnedBlob

_UNSUPPORTED: Final = "a file is written from its start to its end; links and modes are not kept"


class TenantBox(asyncssh.SFTPServer):
    """Serves one session of one tenant."""

    def __init__(
        self, channel: "asyncssh.SSHServerChannel[bytes]", tenant: str, drops: ContainerClient
    ) -> None:
        super().__init__(channel)
        self._tenant = tenant
        self._drops = drops

    async def open(self, path: bytes, pflags: int, attrs: SFTPAttrs) -> OpenFile:
        """Open a file to read all of one version, or to write it anew."""
        if not pflags & FXF_WRITE:
            return await PinnedBlob.opened(await self._file(path))
        if pflags & (FXF_APPEND | FXF_READ) or not pflags & (FXF_TRUNC | FXF_EXCL):
            raise asyncssh.SFTPOpUnsupported(_UNSUPPORTED)
        await self._refuse_directory(path)
        growing = GrowingBlob(self._blob(path))
        await growing.begin(exclusive=bool(pflags & FXF_EXCL))
        return growing

    async def read(self, file_obj: object, offset: int, size: int) -> bytes:
        """Read bytes of an open file."""
        if not isinstance(file_obj, PinnedBlob):
            raise asyncssh.SFTPFailure("the file is open for writing")
        return await file_obj.read(offset, size)

    async def write(self, file_obj: object, offset: int, data: bytes) -> int:
        """Write the next bytes of an open file."""
        if not isinstance(file_obj, GrowingBlob):
            raise asyncssh.SFTPFailure("the file is open for reading")
        return await file_obj.write(offset, data)

    async def close(self, file_obj: object) -> None:
        """Close an open file; one that was written is whole then."""
        if isinstance(file_obj, GrowingBlob):
            await file_obj.close()

    async def stat(self, path: bytes) -> SFTPAttrs:
        """Describe a file or a directory."""
        if canonical(path) == "/":
            return of_directory()
        with translated():
            try:
                return of_blob(await self._blob(path).get_blob_properties())
            except ResourceNotFoundError:
                if await self._is_empty(path):
                    raise
                return of_directory()

    async def lstat(self, path: bytes) -> SFTPAttrs:
        """Describe a file or a directory: there are no links."""
        return await self.stat(path)

    async def fstat(self, file_obj: object) -> SFTPAttrs:
        """Describe an open file."""
        if not isinstance(file_obj, GrowingBlob | PinnedBlob):
            raise asyncssh.SFTPFailure("not an open file")
        return file_obj.attributes()

    async def scandir(self, path: bytes) -> AsyncIterator[SFTPName]:
        """List a directory."""
        found = {b".": of_directory(), b"..": of_directory()}
        folder = self._folder(path)
        with translated():
            async for entry in self._drops.walk_blobs(folder, include=["metadata"], delimiter="/"):
                name = entry.name.removeprefix(folder).rstrip("/").encode()
                found[name] = of_blob(entry) if isinstance(entry, BlobProperties) else of_directory()
        if len(found) == 2:
            # An empty directory, no directory at all, or a file: `stat` tells.
            await self.stat(path)
        for name, attrs in found.items():
            if name:
                yield SFTPName(name, attrs=attrs)

    async def mkdir(self, path: bytes, attrs: SFTPAttrs) -> None:
        """Make a directory."""
        with translated():
            await self._blob(path).upload_blob(b"", metadata={DIRECTORY: "true"}, overwrite=False)

    async def rmdir(self, path: bytes) -> None:
        """Remove an empty directory."""
        if not await self._is_empty(path):
            raise asyncssh.SFTPFailure("the directory is not empty")
        with translated():
            marker = await self._blob(path).get_blob_properties()
            if not is_directory(marker):
                raise asyncssh.SFTPFailure("not a directory")
            await self._delete(path, marker)

    async def remove(self, path: bytes) -> None:
        """Remove a file that was not taken in yet."""
        file = await self._file(path)
        with translated():
            await self._delete(path, await file.get_blob_properties())

    async def rename(self, oldpath: bytes, newpath: bytes) -> None:
        """Rename a file; `SFTPFileAlreadyExists` when the new name is taken."""
        await self._move(oldpath, newpath, MatchConditions.IfMissing)

    async def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        """Rename a file over whatever has the new name."""
        await self._move(oldpath, newpath, None)

    async def realpath(self, path: bytes) -> bytes:
        """Return the absolute path that a client means."""
        return canonical(path).encode()

    async def setstat(self, path: bytes, attrs: SFTPAttrs) -> None:
        """Keep no modes and times; clients send them after each file, so they are no error."""

    async def lsetstat(self, path: bytes, attrs: SFTPAttrs) -> None:
        """Keep no modes and times."""

    async def fsetstat(self, file_obj: object, attrs: SFTPAttrs) -> None:
        """Keep no modes and times."""

    async def readlink(self, path: bytes) -> Never:
        """Refuse: there are no links."""
        raise asyncssh.SFTPOpUnsupported(_UNSUPPORTED)

    async def symlink(self, oldpath: bytes, newpath: bytes) -> Never:
        """Refuse: there are no links."""
        raise asyncssh.SFTPOpUnsupported(_UNSUPPORTED)

    async def link(self, oldpath: bytes, newpath: bytes) -> Never:
        """Refuse: there are no links."""
        raise asyncssh.SFTPOpUnsupported(_UNSUPPORTED)

    async def lock(self, file_obj: object, offset: int, length: int, flags: int) -> Never:
        """Refuse: there are no locks."""
        raise asyncssh.SFTPOpUnsupported(_UNSUPPORTED)

    async def unlock(self, file_obj: object, offset: int, length: int) -> Never:
        """Refuse: there are no locks."""
        raise asyncssh.SFTPOpUnsupported(_UNSUPPORTED)

    async def statvfs(self, path: bytes) -> Never:
        """Refuse: a box has no disk."""
        raise asyncssh.SFTPOpUnsupported(_UNSUPPORTED)

    async def fstatvfs(self, file_obj: object) -> Never:
        """Refuse: a box has no disk."""
        raise asyncssh.SFTPOpUnsupported(_UNSUPPORTED)

    async def fsync(self, file_obj: object) -> None:
        """Do nothing: what a client was told is written is in the store or in this open file."""

    async def _move(self, oldpath: bytes, newpath: bytes, condition: MatchConditions | None) -> None:
        source, target = await self._file(oldpath), self._blob(newpath)
        guard: dict[str, Any] = {"match_condition": condition} if condition else {}
        with translated():
            found = await source.get_blob_properties()
            await target.start_copy_from_url(
                source.url,
                source_etag=found.etag,
                source_match_condition=MatchConditions.IfNotModified,
                **guard,
            )
            await self._delete(oldpath, found)

    async def _delete(self, path: bytes, version: BlobProperties) -> None:
        await self._blob(path).delete_blob(etag=version.etag, match_condition=MatchConditions.IfNotModified)

    async def _file(self, path: bytes) -> BlobClient:
        """Return the client of a file that exists; `SFTPNoSuchFile`, `SFTPFailure` for a directory."""
        if (await self.stat(path)).type == asyncssh.FILEXFER_TYPE_DIRECTORY:
            raise asyncssh.SFTPFailure("that is a directory")
        return self._blob(path)

    async def _refuse_directory(self, path: bytes) -> None:
        with suppress(asyncssh.SFTPNoSuchFile):
            await self._file(path)

    async def _is_empty(self, path: bytes) -> bool:
        folder = self._folder(path)
        with translated():
            async for _ in self._drops.list_blobs(name_starts_with=folder, results_per_page=1):
                return False
        return True

    def _folder(self, path: bytes) -> str:
        return f"{blob_name(self._tenant, path).rstrip('/')}/"

    def _blob(self, path: bytes) -> BlobClient:
        return self._drops.get_blob_client(blob_name(self._tenant, path))
