"""Where the files of a package come from: a zip file or a folder. Both are only read."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from shared.standards.archives.directory import data_offset, read_directory
from shared.standards.archives.faults import ArchiveFault, Damaged, Unsafe
from shared.standards.archives.inflating import Inflater, Stored
from shared.standards.archives.model import MEGABYTE, Asking, Bounds, Entry
from shared.standards.archives.rules import DEFLATED, refuse_unsafe
from shared.standards.qti.faults import Malformed, Place, QtiError, Refused
from shared.standards.qti.limits import Limits

_RULE: Final = "a safe package"
_ZIP: Final = b"PK\x03\x04"


class Source(Protocol):
    """Files by name, with slashes and without a leading one, as the names of a zip file are."""

    @property
    def sizes(self) -> dict[str, int]:
        """The bytes of each file, unpacked, in order; a name that ends in `/` is a folder."""
        ...

    def stream(self, name: str) -> Iterator[bytes]:
        """Yield the bytes of a file, a megabyte at most at a time."""
        ...


@dataclass(frozen=True, slots=True)
class _Bounds:
    members: int
    unpacked: int
    ratio: int
    ratio_from: int = 2**20


class ZipSource:
    """The members of a zip file that keeps the rules; a member is inflated only when it is asked for.

    A file on a disk is opened for each read, so that nobody has to close a package.
    """

    def __init__(self, given: Path | bytes, name: str, limits: Limits) -> None:
        """Read the directory. Raises Refused where an archive is unsafe, Malformed where it is damaged."""
        self._given = given
        self._name = name
        self._size = len(given) if isinstance(given, bytes) else given.stat().st_size
        self._bounds: Bounds = _Bounds(limits.entries, limits.package_bytes, limits.ratio)
        try:
            entries = self._answered(read_directory(name, self._size, self._bounds))
            refuse_unsafe(entries, name, self._bounds)
        except ArchiveFault as fault:
            raise _error(fault) from None
        self._entries = {entry.name: entry for entry in entries}

    @property
    def sizes(self) -> dict[str, int]:
        """The bytes of each member, as the directory says."""
        return {name: entry.unpacked for name, entry in self._entries.items()}

    def stream(self, name: str) -> Iterator[bytes]:
        """Yield a member; an error as soon as it is not what the directory says."""
        entry = self._entries[name]
        if not entry.packed and not entry.unpacked:
            return  # empty, whatever its method: some tools write no end of a stream then
        try:
            yield from self._inflated(entry)
        except ArchiveFault as fault:
            raise _error(fault) from None

    def _inflated(self, entry: Entry) -> Iterator[bytes]:
        offset = self._answered(data_offset(self._name, self._size, entry))
        name = f"{self._name}/{entry.name}"
        unpack: Inflater | Stored = Stored(name, entry.unpacked, entry.crc)
        if entry.method == DEFLATED:
            unpack = Inflater(name, entry.unpacked, entry.crc, self._bounds)
        for at in range(offset, offset + entry.packed, MEGABYTE):
            yield from unpack.feed(self._read(at, min(MEGABYTE, offset + entry.packed - at)))
        yield from unpack.finish()

    def _answered[T](self, asking: Asking[T]) -> T:
        try:
            asked = next(asking)
            while True:
                asked = asking.send(self._read(asked.offset, asked.length))
        except StopIteration as done:
            answer: T = done.value
            return answer

    def _read(self, offset: int, length: int) -> bytes:
        if isinstance(self._given, bytes):
            return self._given[offset : offset + length]
        with self._given.open("rb") as file:
            file.seek(offset)
            return file.read(length)


class FolderSource:
    """The files under a folder; symbolic links are refused, for they may lead out of it."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        """List the files. Raises Refused for links and for more files or bytes than limits allow."""
        self._folder = folder
        sizes: dict[str, int] = {}
        for path in folder.rglob("*"):
            name = path.relative_to(folder).as_posix()
            if path.is_symlink():
                raise Refused("a symbolic link", rule=_RULE, place=Place(name))
            if path.is_file():
                sizes[name] = path.stat().st_size
            if len(sizes) > limits.entries:
                raise Refused(
                    f"more than {limits.entries} files", rule="limits.entries", place=Place(folder.name)
                )
        self.sizes = dict(sorted(sizes.items()))
        if sum(sizes.values()) > limits.package_bytes:
            message = f"more than {limits.package_bytes} bytes"
            raise Refused(message, rule="limits.package_bytes", place=Place(folder.name))

    def stream(self, name: str) -> Iterator[bytes]:
        """Yield a file."""
        with (self._folder / name).open("rb") as file:
            while piece := file.read(MEGABYTE):
                yield piece


class SingleSource:
    """One document by itself, seen as a package without a manifest."""

    def __init__(self, content: bytes, name: str) -> None:
        self._content = content
        self.sizes = {name: len(content)}

    def stream(self, _: str) -> Iterator[bytes]:
        """Yield the document."""
        yield self._content


def source_of(given: Path | bytes, name: str, limits: Limits) -> Source:
    """Return the files of a zip, a folder, a folder named by its manifest, or a document by itself."""
    if isinstance(given, bytes):
        return ZipSource(given, name, limits) if given.startswith(_ZIP) else SingleSource(given, name)
    if given.is_dir():
        return FolderSource(given, limits)
    if given.name.lower() == "imsmanifest.xml":
        return FolderSource(given.parent, limits)
    with given.open("rb") as file:
        if file.read(len(_ZIP)) != _ZIP:
            file.seek(0)
            return SingleSource(file.read(limits.document_bytes + 1), name)
    return ZipSource(given, name, limits)


def _error(fault: ArchiveFault) -> QtiError:
    place = Place(fault.member)
    if isinstance(fault, Unsafe):
        return Refused(fault.what, rule=_RULE, place=place)
    if isinstance(fault, Damaged):
        return Malformed(f"{fault.what} (byte {fault.byte})", rule="APPNOTE 6.3", place=place)
    return Malformed(fault.what, rule="APPNOTE 6.3", place=place)
