"""Stages the lines of packed files in a folder of this machine's disk."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from shared.ingestion.planning.survey import StagedLines
from shared.platform.disk.files import DiskFile


class DiskStage:
    """A folder that is gone when the context manager ends, with the files open until then."""

    def __enter__(self) -> Self:
        self._open = ExitStack()
        self._folder = Path(self._open.enter_context(TemporaryDirectory(prefix="termtide-staged-")))
        self._written = 0
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    async def write(self, at: int, name: str, lines: AsyncIterator[bytes]) -> StagedLines:
        """Write the lines of the member at place `at` down."""
        path = self._folder / f"{self._written:06d}-{at:03d}"
        self._written += 1
        with path.open("wb") as file:
            async for block in lines:
                await asyncio.to_thread(file.write, block)
        return StagedLines(str(path), self._open.enter_context(DiskFile(path)))
