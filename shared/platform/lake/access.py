"""Access to one tenant's lake: its own container, reached by a short-lived SAS for that container alone."""

from contextlib import suppress
from datetime import timedelta
from typing import Final

from azure.core.exceptions import ResourceExistsError, ResourceNotFoundError
from azure.storage.blob import ContainerSasPermissions, generate_container_sas
from azure.storage.blob.aio import BlobClient

from shared.kernel.clock import Clock
from shared.kernel.scope import TenantScope
from shared.platform.blob.account import BlobAccount
from shared.platform.blob.lake import container_of
from shared.platform.blob.signing import SKEW, SigningKeys
from shared.platform.lake.errors import translated

_GRANT: Final = timedelta(minutes=30)
"""How long a SAS holds: longer than any one function call."""

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

    async def options(self, scope: TenantScope, *, write: bool = False) -> dict[str, str]:
        """Return object-store options that reach the container of the scope's tenant and no other.

        The account key is never among them.
        """
        service, now = self._account.service, self._clock.now()
        endpoint = service.url.rstrip("/")
        signature = generate_container_sas(
            account_name=str(service.account_name),
            container_name=container_of(scope),
            permission=_WRITE if write else _READ,
            start=now - SKEW,
            expiry=now + _GRANT,
            **await self._keys.key(now + _GRANT),
        )
        return {
            "azure_storage_account_name": str(service.account_name),
            "azure_storage_endpoint": endpoint,
            "azure_storage_sas_token": signature,
            "allow_http": str(endpoint.startswith("http://")).lower(),
        }
