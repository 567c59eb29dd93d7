"""Opens zip archives: which members are taken, and what no archive may hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shared.ingestion.ports import RangedFile
from shared.ingestion.staging.blocks import READ_BYTES, Blocks, Chain, converted, read_blocks, read_range
from shared.ingestion.staging.model import Limits
from shared.ingestion.staging.refusals import refusals
from shared.standards.archives.directory import data_offset, read_directory
from shared.standards.archives.inflating import Inflater, Stored
from shared.standards.archives.model import Asking, Entry
from shared.standards.archives.rules import DEFLATED, refuse_unsafe

_LEFT_BY_SYSTEMS: Final = {".DS_Store", "Thumbs.db", "desktop.ini"}
_MAC_FOLDER: Final = "__MACOSX"


@dataclass(frozen=True, slots=True)
class Archive:
    """A zip archive that keeps all rules; its entries are files with names of their own."""

    file: RangedFile
    limits: Limits
    entries: tuple[Entry, ...]

    @classmethod
    async def open(cls, file: RangedFile, limits: Limits) -> "Archive":
        """Read the directory; `FileRefused` when the archive is unsafe or damaged."""
        entries = await _answered(file, read_directory(file.name, file.size, limits))
        with refusals():
            refuse_unsafe(entries, file.name, limits)
        return cls(file, limits, entries)

    def find(self, name: str) -> Entry | None:
        """Return the entry of a name, None when there is none."""
        return next((entry for entry in self.entries if entry.name == name), None)

    async def stream(self, entry: Entry, block_bytes: int = READ_BYTES) -> Blocks:
        """Yield the unpacked bytes of a member; `FileRefused` where they are not what the directory says."""
        offset = await _answered(self.file, data_offset(self.file.name, self.file.size, entry))
        packed = read_blocks(self.file, offset, offset + entry.packed, block_bytes)
        name = f"{self.file.name}/{entry.name}"
        unpack: Inflater | Stored = Stored(name, entry.unpacked, entry.crc)
        if entry.method == DEFLATED:
            unpack = Inflater(name, entry.unpacked, entry.crc, self.limits)
        with refusals():
            async for piece in converted(packed, Chain((unpack,))):
                yield piece


async def _answered[T](file: RangedFile, asking: Asking[T]) -> T:
    """Read what is asked for, and return what it was asked for."""
    with refusals():
        try:
            asked = next(asking)
            while True:
                asked = asking.send(await read_range(file, asked.offset, asked.length))
        except StopIteration as done:
            answer: T = done.value
            return answer


def tables_of(archive: Archive) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """Return the entries that may be tables, and warnings about the others."""
    taken, warnings = list[Entry](), list[str]()
    for entry in archive.entries:
        if _is_left_by_system(entry.name):
            warnings.append(f"'{entry.name}' was left by an operating system and is passed over")
        elif entry.unpacked:
            taken.append(entry)
        elif not entry.is_folder:
            warnings.append(f"'{entry.name}' is empty")
    return tuple(taken), tuple(warnings)


def common_folder(entries: Sequence[Entry]) -> str:
    """Return the folder, with its slash, that all entries lie in; nothing when there is none."""
    folders = {entry.name.split("/", 1)[0] for entry in entries if "/" in entry.name}
    if len(folders) == 1 and all("/" in entry.name for entry in entries):
        return f"{folders.pop()}/"
    return ""


def _is_left_by_system(name: str) -> bool:
    parts = name.split("/")
    return parts[0] == _MAC_FOLDER or parts[-1] in _LEFT_BY_SYSTEMS
