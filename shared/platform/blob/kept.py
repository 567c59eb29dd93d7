"""The blobs of tenants' lakes and their landed files, for whoever deletes what nobody reads."""

from collections.abc import AsyncIterator

from shared.ingestion.keeping.ports import StoredBlob
from shared.kernel.errors import NotFound
from shared.kernel.scope import TenantScope
from shared.platform.blob import versions
from shared.platform.blob.account import BlobAccount
from shared.platform.blob.errors import translated
from shared.platform.blob.grants import LANDING, check_path
from shared.platform.blob.lake import container_of
from shared.platform.blob.store_time import StoreTime


class AzureKeptBlobs:
    """Implements `KeptBlobs` of lakes. It alone has the right to delete in a lake."""

    def __init__(self, account: BlobAccount) -> None:
        self._account = account

    def under(self, scope: TenantScope, folder: str) -> AsyncIterator[StoredBlob]:
        """Go through the blobs of a folder in order of their paths; none where there is no lake yet."""
        return _under(self._account, container_of(scope), folder)

    async def remove(self, scope: TenantScope, blob: StoredBlob) -> None:
        """Remove just this version of a blob; another one, or none, stays as it is."""
        await versions.remove(
            self._account.service.get_blob_client(container_of(scope), blob.path), blob.etag
        )


class AzureLandedBlobs:
    """Implements `KeptBlobs` of landed files: those of all tenants share a container."""

    def __init__(self, account: BlobAccount) -> None:
        self._account = account

    def under(self, scope: TenantScope, folder: str) -> AsyncIterator[StoredBlob]:
        """Go through the landed files of a tenant, those of `folder` only, in order of their paths."""
        return _under(self._account, LANDING, f"{scope.tenant_id}/{folder}")

    async def remove(self, scope: TenantScope, blob: StoredBlob) -> None:
        """Remove just this version of a file; `TenantBreach` for one that is another tenant's."""
        check_path(scope, blob.path)
        await versions.remove(self._account.service.get_blob_client(LANDING, blob.path), blob.etag)


async def _under(account: BlobAccount, container: str, prefix: str) -> AsyncIterator[StoredBlob]:
    listing = StoreTime()
    client = account.service.get_container_client(container)
    try:
        with translated():
            async for found in client.list_blobs(name_starts_with=prefix, raw_response_hook=listing.note):
                yield StoredBlob(found.name, listing.now - found.last_modified, found.etag)
    except NotFound:
        return
