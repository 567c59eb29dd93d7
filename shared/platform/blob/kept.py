"""The blobs of tenants' lakes, for whoever deletes what nobody reads."""

from collections.abc import AsyncIterator

from azure.core import MatchConditions

from shared.ingestion.keeping.ports import StoredBlob
from shared.kernel.errors import NotFound, PreconditionFailed
from shared.kernel.scope import TenantScope
from shared.platform.blob.account import BlobAccount
from shared.platform.blob.errors import translated
from shared.platform.blob.lake import container_of
from shared.platform.blob.store_time import StoreTime


class AzureKeptBlobs:
    """Implements `KeptBlobs`. It alone has the right to delete in a lake."""

    def __init__(self, account: BlobAccount) -> None:
        self._account = account

    async def under(self, scope: TenantScope, folder: str) -> AsyncIterator[StoredBlob]:
        """Go through the blobs of a folder in order of their paths; none where there is no lake yet."""
        listing = StoreTime()
        container = self._account.service.get_container_client(container_of(scope))
        try:
            with translated():
                async for found in container.list_blobs(
                    name_starts_with=folder, raw_response_hook=listing.note
                ):
                    yield StoredBlob(found.name, listing.now - found.last_modified, found.etag)
        except NotFound:
            return

    async def remove(self, scope: TenantScope, blob: StoredBlob) -> None:
        """Remove just this version of a blob; another one, or none, stays as it is."""
        client = self._account.service.get_blob_client(container_of(scope), blob.path)
        try:
            with translated():
                await client.delete_blob(etag=blob.etag, match_condition=MatchConditions.IfNotModified)
        except (PreconditionFailed, NotFound):
            return
