"""Surveys a file: reads it once in ranges, recognises it, and scans and cuts what follows."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

from shared.ingestion import policies
from shared.ingestion.landed_files import LandedFile
from shared.ingestion.loads import Load, Target
from shared.ingestion.mapping import Mapping
from shared.ingestion.model import Ingest, Recognition
from shared.ingestion.ports import LandingBlobs, RangedFile
from shared.ingestion.recognising import Recognised, recognise
from shared.ingestion.scanning import Body, Recut, Scan, Scanned
from shared.ingestion.sniffing import HEAD_BYTES, Head, sniff
from shared.ingestion.tables import TableName
from shared.ingestion.working import ENGINE_VERSION
from shared.kernel.scope import TenantScope

READ_BYTES: Final = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Survey:
    """Which feed a file is, and what the scan of all its bytes found."""

    recognised: Recognised
    scanned: Scanned

    @property
    def pins(self) -> Recognition:
        """What the plan of the file pins."""
        return Recognition(
            sha256=self.scanned.sha256,
            feed=self.recognised.mapping.id,
            mapping_version=self.recognised.mapping.version,
            engine_version=ENGINE_VERSION,
            source=self.recognised.identity.source,
            targets=(Target(TableName.RESULTS, Load.REPLACE),),
        )

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the sender should know of."""
        return self.recognised.warnings + self.scanned.warnings


class Surveyor:
    """Surveys landed files of any size."""

    def __init__(
        self,
        landing: LandingBlobs,
        *,
        chunk_bytes: int = policies.CHUNK_BYTES,
        read_bytes: int = READ_BYTES,
    ) -> None:
        self._landing = landing
        self._scanner = Scanner(chunk_bytes, read_bytes)

    async def survey(self, scope: TenantScope, ingest: Ingest, feeds: Sequence[Mapping]) -> Survey:
        """Return which of `feeds` the file is and what the scan found; `FileRefused` says why not."""
        file = LandedFile(self._landing, scope, ingest)
        recognised = await asyncio.to_thread(recognise, await head_of(file), file.name, feeds)
        return Survey(recognised, await self._scanner.scan_feed(file, recognised))


async def head_of(file: RangedFile) -> Head:
    """Return the head of a file; `FileRefused` when it is no text to take apart."""
    return sniff(await file.read(0, HEAD_BYTES), file.size)


class Scanner:
    """Scans files in bounded memory: two blocks of `read_bytes`."""

    def __init__(self, chunk_bytes: int = policies.CHUNK_BYTES, read_bytes: int = READ_BYTES) -> None:
        self._chunk_bytes = chunk_bytes
        self._read_bytes = read_bytes

    async def scan_feed(self, file: RangedFile, recognised: Recognised) -> Scanned:
        """Scan a file that is known to be of a feed, and cut it as the feed asks."""
        mapping = recognised.mapping
        body = Body(recognised.layout, recognised.first_record, mapping.encodings)
        return await self.scan(file, body, policies.chunk_bytes(mapping, self._chunk_bytes))

    async def scan(self, file: RangedFile, body: Body, chunk_bytes: int | None = None) -> Scanned:
        """Scan a whole file; `FileRefused` when it can't be read or cut to its end."""
        size = chunk_bytes or self._chunk_bytes
        scan = Scan(body, size)
        async with aclosing(self._blocks(file)) as blocks:
            async for block in blocks:
                await asyncio.to_thread(scan.feed, block)
        scan.end()
        if not scan.irregular:
            return scan.finish(None)
        recut = Recut(body, size)
        async with aclosing(self._blocks(file)) as blocks:
            async for block in blocks:
                await asyncio.to_thread(recut.feed, block)
        return scan.finish(recut.finish())

    async def _blocks(self, file: RangedFile) -> AsyncGenerator[bytes]:
        """Yield the file in blocks, reading one ahead while the caller works on the last."""
        ahead: asyncio.Task[bytes] | None = None
        try:
            for offset in range(0, file.size, self._read_bytes):
                block = await (ahead or file.read(offset, self._read_bytes))
                following = offset + self._read_bytes
                ahead = None
                if following < file.size:
                    ahead = asyncio.create_task(_read(file, following, self._read_bytes))
                yield block
        finally:
            if ahead is not None:
                ahead.cancel()
                await asyncio.gather(ahead, return_exceptions=True)


async def _read(file: RangedFile, offset: int, length: int) -> bytes:
    return await file.read(offset, length)
