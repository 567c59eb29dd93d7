"""Opens a file whatever it is held in: its members, and each of them as lines of UTF-8."""

from collections.abc import Sequence
from contextlib import aclosing
from typing import Final

from shared.ingestion.ports import RangedFile
from shared.ingestion.reading.containers import Container, signed_container
from shared.ingestion.reading.sniffing import HEAD_BYTES, Head, text_head
from shared.ingestion.refusal import FailureCode, FileRefused
from shared.ingestion.staging.archives import Archive
from shared.ingestion.staging.blocks import READ_BYTES, Blocks, first_bytes, read_range
from shared.ingestion.staging.holdings import Gzipped, Holding, Plain, Zipped
from shared.ingestion.staging.model import LIMITS, Limits, Member
from shared.ingestion.staging.refusals import unread
from shared.ingestion.staging.workbooks import Workbook

_OFFICE: Final = {"word/": "a Word document", "ppt/": "a PowerPoint presentation"}


async def members_of(file: RangedFile, limits: Limits = LIMITS) -> Sequence[Member]:
    """Return what a file holds, in its order; only directories and first bytes are read.

    `FileRefused` when the file breaks a limit, is damaged where it was read, or holds nothing that is read.
    """
    return await (await _opened(file, limits)).members()


async def stream(file: RangedFile, member: Member, limits: Limits = LIMITS) -> Blocks:
    """Yield a member in its line format, without byte order mark, in blocks of about a megabyte.

    It is UTF-8, but for text that came in Windows-1252 or turns to it: that is passed on as it is, for the
    scan to judge, which knows what the feed allows. `FileRefused` as soon as the member is found damaged,
    beyond a limit, or not in its encoding.
    """
    holding = await _opened(file, limits)
    async with aclosing(holding.stream(member, READ_BYTES)) as blocks:
        async for block in blocks:
            yield block


async def head_of(file: RangedFile, member: Member, limits: Limits = LIMITS) -> Head:
    """Return the first lines of a member; its offsets count in the stream, of one in place in the file."""
    if member.in_place:
        return text_head(await read_range(file, 0, HEAD_BYTES), file.size)
    blocks = (await _opened(file, limits)).stream(member, HEAD_BYTES)
    first = await first_bytes(blocks, HEAD_BYTES + 1)
    return text_head(first[:HEAD_BYTES], len(first))


async def _opened(file: RangedFile, limits: Limits) -> Holding:
    first = await read_range(file, 0, HEAD_BYTES)
    if not first.strip():
        raise FileRefused(FailureCode.EMPTY, "the file is empty")
    container = signed_container(first)
    if container is Container.GZIP:
        return Gzipped(file, limits)
    if container in {Container.ZIP, Container.XLSX, Container.ODS}:
        return await _unzipped(await Archive.open(file, limits))
    return Plain(file, limits, first)


async def _unzipped(archive: Archive) -> Holding:
    names = [entry.name for entry in archive.entries]
    if "[Content_Types].xml" in names:
        for folder, what in _OFFICE.items():
            if any(name.startswith(folder) for name in names):
                raise unread(archive.file.name, what)
    return await Workbook.open(archive) or Zipped(archive)
