"""A file whose digest comes of reading it: what is read in its order is not read again for it."""

import asyncio
import hashlib
from typing import Final

from shared.ingestion.ports import RangedFile

_READ_BYTES: Final = 8 * 1024 * 1024
_GAP: Final = 64 * 1024
"""What a reader leaves out between two reads, such as the names in a zip, is read for the digest alone."""


class HashedFile:
    """Hashes a file from its start, as far as its reader goes, and the rest when the digest is asked for."""

    def __init__(self, file: RangedFile, read_bytes: int = _READ_BYTES) -> None:
        self.name = file.name
        self.size = file.size
        self._file = file
        self._read_bytes = read_bytes
        self._hash = hashlib.sha256()
        self._at = 0
        self._order = asyncio.Lock()

    async def read(self, offset: int, length: int) -> bytes:
        """Return at most `length` bytes from `offset`; `FileRefused` when the file has changed."""
        if self._at < offset <= self._at + _GAP:
            await self._take(self._at, await self._file.read(self._at, offset - self._at))
        data = await self._file.read(offset, length)
        await self._take(offset, data)
        return data

    async def sha256(self) -> str:
        """Return the SHA-256 of the whole file."""
        while self._at < self.size:
            await self._take(self._at, await self._file.read(self._at, self._read_bytes))
        return self._hash.hexdigest()

    async def _take(self, offset: int, data: bytes) -> None:
        """Hash what goes on where the hash is; anything else was hashed before, or comes later."""
        async with self._order:
            if offset <= self._at < offset + len(data):
                new, self._at = data[self._at - offset :], offset + len(data)
                await asyncio.to_thread(self._hash.update, new)
