"""Surveys a landed file: reads it once in ranges, recognises it, and scans and cuts what follows."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Final

from shared.ingestion import policies
from shared.ingestion.mapping import Mapping
from shared.ingestion.model import Ingest
from shared.ingestion.ports import LandingBlobs
from shared.ingestion.recognising import Recognised, recognise
from shared.ingestion.refusal import replaced
from shared.ingestion.scanning import Recut, Scan, Scanned
from shared.ingestion.sniffing import HEAD_BYTES, sniff
from shared.kernel.errors import NotFound, PreconditionFailed
from shared.kernel.scope import TenantScope

READ_BYTES: Final = 8 * 1024 * 1024


class Surveyor:
    """Surveys files of any size in bounded memory: two blocks of `read_bytes`."""

    def __init__(
        self,
        landing: LandingBlobs,
        *,
        chunk_bytes: int = policies.CHUNK_BYTES,
        read_bytes: int = READ_BYTES,
    ) -> None:
        self._landing = landing
        self._chunk_bytes = chunk_bytes
        self._read_bytes = read_bytes

    async def survey(
        self, scope: TenantScope, ingest: Ingest, feeds: Sequence[Mapping]
    ) -> tuple[Recognised, Scanned]:
        """Return which of `feeds` the file is and what the scan found; `FileRefused` says why not."""
        try:
            first = await self._landing.read(scope, ingest.blob, 0, HEAD_BYTES, ingest.etag)
            head = sniff(first, ingest.size)
            recognised = await asyncio.to_thread(recognise, head, ingest.file_name, feeds)
            return recognised, await self._scan(scope, ingest, recognised)
        except (PreconditionFailed, NotFound):
            raise replaced() from None

    async def _scan(self, scope: TenantScope, ingest: Ingest, recognised: Recognised) -> Scanned:
        size = policies.chunk_bytes(recognised.mapping, self._chunk_bytes)
        scan = Scan(recognised, size)
        async with aclosing(self._blocks(scope, ingest)) as blocks:
            async for block in blocks:
                await asyncio.to_thread(scan.feed, block)
        scan.end()
        if not scan.irregular:
            return scan.finish(None)
        recut = Recut(recognised, size)
        async with aclosing(self._blocks(scope, ingest)) as blocks:
            async for block in blocks:
                await asyncio.to_thread(recut.feed, block)
        return scan.finish(recut.finish())

    async def _blocks(self, scope: TenantScope, ingest: Ingest) -> AsyncGenerator[bytes]:
        """Yield the file in blocks, reading one ahead while the caller works on the last."""
        ahead: asyncio.Task[bytes] | None = None
        try:
            for offset in range(0, ingest.size, self._read_bytes):
                block = await (ahead or self._block(scope, ingest, offset))
                following = offset + self._read_bytes
                ahead = None
                if following < ingest.size:
                    ahead = asyncio.create_task(self._block(scope, ingest, following))
                yield block
        finally:
            if ahead is not None:
                ahead.cancel()
                await asyncio.gather(ahead, return_exceptions=True)

    async def _block(self, scope: TenantScope, ingest: Ingest, offset: int) -> bytes:
        return await self._landing.read(scope, ingest.blob, offset, self._read_bytes, ingest.etag)
