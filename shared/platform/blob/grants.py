"""Upload grants: a shared access signature that may create and write exactly one landing blob.

Signed with the account key where the settings hold one, else with a user delegation key of the process's
identity, which Azure can revoke and which names who signed.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from shared.kernel.clock import Clock
from shared.kernel.errors import TenantBreach
from shared.kernel.scope import TenantScope
from shared.platform.blob.account import BlobAccount
from shared.platform.blob.errors import translated

if TYPE_CHECKING:
    from azure.storage.blob import UserDelegationKey

LANDING: Final = "landing"
_DELEGATION: Final = timedelta(hours=6)
_SKEW: Final = timedelta(minutes=5)


class SasUploadGrants:
    """Implements `UploadGrants`."""

    def __init__(self, account: BlobAccount, clock: Clock) -> None:
        self._account = account
        self._clock = clock
        self._delegation: tuple[UserDelegationKey, datetime] | None = None

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
            start=self._clock.now() - _SKEW,
            expiry=expires_at,
            protocol="https" if service.url.startswith("https:") else None,
            **await self._signing_key(expires_at),
        )
        return f"{service.get_blob_client(LANDING, blob).url}?{signature}"

    async def _signing_key(self, expires_at: datetime) -> dict[str, Any]:
        account_key = getattr(self._account.service.credential, "account_key", None)
        if account_key is not None:
            return {"account_key": account_key}
        return {"user_delegation_key": await self._delegation_key(expires_at)}

    async def _delegation_key(self, expires_at: datetime) -> "UserDelegationKey":
        if self._delegation is None or self._delegation[1] < expires_at:
            now = self._clock.now()
            valid_until = max(now + _DELEGATION, expires_at)
            with translated():
                key = await self._account.service.get_user_delegation_key(now - _SKEW, valid_until)
            self._delegation = (key, valid_until)
        return self._delegation[0]


def check_path(scope: TenantScope, blob: str) -> None:
    """Refuse, as a breach, a landing blob that does not lie under the scope's tenant."""
    if not blob.startswith(f"{scope.tenant_id}/"):
        raise TenantBreach(scope.tenant_id, LANDING)
