"""Frames in a file of this machine's disk that has no name: it is gone with the process at the latest."""

import asyncio
import io
import os
from contextlib import ExitStack
from functools import cached_property
from tempfile import TemporaryFile
from typing import IO, Self

import polars as pl

from shared.analytics.folding.room import Spot
from shared.kernel.errors import Unavailable
from shared.platform.memory import give_back


class DiskScratch:
    """Implements `Scratch`; use it as a context manager. A file is made with the first frame."""

    def __enter__(self) -> Self:
        self._open = ExitStack()
        self._writing = asyncio.Lock()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    async def put(self, frame: pl.DataFrame) -> Spot:
        """Write a frame at the end, return where it lies; `Unavailable` when there is no room."""
        async with self._writing:
            return await asyncio.to_thread(self._put, frame)

    async def get(self, spot: Spot) -> pl.DataFrame:
        """Return the frame at a spot."""
        return await asyncio.to_thread(self._get, spot)

    @cached_property
    def _file(self) -> IO[bytes]:
        # Whoever lays something aside is short of memory, of which what ran before may still hold some.
        give_back()
        self._open.callback(give_back)
        return self._open.enter_context(TemporaryFile(buffering=0))

    def _put(self, frame: pl.DataFrame) -> Spot:
        start = self._file.tell()
        try:
            frame.write_ipc(self._file, compression="uncompressed")
        except (OSError, pl.exceptions.PolarsError) as failed:
            raise Unavailable("the disk of this machine takes no more") from failed
        return start, self._file.tell() - start

    def _get(self, spot: Spot) -> pl.DataFrame:
        start, length = spot
        return pl.read_ipc(io.BytesIO(os.pread(self._file.fileno(), length, start)))
