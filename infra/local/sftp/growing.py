"""A blob that is written front to back, and that everybody sees growing."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

import asyncssh
from azure.core import MatchConditions
from azure.storage.blob import BlobBlock
from azure.storage.blob.aio import BlobClient

from infra.local.sftp.attributes import of_file
from infra.local.sftp.errors import translated

_BLOCK: Final = 4 * 1024 * 1024
_AHEAD: Final = 16 * 1024 * 1024
"""Bytes that may come before the ones that belong in front of them: clients send several writes at once."""
_SHOWN_EVERY: Final = 1.0
_LARGEST: Final = 10 * 1024**3


class GrowingBlob:
    """An open file. What is written becomes visible block by block, a second later at most.

    It holds at most 20 MB. Every step of growth is conditional on the one before, so a file that was taken
    in, renamed or overwritten meanwhile grows no further: its writer hears of it.
    """

    def __init__(self, blob: BlobClient, clock: Callable[[], float] = time.monotonic) -> None:
        self._blob = blob
        self._clock = clock
        self._etag = ""
        self._blocks: list[BlobBlock] = []
        self._buffer = bytearray()
        self._ahead: dict[int, bytes] = {}
        self._size = 0
        self._shown_at = clock()
        self._dirty = False

    async def begin(self, *, exclusive: bool) -> None:
        """Make the file, empty; one that exists is emptied, or is an error when `exclusive`."""
        with translated():
            written = await self._blob.upload_blob(b"", overwrite=not exclusive)
        self._etag = written["etag"]

    async def write(self, offset: int, data: bytes) -> int:
        """Take bytes; `SFTPFailure` for what lies behind the end already written, or too far ahead."""
        if offset < self._size or offset + len(data) > _LARGEST:
            raise asyncssh.SFTPFailure(f"a file is written front to back, and has at most {_LARGEST} bytes")
        self._ahead[offset] = data
        while (following := self._ahead.pop(self._size, None)) is not None:
            self._buffer += following
            self._size += len(following)
        if sum(map(len, self._ahead.values())) > _AHEAD:
            raise asyncssh.SFTPFailure(f"bytes from {self._size} on are missing")
        await self._store()
        return len(data)

    async def close(self) -> None:
        """Show all that was written; `SFTPFailure` when bytes are missing."""
        await self._stage()
        if self._dirty:
            await self._show()
        if self._ahead:
            raise asyncssh.SFTPFailure(f"bytes from {self._size} on are missing")

    def attributes(self) -> asyncssh.SFTPAttrs:
        """Describe the file as it is."""
        return of_file(self._size, datetime.now(UTC))

    async def _store(self) -> None:
        due = self._clock() - self._shown_at >= _SHOWN_EVERY
        if due or len(self._buffer) >= _BLOCK:
            await self._stage()
        if due and self._dirty:
            await self._show()

    async def _stage(self) -> None:
        if not self._buffer:
            return
        block = BlobBlock(f"{len(self._blocks):06d}")
        with translated():
            await self._blob.stage_block(block.id, bytes(self._buffer))
        self._blocks.append(block)
        self._buffer.clear()
        self._dirty = True

    async def _show(self) -> None:
        with translated():
            written: dict[str, Any] = await self._blob.commit_block_list(
                self._blocks, etag=self._etag, match_condition=MatchConditions.IfNotModified
            )
        self._etag = written["etag"]
        self._shown_at, self._dirty = self._clock(), False
