"""A file whose head is read once: everything that looks at a file looks there first."""

from typing import Final

from shared.ingestion.ports import RangedFile
from shared.ingestion.reading.sniffing import HEAD_BYTES

_NOTHING: Final = b""


class HeadedFile:
    """Remembers the first `HEAD_BYTES` of a file: a small file is read once, however often it is asked."""

    def __init__(self, file: RangedFile) -> None:
        self._file = file
        self._head: bytes | None = None
        self.name = file.name
        self.size = file.size

    async def read(self, offset: int, length: int) -> bytes:
        """Return at most `length` bytes from `offset`; `FileRefused` when the file has changed."""
        if offset >= self.size:
            return _NOTHING
        end = min(offset + length, self.size)
        if end > HEAD_BYTES:
            return await self._file.read(offset, length)
        if self._head is None:
            self._head = await self._file.read(0, HEAD_BYTES)
        return self._head[offset:end]
