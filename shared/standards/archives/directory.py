"""Reads the central directory of a zip archive by ranges from its end.

The records are those of APPNOTE 6.3.10, sections 4.3.7 and 4.3.12 to 4.3.16.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from shared.standards.archives.faults import Damaged, Unsafe
from shared.standards.archives.model import MEGABYTE, Asking, Bounds, Entry, Range

_END: Final = struct.Struct("<4sHHHHIIH")
_END_MAGIC: Final = b"PK\x05\x06"
_LOCATOR: Final = struct.Struct("<4sIQI")
_LOCATOR_MAGIC: Final = b"PK\x06\x07"
_END_64: Final = struct.Struct("<4sQHHIIQQQQ")
_END_64_MAGIC: Final = b"PK\x06\x06"
_ENTRY: Final = struct.Struct("<4sHHHHHHIIIHHHHHII")
_ENTRY_MAGIC: Final = b"PK\x01\x02"
_LOCAL: Final = struct.Struct("<4sHHHHHIIIHH")
_LOCAL_MAGIC: Final = b"PK\x03\x04"

_LONGEST_COMMENT: Final = 0xFFFF
_LARGEST_DIRECTORY: Final = 64 * MEGABYTE
_IN_EXTRA: Final = 0xFFFFFFFF
"""A 32-bit field of this value is given in the zip64 extra field."""
_ZIP_64: Final = 1
_ENCRYPTED: Final = 0x0001 | 0x2000
_UTF_8: Final = 0x0800
_UNIX: Final = 3
_LINK: Final = 0xA
"""The kind of file in the mode that systems of the Unix family keep in the upper half of the attributes."""


@dataclass(frozen=True, slots=True)
class _Place:
    entries: int
    offset: int
    length: int


def read_directory(archive: str, size: int, bounds: Bounds) -> Asking[tuple[Entry, ...]]:
    """Ask for the directory of an archive of `size` bytes; return its members in the order of the directory.

    Raises an `ArchiveFault` when the directory is damaged, or has more members than bounds allow.
    """
    place = yield from _find(archive, size)
    if place.entries > bounds.members:
        raise Unsafe(archive, f"it has {place.entries} members, more than {bounds.members}")
    if place.offset + place.length > size or place.length > _LARGEST_DIRECTORY:
        raise Damaged(archive, place.offset, "the archive's directory does not lie within the file")
    directory = yield Range(place.offset, place.length)
    entries = tuple(_entries(directory, place, archive, bounds))
    if len(entries) != place.entries:
        raise Damaged(archive, place.offset, f"{len(entries)} members are listed, not {place.entries}")
    return entries


def data_offset(archive: str, size: int, entry: Entry) -> Asking[int]:
    """Ask for the local header of a member; return where its data begins."""
    header = yield Range(entry.header_at, _LOCAL.size)
    if len(header) < _LOCAL.size or not header.startswith(_LOCAL_MAGIC):
        raise Damaged(archive, entry.header_at, f"no member '{entry.name}' begins there")
    *_, name_length, extra_length = _LOCAL.unpack(header)
    offset: int = entry.header_at + _LOCAL.size + name_length + extra_length
    if offset + entry.packed > size:
        raise Damaged(archive, offset, f"the archive ends within '{entry.name}'")
    return offset


def _find(archive: str, size: int) -> Asking[_Place]:
    tail_at = max(size - _END.size - _LONGEST_COMMENT - _LOCATOR.size, 0)
    tail = yield Range(tail_at, size - tail_at)
    at = _end_record(tail)
    if at is None:
        raise Damaged(archive, size, "it has no directory at its end, so it is cut short")
    _, _, _, _, entries, length, offset, _ = _END.unpack_from(tail, at)
    locator = tail[max(at - _LOCATOR.size, 0) : at]
    if len(locator) == _LOCATOR.size and locator.startswith(_LOCATOR_MAGIC):
        return (yield from _find_64(archive, size, _LOCATOR.unpack(locator)[2]))
    return _Place(entries, offset, length)


def _end_record(tail: bytes) -> int | None:
    """Return where the end record lies: the last one whose comment reaches just to the end."""
    at = tail.rfind(_END_MAGIC)
    while at >= 0:
        if at + _END.size <= len(tail) and at + _END.size + _END.unpack_from(tail, at)[-1] == len(tail):
            return at
        at = tail.rfind(_END_MAGIC, 0, at)
    return None


def _find_64(archive: str, size: int, at: int) -> Asking[_Place]:
    record = (yield Range(at, _END_64.size)) if at < size else b""
    if len(record) < _END_64.size or not record.startswith(_END_64_MAGIC):
        raise Damaged(archive, min(at, size), "the end of its zip64 directory is not there")
    *_, entries, length, offset = _END_64.unpack(record)
    return _Place(entries, offset, length)


def _entries(directory: bytes, place: _Place, archive: str, bounds: Bounds) -> Iterator[Entry]:
    at = found = 0
    while at < len(directory):
        if len(directory) - at < _ENTRY.size or not directory.startswith(_ENTRY_MAGIC, at):
            raise Damaged(archive, place.offset + at, "the archive's directory breaks off")
        fields = _ENTRY.unpack_from(directory, at)
        name_length, extra_length, comment_length = fields[10:13]
        name_at, at = at + _ENTRY.size, at + _ENTRY.size + name_length + extra_length + comment_length
        extra_at = name_at + name_length
        if at > len(directory):
            raise Damaged(archive, place.offset + name_at, "the archive's directory breaks off")
        found += 1
        if found > bounds.members:
            raise Unsafe(archive, f"it has more than {bounds.members} members")
        extra = directory[extra_at : extra_at + extra_length]
        yield _entry(fields, directory[name_at:extra_at], extra, archive)


def _entry(fields: tuple[int, ...], name: bytes, extra: bytes, archive: str) -> Entry:
    flags, method = fields[3], fields[4]
    crc, packed, unpacked, header_at = fields[7], fields[8], fields[9], fields[16]
    wide = _zip_64(extra)
    sizes = []
    for value in (unpacked, packed, header_at):
        if value == _IN_EXTRA and len(wide) >= 8:
            value, wide = int.from_bytes(wide[:8], "little"), wide[8:]  # noqa: PLW2901 - the wider form of it
        sizes.append(value)
    return Entry(
        name=_decoded(name, flags, archive).replace("\\", "/"),
        encrypted=bool(flags & _ENCRYPTED),
        method=method,
        crc=crc,
        packed=sizes[1],
        unpacked=sizes[0],
        header_at=sizes[2],
        is_link=_made_on_unix(fields[1]) and fields[15] >> 28 == _LINK,
    )


def _made_on_unix(version_made_by: int) -> bool:
    return version_made_by >> 8 == _UNIX


def _zip_64(extra: bytes) -> bytes:
    """Return the content of the zip64 field among the extra fields, nothing when there is none."""
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        if kind == _ZIP_64:
            return extra[4 : 4 + length]
        extra = extra[4 + length :]
    return b""


def _decoded(name: bytes, flags: int, archive: str) -> str:
    try:
        return name.decode("utf-8" if flags & _UTF_8 or not name.isascii() else "ascii")
    except UnicodeDecodeError:
        if flags & _UTF_8:
            raise Unsafe(archive, "the name of a member is not UTF-8, though marked so") from None
        return name.decode("cp437")
