"""Surveys a file: finds its members, recognises them, and scans and cuts their lines.

Members whose lines do not lie in the file as such, because it is packed, a spreadsheet or in another
encoding, are staged first: their lines are written down once, and everything after that reads there.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Final, Protocol

from shared.ingestion import policies
from shared.ingestion.loads import Target
from shared.ingestion.mapping.feed import Mapping
from shared.ingestion.model import Chunk, PlannedMember, Recognition
from shared.ingestion.planning.scanning import Body, Recut, Scan, Scanned
from shared.ingestion.ports import RangedFile
from shared.ingestion.reading.headed_files import HeadedFile
from shared.ingestion.recognising.members import MemberHead, Taken
from shared.ingestion.recognising.recognition import Recognised, recognise
from shared.ingestion.refusal import FailureCode, FileRefused
from shared.ingestion.staging import OpenedFile, open_file
from shared.ingestion.table_names import TableName
from shared.ingestion.working.work import ENGINE_VERSION

READ_BYTES: Final = 8 * 1024 * 1024
_AHEAD: Final = 2
"""Blocks that are read while one is scanned: a store answers late, and then as fast as it can."""


@dataclass(frozen=True, slots=True)
class StagedLines:
    """Lines that were written down: where, and as a file to be read."""

    path: str | None
    file: RangedFile


class Stage(Protocol):
    """Where the lines of members are written down."""

    async def write(self, at: int, name: str, lines: AsyncIterator[bytes]) -> StagedLines:
        """Write the lines of the member at place `at` down; doing it twice is doing it once."""
        ...


@dataclass(frozen=True, slots=True)
class SurveyedMember:
    """One member that the feed takes: how it is planned, what its scan found, and where its lines are."""

    taken: Taken
    planned: PlannedMember
    scanned: Scanned
    lines: RangedFile


@dataclass(frozen=True, slots=True)
class Survey:
    """Which feed a file is, and what the scan of all its bytes found."""

    recognised: Recognised
    sha256: str
    members: tuple[SurveyedMember, ...]
    warnings: tuple[str, ...]
    """What the sender should know of."""

    @property
    def chunks(self) -> tuple[Chunk, ...]:
        """The chunks of all members, numbered through."""
        every = ((at, chunk) for at, one in enumerate(self.members) for chunk in one.scanned.chunks)
        return tuple(replace(chunk, n=n, member=at) for n, (at, chunk) in enumerate(every))

    @property
    def records(self) -> int:
        """The data records of the file."""
        return sum(one.scanned.records for one in self.members)

    @property
    def pins(self) -> Recognition:
        """What the plan of the file pins."""
        mapping = self.recognised.mapping
        targets: dict[str, Target] = {}
        for taken, load in zip(self.recognised.members, self.recognised.loads, strict=True):
            targets.setdefault(taken.part.table, mapping.target(taken.part, load))
            if taken.part.identities:
                targets.setdefault(TableName.PERSON, mapping.people_target(load))
        return Recognition(
            sha256=self.sha256,
            feed=mapping.id,
            mapping_version=mapping.version,
            engine_version=ENGINE_VERSION,
            source=self.recognised.source,
            targets=tuple(targets.values()),
        )


class Surveyor:
    """Surveys files of any size in bounded memory: three blocks of `read_bytes`."""

    def __init__(self, *, chunk_bytes: int = policies.CHUNK_BYTES, read_bytes: int = READ_BYTES) -> None:
        self._chunk_bytes = chunk_bytes
        self._read_bytes = read_bytes

    async def survey(self, file: RangedFile, feeds: Sequence[Mapping], stage: Stage) -> Survey:
        """Return which of `feeds` the file is and what the scan found; `FileRefused` says why not."""
        opened = await open_file(HeadedFile(file))
        heads = await heads_of(opened)
        recognised = await asyncio.to_thread(recognise, heads, file.name, feeds)
        return await self.scan_feed(opened, recognised, stage)

    async def scan_feed(self, opened: OpenedFile, recognised: Recognised, stage: Stage) -> Survey:
        """Scan a file that is known to be of a feed, and cut it as the feed asks."""
        members = opened.members
        found = [await self._member(opened, recognised, one, stage) for one in recognised.members]
        survey = Survey(
            recognised,
            found[0].scanned.sha256 if members[0].in_place else await opened.sha256(),
            tuple(found),
            (
                *(warning for member in members for warning in member.warnings),
                *recognised.warnings,
                *dict.fromkeys(warning for one in found for warning in one.scanned.warnings),
            ),
        )
        if survey.records == 0:
            raise FileRefused(FailureCode.EMPTY, "the file has a header and no records")
        return survey

    async def _member(
        self, opened: OpenedFile, recognised: Recognised, taken: Taken, stage: Stage
    ) -> SurveyedMember:
        mapping, part, member = recognised.mapping, taken.part, opened.members[taken.at]
        lines = StagedLines(None, opened.file)
        if not member.in_place:
            lines = await stage.write(taken.at, member.name, opened.stream(member))
        body = Body(taken.layout, taken.first_record, mapping.encodings)
        scanned = await self.scan(
            lines.file, body, policies.chunk_bytes(self._chunk_bytes, wide=part.unpivot is not None)
        )
        planned = PlannedMember(
            name=member.name,
            part=part.name,
            layout=scanned.layout,
            staged=lines.path,
            size=lines.file.size,
            unread=taken.unread,
        )
        return SurveyedMember(taken, planned, scanned, lines.file)

    async def scan(self, file: RangedFile, body: Body, chunk_bytes: int | None = None) -> Scanned:
        """Scan whole lines; `FileRefused` when they can't be read or cut to their end."""
        size = chunk_bytes or self._chunk_bytes
        scan = Scan(body, size)
        async with aclosing(self._blocks(file)) as blocks:
            async for block in blocks:
                await asyncio.gather(asyncio.to_thread(scan.note, block), asyncio.to_thread(scan.cut, block))
        scan.end()
        if not scan.irregular:
            return scan.finish(None)
        recut = Recut(body, size)
        async with aclosing(self._blocks(file)) as blocks:
            async for block in blocks:
                await asyncio.to_thread(recut.feed, block)
        return scan.finish(recut.finish())

    async def _blocks(self, file: RangedFile) -> AsyncGenerator[bytes]:
        """Yield the file in blocks, reading some ahead while the caller works on the last."""
        ahead = deque[asyncio.Task[bytes]]()
        try:
            for offset in range(0, file.size, self._read_bytes):
                ahead.append(asyncio.create_task(_read(file, offset, self._read_bytes)))
                if len(ahead) > _AHEAD:
                    yield await ahead.popleft()
            while ahead:
                yield await ahead.popleft()
        finally:
            for reading in ahead:
                reading.cancel()
            await asyncio.gather(*ahead, return_exceptions=True)


async def heads_of(opened: OpenedFile) -> list[MemberHead]:
    """Return the heads of all members; `FileRefused` when one is no text to take apart."""
    return [MemberHead(one.name, await opened.head(one), one.lines, one.nothing) for one in opened.members]


async def _read(file: RangedFile, offset: int, length: int) -> bytes:
    return await file.read(offset, length)
