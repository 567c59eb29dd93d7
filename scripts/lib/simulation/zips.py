"""Packs members into zip archives, all of one moment, so that the same content gives the same bytes."""

import zipfile
from collections.abc import Iterable
from typing import BinaryIO, Final, Self

_MOMENT: Final = (2026, 3, 5, 12, 0, 0)


class Zipping:
    """An archive that grows; it is complete after the block."""

    def __init__(self, out: BinaryIO) -> None:
        self._archive = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED)

    def add(self, name: str, blocks: Iterable[bytes], *, packed: bool = True) -> None:
        """Add a member, block by block."""
        entry = zipfile.ZipInfo(name, _MOMENT)
        entry.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        with self._archive.open(entry, "w") as member:
            for block in blocks:
                member.write(block)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Write the directory."""
        self._archive.close()
