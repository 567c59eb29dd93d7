"""Parts and rejects in the tenants' lakes: each tenant has a container of its own."""

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError

from shared.ingestion.ports import Created
from shared.kernel.scope import TenantScope
from shared.platform.blob.account import BlobAccount
from shared.platform.blob.errors import translated
from shared.platform.blob.ranges import read_range

if TYPE_CHECKING:
    from azure.storage.blob.aio import BlobClient

_BLOCK_BYTES: Final = 4 * 1024 * 1024
"""A blob has at most 50,000 blocks: this is enough for 200 GB."""


def container_of(scope: TenantScope) -> str:
    """Return the name of the container that holds the lake of the scope's tenant."""
    return f"lake-{scope.tenant_id}"


def bare_etag(etag: str) -> str:
    """Return an ETag without the quotes that it has in headers and lacks in listings."""
    return etag.strip('"')


class AzureLakeBlobs:
    """Implements `LakeBlobs`."""

    def __init__(self, account: BlobAccount) -> None:
        self._account = account

    async def create(self, scope: TenantScope, path: str, content: bytes) -> Created:
        """Write a blob; one that exists stays as it is: same path, same content.

        The tenant's container is created by the first write.
        """
        blob = self._blob(scope, path)
        with translated():
            try:
                return await _create(blob, content)
            except ResourceNotFoundError:
                await self._create_container(scope)
                return await _create(blob, content)

    async def write(self, scope: TenantScope, path: str, blocks: AsyncIterator[bytes]) -> int:
        """Write a block blob from a stream, a block at a time; the list of blocks makes it appear."""
        from azure.storage.blob import BlobBlock  # noqa: PLC0415 - only ingest functions write streams

        with translated():
            await self._create_container(scope)
        blob = self._blob(scope, path)
        staged: list[BlobBlock] = []
        size = 0
        async for content in _gathered(blocks):
            block = BlobBlock(f"{len(staged):08d}")
            with translated():
                await blob.stage_block(block.id, content, len(content))
            staged.append(block)
            size += len(content)
        with translated():
            await blob.commit_block_list(staged)
        return size

    async def read(self, scope: TenantScope, path: str, offset: int, length: int) -> bytes:
        """Return at most `length` bytes from `offset`, none past the end; `NotFound`."""
        return await read_range(self._blob(scope, path), offset, length)

    def _blob(self, scope: TenantScope, path: str) -> "BlobClient":
        # Without the client of the container, which takes as long to make as this one.
        return self._account.service.get_blob_client(container_of(scope), path)

    async def _create_container(self, scope: TenantScope) -> None:
        with suppress(ResourceExistsError):
            await self._account.service.create_container(container_of(scope))


async def _create(blob: "BlobClient", content: bytes) -> Created:
    """Upload unless the blob exists (If-None-Match: *)."""
    try:
        written = await blob.upload_blob(content, overwrite=False)
    except ResourceExistsError:
        existing = await blob.get_blob_properties()
        return Created(int(existing.size), None)
    return Created(len(content), bare_etag(str(written["etag"])))


async def _gathered(blocks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield the stream in blocks worth a request."""
    held = bytearray()
    async for block in blocks:
        held += block
        if len(held) >= _BLOCK_BYTES:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)
