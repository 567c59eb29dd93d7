"""What no archive may hold: refused by the directory alone, before a byte is inflated."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Final

from shared.standards.archives.faults import Damaged, UnknownMethod, Unsafe
from shared.standards.archives.model import Bounds, Entry

STORED: Final = 0
DEFLATED: Final = 8
_DRIVE: Final = re.compile(r"[A-Za-z]:")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


def refuse_unsafe(entries: Sequence[Entry], archive: str, bounds: Bounds) -> None:
    """Raise an `ArchiveFault` when the members are not ones that can be read safely."""
    for entry in entries:
        _refuse_entry(entry, archive)
    _refuse_duplicates(entries, archive)
    _refuse_overlaps(entries, archive)
    unpacked = sum(entry.unpacked for entry in entries)
    if unpacked > bounds.unpacked:
        raise Unsafe(archive, f"it unpacks to {unpacked} bytes, more than {bounds.unpacked}")
    for entry in entries:
        if entry.unpacked > max(bounds.ratio_from, bounds.ratio * entry.packed):
            raise Unsafe(f"{archive}/{entry.name}", f"it unpacks to more than {bounds.ratio} times its size")


def _refuse_entry(entry: Entry, archive: str) -> None:
    name = entry.name
    if name.startswith("/") or _DRIVE.match(name):
        raise Unsafe(f"{archive}/{name}", "its path is absolute")
    if ".." in PurePosixPath(name).parts:
        raise Unsafe(f"{archive}/{name}", "its path leads out of the archive")
    if not name or _CONTROL.search(name):
        raise Unsafe(archive, f"a member is named {name!r}")
    if entry.encrypted:
        raise Unsafe(f"{archive}/{name}", "it is encrypted")
    if entry.is_link:
        raise Unsafe(f"{archive}/{name}", "it is a link")
    if entry.method not in {STORED, DEFLATED}:
        raise UnknownMethod(f"{archive}/{name}", f"a zip archive compressed by method {entry.method}")
    if entry.method == STORED and entry.packed != entry.unpacked:
        raise Damaged(f"{archive}/{name}", 0, "it is not compressed and yet has two sizes")


def _refuse_duplicates(entries: Iterable[Entry], archive: str) -> None:
    """Refuse names that a file system may take for one: by case, or by how Unicode composes letters."""
    seen = set[str]()
    for entry in entries:
        folded = unicodedata.normalize("NFC", entry.name).casefold()
        if folded in seen:
            raise Unsafe(f"{archive}/{entry.name}", "two members have this name")
        seen.add(folded)


def _refuse_overlaps(entries: Iterable[Entry], archive: str) -> None:
    places = sorted((entry.header_at, entry.packed, entry.name) for entry in entries)
    for (at, packed, _), (following, _, name) in pairwise(places):
        if at + packed >= following:
            raise Unsafe(f"{archive}/{name}", "it shares its bytes with another member")
