"""The outer form of a bundle: a zip archive whose members lie in it as they are, in one fixed order.

So a district can look into what leaves it with any tool. All bytes around the members follow from their
names, sizes and checksums: a reader makes them anew and compares, and nothing in a bundle is unsigned.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Final

LARGEST_ARCHIVE: Final = 2**32 - 1
_MOST_ENTRIES: Final = 2**16 - 1
"""Bytes and members that the form holds without its extension for large ones (APPNOTE 6.3.10, 4.4.1.4)."""

_LOCAL: Final = struct.Struct("<4s5H3I2H")
_CENTRAL: Final = struct.Struct("<4s6H3I5H2I")
_END: Final = struct.Struct("<4s4H2IH")
_VERSION: Final = 20
_DAY: Final = 0x21
"""1980-01-01, the first day that the form knows: a bundle says by itself when it was made."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One member: its name in ASCII, its bytes, and their CRC-32."""

    name: str
    size: int
    crc32: int

    @property
    def header(self) -> bytes:
        """The bytes before its content."""
        return _LOCAL.pack(b"PK\x03\x04", *self._common, 0) + self.name.encode("ascii")

    def listed(self, offset: int) -> bytes:
        """Return its line in the directory, where `offset` is that of its header."""
        fields = (b"PK\x01\x02", _VERSION, *self._common, 0, 0, 0, 0, 0, offset)
        return _CENTRAL.pack(*fields) + self.name.encode("ascii")

    @property
    def _common(self) -> tuple[int, ...]:
        return (_VERSION, 0, 0, 0, _DAY, self.crc32, self.size, self.size, len(self.name))


@dataclass(frozen=True)
class Frame:
    """A whole archive, but for the contents of its members."""

    entries: tuple[Entry, ...]

    @cached_property
    def ends(self) -> Sequence[int]:
        """Where the content of each member ends."""
        return list(accumulate(len(entry.header) + entry.size for entry in self.entries))

    @property
    def directory(self) -> bytes:
        """The bytes after the last member."""
        starts = [0, *self.ends]
        lines = b"".join(entry.listed(at) for entry, at in zip(self.entries, starts[:-1], strict=True))
        count = len(self.entries)
        return lines + _END.pack(b"PK\x05\x06", 0, 0, count, count, len(lines), starts[-1], 0)

    @property
    def size(self) -> int:
        """The bytes of the archive, also where they are more than its form holds."""
        lines = sum(_CENTRAL.size + len(entry.name) for entry in self.entries)
        return self.ends[-1] + lines + _END.size

    @property
    def fits(self) -> bool:
        """Whether the form holds it; only then it has a directory."""
        return self.size <= LARGEST_ARCHIVE and len(self.entries) <= _MOST_ENTRIES


def first_entry(start: bytes) -> Entry | None:
    """Return the member that an archive of this form begins with, None when `start` begins none."""
    if len(start) < _LOCAL.size:
        return None
    fields = _LOCAL.unpack_from(start)
    name = start[_LOCAL.size : _LOCAL.size + fields[9]]
    if not name.isascii():
        return None
    entry = Entry(name.decode(), fields[8], fields[6])
    return entry if start.startswith(entry.header) else None


def header_size(name: str) -> int:
    """Return how many bytes lie before the content of a member of this name."""
    return _LOCAL.size + len(name)
