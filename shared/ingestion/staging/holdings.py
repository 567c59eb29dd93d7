"""The ways a file holds its tables: it is one, packs one, or is an archive of several."""

from collections.abc import Mapping, Sequence
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
from shared.standards.archives.model import Entry

_PICTURES: Final = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8")
_NESTED: Final = {Container.ZIP, Container.GZIP, Container.TAR, Container.XLSX, Container.ODS}


class Holding(Protocol):
    """An opened file."""

    @property
    def members(self) -> Sequence[Member]:
        """Its members in order."""
        ...

    def stream(self, member: Member, block_bytes: int) -> Blocks:
        """Yield a member's lines, reading blocks of the file of about `block_bytes`."""
        ...


@dataclass(frozen=True, slots=True)
class Plain:
    """A file that is one table by itself."""

    file: RangedFile
    limits: Limits
    look: Look

    @property
    def members(self) -> Sequence[Member]:
        """The one member."""
        return (_member(self.look, packed=False),)

    def stream(self, _: Member, block_bytes: int) -> Blocks:
        """Yield its lines."""
        return converted(
            read_blocks(self.file, 0, self.file.size, block_bytes), self.look.converter(self.limits)
        )


@dataclass(frozen=True, slots=True)
class Gzipped:
    """A gzip file: one table under the file's name without `.gz`."""

    file: RangedFile
    limits: Limits
    look: Look

    @classmethod
    async def open(cls, file: RangedFile, limits: Limits) -> "Gzipped":
        """Look into it; `FileRefused` when it is empty, or holds no text."""
        name = file.name[:-3] if file.name.lower().endswith(".gz") and len(file.name) > 3 else file.name
        first = await first_bytes(_gunzipped(file, name, limits, HEAD_BYTES), HEAD_BYTES)
        _refuse_nested(name, first)
        if not first.strip():
            raise FileRefused(FailureCode.EMPTY, "the file is empty")
        return cls(file, limits, look(name, first, limits))

    @property
    def members(self) -> Sequence[Member]:
        """The one member."""
        return (_member(self.look, packed=True),)

    def stream(self, member: Member, block_bytes: int) -> Blocks:
        """Yield its lines."""
        unpacked = _gunzipped(self.file, member.name, self.limits, block_bytes)
        return converted(unpacked, self.look.converter(self.limits))


@dataclass(frozen=True, slots=True)
class Zipped:
    """A zip archive of tables."""

    archive: Archive
    members: Sequence[Member]
    """Those that are no tables are named in the warnings of the first."""
    packed: Mapping[str, tuple[Entry, Look]]
    """Where each member lies, and how it is written."""

    @classmethod
    async def open(cls, archive: Archive) -> "Zipped":
        """Look into each entry; `FileRefused` when one is no text, or no table is among them."""
        entries, warnings = tables_of(archive)
        folder = common_folder(entries)
        if folder:
            warnings += (f"all members lie in the folder '{folder[:-1]}', which is left out of their names",)
        packed = dict[str, tuple[Entry, Look]]()
        for entry in entries:
            name = entry.name.removeprefix(folder)
            first = await first_bytes(archive.stream(entry, HEAD_BYTES), HEAD_BYTES)
            _refuse_nested(name, first)
            if what := _no_table(first):
                warnings += (f"'{name}' is {what} and is passed over",)
            else:
                packed[name] = entry, look(name, first, archive.limits)
        if not packed:
            what = f"a zip archive without a table{''.join(map('; {}'.format, warnings))}"
            raise unread(archive.file.name, what)
        found = [_member(one, packed=True) for _, one in packed.values()]
        found[0] = replace(found[0], warnings=warnings + found[0].warnings)
        return cls(archive, found, packed)

    def stream(self, member: Member, block_bytes: int) -> Blocks:
        """Yield the lines of a member."""
        entry, found = self.packed[member.name]
        return converted(self.archive.stream(entry, block_bytes), found.converter(self.archive.limits))


def _gunzipped(file: RangedFile, member: str, limits: Limits, block_bytes: int) -> Blocks:
    return converted(read_blocks(file, 0, file.size, block_bytes), Chain((Gunzip(member, limits),)))


def _member(found: Look, *, packed: bool) -> Member:
    return Member(
        name=found.member,
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
