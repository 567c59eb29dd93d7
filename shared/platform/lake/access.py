"""Access to one tenant's lake: its own container, reached by a short-lived SAS for that container alone."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.blob import ContainerSasPermissions, generate_container_sas
from azure.storage.blob.aio import BlobClient

from shared.analytics.serving.warehouse import WarehouseGrant
from shared.ingestion.ports import BlobFacts
from shared.kernel.clock import Clock
from shared.kernel.scope import TenantScope
from shared.platform.blob.account import BlobAccount
from shared.platform.blob.lake import bare_etag, container_of
from shared.platform.blob.signing import SKEW, SigningKeys
from shared.platform.lake.errors import translated
from shared.platform.lake.kept import KeptTables

_GRANT: Final = timedelta(minutes=30)
"""How long a SAS holds: longer than any one function call."""

_WITHIN: Final = "/"

_READ: Final = ContainerSasPermissions(read=True, list=True)
_WRITE: Final = ContainerSasPermissions(read=True, list=True, create=True, write=True)
"""No right to delete: nothing that commits or folds needs it, and history cannot be lost by a defect."""


def table_uri(scope: TenantScope, table: str) -> str:
    """Return the address of a table as object stores read it."""
    return f"az://{container_of(scope)}/{table}"


class LakeAccess:
    """Creates lake containers on first use and signs the options by which Rust readers reach them."""

    def __init__(self, account: BlobAccount, clock: Clock) -> None:
        self._account = account
        self._clock = clock
        self._keys = SigningKeys(account, clock)
        self._existing: set[str] = set()
        self.kept = KeptTables(clock)

    def blob(self, scope: TenantScope, path: str) -> BlobClient:
        """Return the client of a blob in the container of the scope's tenant."""
        return self._account.service.get_blob_client(container_of(scope), path)

    async def ensure_container(self, scope: TenantScope) -> None:
        """Create the container of the scope's tenant unless it exists."""
        name = container_of(scope)
        if name in self._existing:
            return
        with translated(), suppress(ResourceExistsError):
            await self._account.service.create_container(name)
        self._existing.add(name)

    async def holds(self, scope: TenantScope, folder: str) -> bool:
        """Tell by one request whether the lake of the scope's tenant has anything in a folder."""
        container = self._account.service.get_container_client(container_of(scope))
        with translated(), suppress(ResourceNotFoundError):
            async for _ in container.list_blobs(name_starts_with=folder, results_per_page=1):
                return True
        return False

    async def folders(self, scope: TenantScope) -> frozenset[str]:
        """Return the folders at the root of the lake of the scope's tenant, without those within them."""
        container = self._account.service.get_container_client(container_of(scope))
        found: set[str] = set()
        with translated(), suppress(ResourceNotFoundError):
            async for entry in container.walk_blobs(delimiter=_WITHIN):
                found.add(entry.name.removesuffix(_WITHIN))
        return frozenset(found)

    async def stored(self, scope: TenantScope, prefix: str) -> dict[str, BlobFacts]:
        """Return size and ETag of the blobs of the scope's tenant whose paths begin with `prefix`."""
        container = self._account.service.get_container_client(container_of(scope))
        with translated():
            return {
                found.name: BlobFacts(found.size, bare_etag(found.etag))
                async for found in container.list_blobs(name_starts_with=prefix)
            }

    async def options(self, scope: TenantScope, *, write: bool = False) -> dict[str, str]:
        """Return object-store options that reach the container of the scope's tenant and no other.

        The account key is never among them.
        """
        service, now = self._account.service, self._clock.now()
        endpoint = service.url.rstrip("/")
        return {
            "azure_storage_account_name": str(service.account_name),
            "azure_storage_endpoint": endpoint,
            "azure_storage_sas_token": await self._signature(scope, _WRITE if write else _READ, now + _GRANT),
            "allow_http": str(endpoint.startswith("http://")).lower(),
        }

    async def grant_reading(self, scope: TenantScope, until: datetime) -> WarehouseGrant:
        """Return access to the container of the scope's tenant: to list and read it until a moment.

        By HTTPS only, unless the account itself is reached by plain HTTP.
        """
        await self.ensure_container(scope)
        service = self._account.service
        endpoint = service.url.rstrip("/")
        return WarehouseGrant(
            account=str(service.account_name),
            endpoint=endpoint,
            container=container_of(scope),
            signature=await self._signature(scope, _READ, until),
            expires_at=until,
        )

    async def _signature(
        self, scope: TenantScope, permission: ContainerSasPermissions, until: datetime
    ) -> str:
        service = self._account.service
        signature: str = generate_container_sas(
            account_name=str(service.account_name),
            container_name=container_of(scope),
            permission=permission,
            start=self._clock.now() - SKEW,
            expiry=until,
            protocol="https" if service.url.startswith("https:") else None,
            **await self._keys.key(until),
        )
        return signature
