"""Opens a bundle in bounded memory and checks every byte of it against its signature."""

import asyncio
import hashlib
import zlib
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Final

from shared.ingestion.bundles.framing import Entry, Frame, first_entry, header_size
from shared.ingestion.bundles.manifest import (
    MANIFEST,
    SIGNATURE,
    BundleManifest,
    Content,
    digest_of,
    frame_of,
    read_manifest,
)
from shared.ingestion.bundles.refusals import damaged, foreign_signature, foreign_tenant, unsigned
from shared.ingestion.bundles.signing import SIGNATURE_BYTES, signer_of
from shared.ingestion.ports import RangedFile

MOST_MANIFEST: Final = 8 * 1024 * 1024
"""Two pages of text for each of some thousand chunks: more than the largest file that is taken in has."""
_BLOCK: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Sealed:
    """The first two members of a bundle. Nothing in them is true until the signature has been checked."""

    manifest: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class OpenBundle:
    """A bundle whose manifest is genuine. The contents are as yet unread."""

    manifest: BundleManifest
    digest: str
    frame: Frame


class _Reader:
    """Reads a file from its start to its end."""

    def __init__(self, file: RangedFile) -> None:
        self._file = file
        self._held = b""
        self._at = 0

    async def pieces(self, length: int, place: str) -> AsyncIterator[bytes]:
        """Yield the next `length` bytes; `BundleRefused` when the file ends before."""
        while length:
            if not self._held:
                self._held = await self._file.read(self._at, _BLOCK)
                self._at += len(self._held)
            if not self._held:
                raise damaged(place, "the bundle ends here")
            piece, self._held = self._held[:length], self._held[length:]
            length -= len(piece)
            yield piece

    async def take(self, length: int, place: str) -> bytes:
        """Return the next `length` bytes."""
        return b"".join([piece async for piece in self.pieces(length, place)])


async def unseal(file: RangedFile) -> Sealed:
    """Return manifest and signature of a bundle; `BundleRefused` for a file that has none."""
    start = await file.read(0, header_size(MANIFEST))
    first = first_entry(start)
    if first is None or first.name != MANIFEST:
        raise unsigned()
    if first.size > MOST_MANIFEST:
        raise damaged(MANIFEST, f"is larger than {MOST_MANIFEST} bytes")
    at = len(start) + first.size
    manifest = await file.read(len(start), first.size)
    if len(manifest) != first.size or zlib.crc32(manifest) != first.crc32:
        raise damaged(MANIFEST, "does not match its checksum")
    rest = await file.read(at, header_size(SIGNATURE) + SIGNATURE_BYTES)
    second = first_entry(rest)
    if second is None or (second.name, second.size) != (SIGNATURE, SIGNATURE_BYTES):
        raise unsigned()
    signature = rest[header_size(SIGNATURE) :]
    if zlib.crc32(signature) != second.crc32:
        raise damaged(SIGNATURE, "does not match its checksum")
    return Sealed(manifest, signature)


async def open_bundle(file: RangedFile, tenant_id: str, keys: Iterable[bytes]) -> OpenBundle:
    """Return a bundle that one of these public keys signed for the tenant; `BundleRefused`.

    The signature is checked before anything of the manifest is read.
    """
    sealed = await unseal(file)
    signer = signer_of(sealed.manifest, sealed.signature, keys)
    if signer is None:
        raise foreign_signature()
    manifest = read_manifest(sealed.manifest)
    if (manifest.tenant, manifest.appliance) != (tenant_id, signer):
        raise foreign_tenant()
    frame = frame_of(sealed.manifest, sealed.signature, manifest)
    return OpenBundle(manifest, digest_of(sealed.manifest), frame)


async def check_contents(file: RangedFile, bundle: OpenBundle) -> None:
    """Read a bundle to its end; `BundleRefused` names the first place that is not as it was signed."""
    frame = bundle.frame
    if not frame.fits:
        raise damaged("the bundle", f"has more bytes ({frame.size}) or members than its form holds")
    if file.size != frame.size:
        raise damaged("the bundle", f"has {file.size} bytes, not {frame.size}")
    reader = _Reader(file)
    contents = dict(bundle.manifest.contents())
    for entry in frame.entries:
        if await reader.take(header_size(entry.name), entry.name) != entry.header:
            raise damaged(entry.name, "is not where it was packed")
        await _check(reader, entry, contents.get(entry.name))
    if await reader.take(len(frame.directory), "the directory") != frame.directory:
        raise damaged("the directory", "does not list the members as they were packed")


async def _check(reader: _Reader, entry: Entry, stated: Content | None) -> None:
    """Check the digest of a content; those of manifest and signature are the signature's matter."""
    digest = hashlib.sha256()
    async for piece in reader.pieces(entry.size, entry.name):
        await asyncio.to_thread(digest.update, piece)
    if stated is not None and digest.hexdigest() != stated.sha256:
        raise damaged(entry.name, "is not what was signed")
