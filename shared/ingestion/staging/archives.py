"""Opens zip archives: which members are taken, and what no archive may hold."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Final

from shared.ingestion.ports import RangedFile
from shared.ingestion.staging.blocks import READ_BYTES, Blocks, Chain, converted, read_blocks
from shared.ingestion.staging.directory import Entry, data_offset, read_directory
from shared.ingestion.staging.inflating import Inflater, Stored
from shared.ingestion.staging.model import Limits
from shared.ingestion.staging.refusals import damaged, unread, unsafe

_STORED: Final = 0
_DEFLATED: Final = 8
_DRIVE: Final = re.compile(r"[A-Za-z]:")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
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
        entries = await read_directory(file, limits)
        _refuse_unsafe(entries, file.name, limits)
        return cls(file, limits, entries)

    def find(self, name: str) -> Entry | None:
        """Return the entry of a name, None when there is none."""
        return next((entry for entry in self.entries if entry.name == name), None)

    async def stream(self, entry: Entry, block_bytes: int = READ_BYTES) -> Blocks:
        """Yield the unpacked bytes of a member; `FileRefused` where they are not what the directory says."""
        offset = await data_offset(self.file, entry)
        packed = read_blocks(self.file, offset, offset + entry.packed, block_bytes)
        name = f"{self.file.name}/{entry.name}"
        unpack: Inflater | Stored = Stored(name, entry.unpacked, entry.crc)
        if entry.method == _DEFLATED:
            unpack = Inflater(name, entry.unpacked, entry.crc, self.limits)
        async for piece in converted(packed, Chain((unpack,))):
            yield piece


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


def _refuse_unsafe(entries: Sequence[Entry], archive: str, limits: Limits) -> None:
    for entry in entries:
        _refuse_entry(entry, archive)
    _refuse_duplicates(entries, archive)
    _refuse_overlaps(entries, archive)
    unpacked = sum(entry.unpacked for entry in entries)
    if unpacked > limits.unpacked:
        raise unsafe(archive, f"it unpacks to {unpacked} bytes, more than {limits.unpacked}")
    for entry in entries:
        if entry.unpacked > max(limits.ratio_from, limits.ratio * entry.packed):
            raise unsafe(f"{archive}/{entry.name}", f"it unpacks to more than {limits.ratio} times its size")


def _refuse_entry(entry: Entry, archive: str) -> None:
    name = entry.name
    if name.startswith("/") or _DRIVE.match(name):
        raise unsafe(f"{archive}/{name}", "its path is absolute")
    if ".." in PurePosixPath(name).parts:
        raise unsafe(f"{archive}/{name}", "its path leads out of the archive")
    if not name or _CONTROL.search(name):
        raise unsafe(archive, f"a member is named {name!r}")
    if entry.encrypted:
        raise unsafe(f"{archive}/{name}", "it is encrypted")
    if entry.method not in {_STORED, _DEFLATED}:
        raise unread(f"{archive}/{name}", f"a zip archive compressed by method {entry.method}")
    if entry.method == _STORED and entry.packed != entry.unpacked:
        raise damaged(f"{archive}/{name}", 0, "it is not compressed and yet has two sizes")


def _refuse_duplicates(entries: Iterable[Entry], archive: str) -> None:
    seen = set[str]()
    for entry in entries:
        folded = entry.name.casefold()
        if folded in seen:
            raise unsafe(f"{archive}/{entry.name}", "two members have this name")
        seen.add(folded)


def _refuse_overlaps(entries: Iterable[Entry], archive: str) -> None:
    places = sorted((entry.header_at, entry.packed, entry.name) for entry in entries)
    for (at, packed, _), (following, _, name) in pairwise(places):
        if at + packed >= following:
            raise unsafe(f"{archive}/{name}", "it shares its bytes with another member")
