"""A file whose head is read once: everything that looks at a file looks there first."""

from typing import Final

from shared.ingestion.ports import RangedFile
from shared.ingestion.reading.sniffing import HEAD_BYTES

SMALL_BYTES: Final = 1024 * 1024
"""Files up to this size are read whole, by one request: so are most that come day by day."""

_NOTHING: Final = b""


class HeadedFile:
    """Remembers the first `HEAD_BYTES` of a file, and all of a small one: it is read once."""

    def __init__(self, file: RangedFile) -> None:
        self._file = file
        self._head: bytes | None = None
        self._remembered = file.size if file.size <= SMALL_BYTES else HEAD_BYTES
        self.name = file.name
        self.size = file.size

    async def read(self, offset: int, length: int) -> bytes:
        """Return at most `length` bytes from `offset`; `FileRefused` when the file has changed."""
        if offset >= self.size:
            return _NOTHING
        end = min(offset + length, self.size)
        if end > self._remembered:
            return await self._file.read(offset, length)
        if self._head is None:
            self._head = await self._file.read(0, self._remembered)
        return self._head[offset:end]
