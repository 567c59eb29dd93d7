"""What an archive holds, how much of it is taken, and how its bytes are asked for."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Final, Protocol

MEGABYTE: Final = 1024 * 1024


class Bounds(Protocol):
    """Beyond these an archive is refused before it costs memory or time."""

    @property
    def members(self) -> int:
        """How many members there may be."""
        ...

    @property
    def unpacked(self) -> int:
        """Bytes of all members together."""
        ...

    @property
    def ratio(self) -> int:
        """Unpacked to packed bytes of a member, once it has `ratio_from` bytes unpacked."""
        ...

    @property
    def ratio_from(self) -> int:
        """Unpacked bytes below which nothing is out of proportion."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """What the directory says about a member."""

    name: str
    encrypted: bool
    method: int
    crc: int
    packed: int
    unpacked: int
    header_at: int
    is_link: bool = False

    @property
    def is_folder(self) -> bool:
        """Whether it stands for a folder only."""
        return self.name.endswith("/")


@dataclass(frozen=True, slots=True)
class Range:
    """Bytes that are asked for: fewer are sent only where the file ends."""

    offset: int
    length: int


type Asking[T] = Generator[Range, bytes, T]
"""Asks for ranges, is sent their bytes, and returns what it was to find out."""
