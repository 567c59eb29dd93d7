"""Opens a file whatever it is held in: its members, and each of them as lines of UTF-8."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shared.ingestion.ports import RangedFile
from shared.ingestion.reading.containers import Container, signed_container
from shared.ingestion.reading.hashed_files import HashedFile
from shared.ingestion.reading.sniffing import HEAD_BYTES, Head, text_head
from shared.ingestion.refusal import FailureCode, FileRefused
from shared.ingestion.staging.archives import Archive
from shared.ingestion.staging.blocks import READ_BYTES, Blocks, first_bytes, read_range
from shared.ingestion.staging.holdings import Gzipped, Holding, Plain, Zipped
from shared.ingestion.staging.looks import look
from shared.ingestion.staging.model import LIMITS, Limits, Member
from shared.ingestion.staging.refusals import unread
from shared.ingestion.staging.workbooks import Workbook

_OFFICE: Final = {"word/": "a Word document", "ppt/": "a PowerPoint presentation"}


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file with its members in order; its directory, and what its members share, was read for all at once.

    Of what is read to stream members the digest comes as well.
    """

    file: RangedFile
    _holding: Holding
    _read: HashedFile

    @property
    def members(self) -> Sequence[Member]:
        """What the file holds: one table at least."""
        return self._holding.members

    async def head(self, member: Member) -> Head:
        """Return the first lines of a member; offsets count in its stream, of one in place in the file."""
        if member.in_place:
            return text_head(await read_range(self.file, 0, HEAD_BYTES), self.file.size)
        first = await first_bytes(self._holding.stream(member, HEAD_BYTES), HEAD_BYTES + 1)
        return text_head(first[:HEAD_BYTES], len(first))

    def stream(self, member: Member) -> Blocks:
        """Yield a member in its line format, without byte order mark, in blocks of about a megabyte.

        It is UTF-8, but for text that came in Windows-1252 or turns to it: that is passed on as it is, for
        the scan to judge, which knows what the feed allows. `FileRefused` as soon as the member is found
        damaged, beyond a limit, or not in its encoding.
        """
        return self._holding.stream(member, READ_BYTES)

    async def sha256(self) -> str:
        """Return the SHA-256 of the file's own bytes."""
        return await self._read.sha256()


async def open_file(file: RangedFile, limits: Limits = LIMITS) -> OpenedFile:
    """Open a file; only directories, first bytes and what sheets share are read.

    `FileRefused` when the file breaks a limit, is damaged where it was read, or holds nothing that is read.
    """
    read = HashedFile(file)
    return OpenedFile(file, await _held(read, limits), read)


async def _held(file: RangedFile, limits: Limits) -> Holding:
    first = await read_range(file, 0, HEAD_BYTES)
    if not first.strip():
        raise FileRefused(FailureCode.EMPTY, "the file is empty")
    container = signed_container(first)
    if container is Container.GZIP:
        return await Gzipped.open(file, limits)
    if container in {Container.ZIP, Container.XLSX, Container.ODS}:
        return await _unzipped(await Archive.open(file, limits))
    return Plain(file, limits, look(file.name, first, limits))


async def _unzipped(archive: Archive) -> Holding:
    names = [entry.name for entry in archive.entries]
    if "[Content_Types].xml" in names:
        for folder, what in _OFFICE.items():
            if any(name.startswith(folder) for name in names):
                raise unread(archive.file.name, what)
    return await Workbook.open(archive) or await Zipped.open(archive)
