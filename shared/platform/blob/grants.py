"""Upload grants: a shared access signature that may create and write exactly one landing blob."""

from datetime import datetime
from typing import Final

from shared.kernel.clock import Clock
from shared.kernel.errors import TenantBreach
from shared.kernel.scope import TenantScope
from shared.platform.blob.account import BlobAccount
from shared.platform.blob.signing import SKEW, SigningKeys

LANDING: Final = "landing"


class SasUploadGrants:
    """Implements `UploadGrants`."""

    def __init__(self, account: BlobAccount, clock: Clock) -> None:
        self._account = account
        self._clock = clock
        self._keys = SigningKeys(account, clock)

    async def grant(self, scope: TenantScope, blob: str, expires_at: datetime) -> str:
        """Return a URL that may create and write this blob, nothing else, until `expires_at`.

        Only by HTTPS, unless the account itself is reached by plain HTTP. `TenantBreach` for a blob outside
        the scope's tenant.
        """
        from azure.storage.blob import BlobSasPermissions, generate_blob_sas  # noqa: PLC0415 - see the package

        check_path(scope, blob)
        service = self._account.service
        signature = generate_blob_sas(
            account_name=str(service.account_name),
            container_name=LANDING,
            blob_name=blob,
            permission=BlobSasPermissions(create=True, write=True),
            start=self._clock.now() - SKEW,
            expiry=expires_at,
            protocol="https" if service.url.startswith("https:") else None,
            **await self._keys.key(expires_at),
        )
        return f"{service.get_blob_client(LANDING, blob).url}?{signature}"


def check_path(scope: TenantScope, blob: str) -> None:
    """Refuse, as a breach, a landing blob that does not lie under the scope's tenant."""
    if not blob.startswith(f"{scope.tenant_id}/"):
        raise TenantBreach(scope.tenant_id, LANDING)
