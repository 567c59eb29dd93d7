"""Bundles on the disk of a district's machine: the shelf they are packed on, and the folder they wait in."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, Final, Self

from shared.ingestion.bundles.framing import LARGEST_ARCHIVE, Frame
from shared.ingestion.bundles.manifest import BundleManifest, digest_of, frame_of, read_manifest
from shared.ingestion.bundles.opening import unseal
from shared.ingestion.bundles.packing import Appliance, Place
from shared.ingestion.bundles.signing import sign
from shared.kernel.errors import Conflict, TooLarge
from shared.platform.disk.files import DiskFile

_SUFFIX: Final = ".bundle.zip"


class DiskShelf:
    """A folder that is gone when the context manager ends: the contents of one bundle, a file each."""

    def __enter__(self) -> Self:
        self._gone = TemporaryDirectory(prefix="termtide-bundle-")
        self._folder = Path(self._gone.name)
        return self

    def __exit__(self, *_: object) -> None:
        self._gone.cleanup()

    async def put(self, name: str, content: bytes) -> None:
        """Keep a content under its name in the archive."""
        await asyncio.to_thread(self._path(name).write_bytes, content)

    def copy(self, name: str, out: BinaryIO) -> None:
        """Write a content out."""
        with self._path(name).open("rb") as file:
            shutil.copyfileobj(file, out)

    def _path(self, name: str) -> Path:
        return self._folder / name.replace("/", "-")


class Outbox:
    """The bundles of one appliance, by serial number: those that wait, and the last that was taken."""

    def __init__(self, folder: Path) -> None:
        self._waiting = folder / "outbox"
        self._sent = folder / "sent"

    async def next_place(self) -> Place:
        """Return the place after the newest bundle; the first when there is none."""
        newest = max(
            [*self._bundles(self._waiting), *self._bundles(self._sent)], key=lambda it: it.name, default=None
        )
        if newest is None:
            return Place()
        with DiskFile(newest) as file:
            data = (await unseal(file)).manifest
        return Place(read_manifest(data).serial + 1, digest_of(data))

    def waiting(self) -> list[Path]:
        """Return the bundles that were not taken yet, in order."""
        return sorted(self._bundles(self._waiting))

    def add(self, manifest: BundleManifest, appliance: Appliance, shelf: DiskShelf) -> Path:
        """Sign and close a bundle and return where it is; it appears whole or not at all.

        `TooLarge` beyond what the form holds, `Conflict` when another one took its place meanwhile.
        """
        self._waiting.mkdir(parents=True, exist_ok=True)
        path = self._waiting / f"{manifest.tenant}-{manifest.serial:012d}{_SUFFIX}"
        unfinished = path.with_suffix(f".{os.getpid()}")
        try:
            write_bundle(unfinished, manifest, appliance, shelf)
            os.link(unfinished, path)
        except FileExistsError:
            raise Conflict(f"bundle {manifest.serial} is there already; another one was packed") from None
        finally:
            unfinished.unlink(missing_ok=True)
        return path

    def taken(self, path: Path) -> None:
        """Note that a bundle was taken; the ones before it are not kept any longer."""
        self._sent.mkdir(exist_ok=True)
        older = list(self._bundles(self._sent))
        path.rename(self._sent / path.name)
        for before in older:
            before.unlink()

    def _bundles(self, folder: Path) -> Iterator[Path]:
        return folder.glob(f"*{_SUFFIX}")


def write_bundle(path: Path, manifest: BundleManifest, appliance: Appliance, shelf: DiskShelf) -> None:
    """Sign a manifest and write the archive; `TooLarge` beyond what its form holds."""
    data = manifest.to_bytes()
    signature = sign(data, appliance.key)
    frame = frame_of(data, signature, manifest)
    if not frame.fits:
        raise TooLarge(f"a bundle has at most {LARGEST_ARCHIVE} bytes")
    with path.open("wb") as out:
        _write(out, frame, data, signature, shelf)
        out.flush()
        os.fsync(out.fileno())


def _write(out: BinaryIO, frame: Frame, data: bytes, signature: bytes, shelf: DiskShelf) -> None:
    opening, closing = frame.entries[:2], frame.entries[2:]
    out.writelines(entry.header + content for entry, content in zip(opening, (data, signature), strict=True))
    for entry in closing:
        out.write(entry.header)
        shelf.copy(entry.name, out)
    out.write(frame.directory)
