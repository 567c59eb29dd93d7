"""The ways a file holds its tables: it is one, packs one, or is an archive of several."""

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Final, Protocol

from shared.ingestion.ports import RangedFile
from shared.ingestion.reading.containers import DESCRIPTIONS, Container, signed_container
from shared.ingestion.reading.sniffing import HEAD_BYTES
from shared.ingestion.refusal import FailureCode, FileRefused
from shared.ingestion.staging.archives import Archive, common_folder, tables_of
from shared.ingestion.staging.blocks import Blocks, Chain, converted, first_bytes, read_blocks
from shared.ingestion.staging.inflating import Gunzip
from shared.ingestion.staging.looks import Look, look
from shared.ingestion.staging.model import Limits, Member
from shared.ingestion.staging.refusals import unread, unsafe

_PICTURES: Final = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8")
_NESTED: Final = {Container.ZIP, Container.GZIP, Container.TAR, Container.XLSX, Container.ODS}


class Holding(Protocol):
    """An opened file."""

    async def members(self) -> Sequence[Member]:
        """Return its members in order."""
        ...

    def stream(self, member: Member, block_bytes: int) -> Blocks:
        """Yield a member's lines, reading blocks of the file of about `block_bytes`."""
        ...


@dataclass(frozen=True, slots=True)
class Plain:
    """A file that is one table by itself."""

    file: RangedFile
    limits: Limits
    first: bytes

    async def members(self) -> Sequence[Member]:
        """Return the one member."""
        return (_member(self.file.name, look(self.file.name, self.first, self.limits), packed=False),)

    def stream(self, member: Member, block_bytes: int) -> Blocks:
        """Yield its lines."""
        found = look(member.name, self.first, self.limits)
        return converted(read_blocks(self.file, 0, self.file.size, block_bytes), found.converter(self.limits))


@dataclass(frozen=True, slots=True)
class Gzipped:
    """A gzip file: one table under the file's name without `.gz`."""

    file: RangedFile
    limits: Limits

    @property
    def _name(self) -> str:
        name = self.file.name
        return name[:-3] if name.lower().endswith(".gz") and len(name) > 3 else name

    async def members(self) -> Sequence[Member]:
        """Return the one member."""
        return (_member(self._name, await self._look(), packed=True),)

    async def stream(self, member: Member, block_bytes: int) -> Blocks:
        """Yield its lines."""
        found = await self._look()
        async with aclosing(converted(self._unpacked(block_bytes), found.converter(self.limits))) as blocks:
            async for block in blocks:
                yield block

    async def _look(self) -> Look:
        first = await first_bytes(self._unpacked(HEAD_BYTES), HEAD_BYTES)
        _refuse_nested(self._name, first)
        if not first.strip():
            raise FileRefused(FailureCode.EMPTY, "the file is empty")
        return look(self._name, first, self.limits)

    def _unpacked(self, block_bytes: int) -> Blocks:
        packed = read_blocks(self.file, 0, self.file.size, block_bytes)
        return converted(packed, Chain((Gunzip(self._name, self.limits),)))


@dataclass(frozen=True, slots=True)
class Zipped:
    """A zip archive of tables."""

    archive: Archive

    async def members(self) -> Sequence[Member]:
        """Return the members; those that are no tables are named in the warnings of the first."""
        entries, warnings = tables_of(self.archive)
        folder = common_folder(entries)
        if folder:
            warnings += (f"all members lie in the folder '{folder[:-1]}', which is left out of their names",)
        found = list[Member]()
        for entry in entries:
            name = entry.name.removeprefix(folder)
            first = await first_bytes(self.archive.stream(entry, HEAD_BYTES), HEAD_BYTES)
            _refuse_nested(name, first)
            if what := _no_table(first):
                warnings += (f"'{name}' is {what} and is passed over",)
            else:
                found.append(_member(name, look(name, first, self.archive.limits), packed=True))
        if not found:
            raise unread(
                self.archive.file.name,
                f"a zip archive without a table{''.join(map('; {}'.format, warnings))}",
            )
        found[0] = replace(found[0], warnings=warnings + found[0].warnings)
        return tuple(found)

    async def stream(self, member: Member, block_bytes: int) -> Blocks:
        """Yield the lines of a member."""
        entries, _ = tables_of(self.archive)
        entry = self.archive.find(common_folder(entries) + member.name)
        if entry is None:
            raise LookupError(member.name)
        limits = self.archive.limits
        found = look(
            member.name, await first_bytes(self.archive.stream(entry, HEAD_BYTES), HEAD_BYTES), limits
        )
        unpacked = self.archive.stream(entry, block_bytes)
        async with aclosing(converted(unpacked, found.converter(limits))) as blocks:
            async for block in blocks:
                yield block


def _member(name: str, found: Look, *, packed: bool) -> Member:
    return Member(
        name=name,
        container=found.container,
        encoding=found.encoding,
        lines=found.lines,
        in_place=found.in_place and not packed,
        warnings=found.warnings,
        nothing=found.nothing,
    )


def _refuse_nested(name: str, first: bytes) -> None:
    container = signed_container(first)
    if container in _NESTED:
        raise unsafe(name, f"it is {DESCRIPTIONS[container]} in an archive; send it by itself")


def _no_table(first: bytes) -> str | None:
    if first.startswith(_PICTURES):
        return "a picture"
    return DESCRIPTIONS[Container.PDF] if signed_container(first) is Container.PDF else None
