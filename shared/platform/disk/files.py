"""A file on this machine's disk, read in ranges."""

import asyncio
import os
import stat
from pathlib import Path
from typing import Self

from shared.ingestion.refusal import replaced
from shared.kernel.errors import InvalidInput


class DiskFile:
    """An open regular file; use it as a context manager."""

    def __init__(self, path: Path) -> None:
        """Open the file; `InvalidInput` names a path that is no readable file."""
        try:
            self._descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        except OSError as error:
            raise InvalidInput.at(str(path), error.strerror or "cannot be opened") from None
        found = os.fstat(self._descriptor)
        if not stat.S_ISREG(found.st_mode):
            os.close(self._descriptor)
            raise InvalidInput.at(str(path), "is not a file")
        self.name = path.name
        self.size = found.st_size
        self._version = _version(found)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)

    async def read(self, offset: int, length: int) -> bytes:
        """Return at most `length` bytes from `offset`; `FileRefused` when the file was written meanwhile."""
        data = await asyncio.to_thread(os.pread, self._descriptor, length, offset)
        if _version(os.fstat(self._descriptor)) != self._version:
            raise replaced()
        return data


def _version(found: os.stat_result) -> tuple[int, int]:
    return found.st_size, found.st_mtime_ns
