"""Text whose cells are quoted by single quotes, read as RFC 4180 has it: the two kinds change places.

No byte moves, so whatever is found in the one lies at the same place in the other.
"""

from typing import Final

from shared.ingestion.ports import RangedFile

SINGLE: Final = "'"
DOUBLE: Final = '"'
_SWAP: Final = str.maketrans(SINGLE + DOUBLE, DOUBLE + SINGLE)
_SWAP_BYTES: Final = bytes.maketrans(b"'\"", b"\"'")


def swapped(text: str) -> str:
    """Return text with its single quotes for double ones, and the other way round."""
    return text.translate(_SWAP)


def swapped_bytes(text: bytes) -> bytes:
    """Do the same to text as bytes."""
    return text.translate(_SWAP_BYTES)


class SwappedQuotes:
    """A file with its quotes swapped."""

    def __init__(self, file: RangedFile) -> None:
        self._file = file
        self.name = file.name
        self.size = file.size

    async def read(self, offset: int, length: int) -> bytes:
        """Return at most `length` bytes from `offset`; `FileRefused` when the file has changed."""
        return swapped_bytes(await self._file.read(offset, length))
