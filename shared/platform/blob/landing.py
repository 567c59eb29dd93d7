"""Landed files, read in ranges of one pinned version."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Final

from shared.ingestion.ports import BlobFacts
from shared.kernel.scope import TenantScope
from shared.platform.blob import versions
from shared.platform.blob.account import BlobAccount
from shared.platform.blob.errors import translated
from shared.platform.blob.grants import LANDING, check_path
from shared.platform.blob.ranges import read_range_blocking

if TYPE_CHECKING:
    from azure.storage.blob.aio import BlobClient

_READERS: Final = 8
"""Ranges that are read at a time: of chunks of small and large files, and those that a plan reads ahead."""


class AzureLandingBlobs:
    """Implements `LandingBlobs`. A path outside the scope's tenant is a `TenantBreach`."""

    def __init__(self, account: BlobAccount) -> None:
        self._account = account
        # Threads of their own: those that compute are few, and who waits for the store must not hold them.
        self._readers = ThreadPoolExecutor(_READERS, "landing")

    async def facts(self, scope: TenantScope, blob: str) -> BlobFacts:
        """Return size and ETag; `NotFound`."""
        with translated():
            properties = await self._client(scope, blob).get_blob_properties()
        return BlobFacts(properties.size, properties.etag)

    async def read(self, scope: TenantScope, blob: str, offset: int, length: int, etag: str) -> bytes:
        """Return at most `length` bytes from `offset`; `PreconditionFailed` when the ETag is another now."""
        check_path(scope, blob)
        client = self._account.blocking.get_blob_client(LANDING, blob)
        reading = partial(read_range_blocking, client, offset, length, **versions.only(etag))
        return await asyncio.get_running_loop().run_in_executor(self._readers, reading)

    def _client(self, scope: TenantScope, blob: str) -> "BlobClient":
        check_path(scope, blob)
        return self._account.service.get_blob_client(LANDING, blob)
