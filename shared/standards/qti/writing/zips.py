"""Zip files as streams: the same files always give the same bytes, and one file at a time is in memory."""

from collections.abc import Iterable, Iterator
from io import RawIOBase
from typing import TYPE_CHECKING, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

type PackagedFile = tuple[str, Iterable[bytes]]
"""A name, with slashes and without one in front, and the bytes in pieces."""

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip file can tell: when a file was written would make each package another one."""
_READABLE: Final = 0o644 << 16


def zip_stream(files: Iterable[PackagedFile]) -> Iterator[bytes]:
    """Yield a zip file of files, in their order, while they are read.

    >>> from io import BytesIO
    >>> packed = b"".join(zip_stream([("a/b.txt", [b"one ", b"two"])]))
    >>> ZipFile(BytesIO(packed)).read("a/b.txt")
    b'one two'
    """
    written = _Written()
    with ZipFile(written, "w", ZIP_DEFLATED) as archive:
        for name, pieces in files:
            entry = ZipInfo(name, _EPOCH)
            entry.compress_type = ZIP_DEFLATED
            entry.external_attr = _READABLE
            with archive.open(entry, "w") as member:
                for piece in pieces:
                    member.write(piece)
                    yield from written.taken()
            yield from written.taken()
    yield from written.taken()


class _Written(RawIOBase):
    """A file that can only be written to, and whose content is taken away as it comes."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: "ReadableBuffer", /) -> int:
        content = bytes(piece)
        self._pieces.append(content)
        return len(content)

    def taken(self) -> Iterator[bytes]:
        """Yield what was written since."""
        pieces, self._pieces = self._pieces, []
        yield from pieces
