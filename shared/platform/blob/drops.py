"""The box into which SFTP writes: the container `drops`, with a folder for each tenant.

In the cloud the account's own SFTP endpoint writes here, and directories are empty blobs that say so in their
metadata (hierarchical namespace); locally an SFTP server of ours does the same.
"""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import TYPE_CHECKING, Final

from shared.ingestion.ways.ports import Drop
from shared.kernel.clock import Clock
from shared.kernel.scope import TenantScope
from shared.kernel.stamp import Owner
from shared.platform.blob import versions
from shared.platform.blob.account import BlobAccount
from shared.platform.blob.copying import BlobCopies
from shared.platform.blob.errors import translated
from shared.platform.blob.store_time import StoreTime

if TYPE_CHECKING:
    from azure.storage.blob import BlobProperties
    from azure.storage.blob.aio import BlobClient

DROPS: Final = "drops"
DIRECTORY: Final = "hdi_isfolder"
"""Metadata of a directory of a hierarchical namespace, as a listing of blobs shows it."""


class AzureDrops:
    """Implements `Drops`."""

    def __init__(self, account: BlobAccount, clock: Clock) -> None:
        self._account = account
        self._copies = BlobCopies(account, clock)

    async def folders(self, owner: Owner) -> AsyncIterator[str]:
        """Yield the names of the folders that hold anything, and of files that lie beside them."""
        container = self._account.service.get_container_client(DROPS)
        with translated():
            async for found in container.walk_blobs(delimiter="/"):
                yield found.name.rstrip("/")

    async def of(self, scope: TenantScope) -> AsyncIterator[Drop]:
        """Yield the files in the folder of the scope's tenant."""
        folder = f"{scope.tenant_id}/"
        listing = StoreTime()
        container = self._account.service.get_container_client(DROPS)
        with translated():
            async for found in container.list_blobs(
                name_starts_with=folder, include=["metadata"], raw_response_hook=listing.note
            ):
                metadata = found.metadata or {}
                if metadata.get(DIRECTORY) != "true":
                    yield _drop(found, folder, metadata.get(versions.REFUSED), listing.now)

    async def land(self, scope: TenantScope, drop: Drop, blob: str) -> bool:
        """Make the landing blob a copy of just this version; one that exists stays as it is.

        False, and nothing was made, when the drop has changed or is gone.
        """
        return await self._copies.land(scope, self._client(scope, drop), drop.etag, drop.size, blob)

    async def refuse(self, scope: TenantScope, drop: Drop, reason: str) -> None:
        """Write the reason upon this version; another one, or none, stays as it is."""
        await versions.refuse(self._client(scope, drop), drop.etag, reason)

    async def remove(self, scope: TenantScope, drop: Drop) -> None:
        """Remove this version; another one, or none, stays as it is."""
        await versions.remove(self._client(scope, drop), drop.etag)

    def _client(self, scope: TenantScope, drop: Drop) -> "BlobClient":
        return self._account.service.get_blob_client(DROPS, f"{scope.tenant_id}/{drop.name}")


def _drop(found: "BlobProperties", folder: str, refused: str | None, now: datetime) -> Drop:
    return Drop(
        name=found.name.removeprefix(folder),
        etag=found.etag,
        size=found.size,
        modified=found.last_modified,
        still=now - found.last_modified,
        refused=refused,
    )
