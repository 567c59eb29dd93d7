"""What shared access signatures are signed with: the account key where there is one, else a delegated key."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from shared.kernel.clock import Clock
from shared.platform.blob.account import BlobAccount
from shared.platform.blob.errors import translated

if TYPE_CHECKING:
    from azure.storage.blob import UserDelegationKey

_DELEGATION: Final = timedelta(hours=6)

SKEW: Final = timedelta(minutes=5)
"""How far clocks may differ: what is signed holds from so long ago."""


class SigningKeys:
    """The keys of one storage account. A user delegation key can be revoked, and names who signed."""

    def __init__(self, account: BlobAccount, clock: Clock) -> None:
        self._account = account
        self._clock = clock
        self._delegated: tuple[UserDelegationKey, datetime] | None = None

    async def key(self, until: datetime) -> dict[str, Any]:
        """Return the key argument of the SDK's `generate_*_sas` for a signature that holds until a moment."""
        account_key = getattr(self._account.service.credential, "account_key", None)
        if account_key is not None:
            return {"account_key": account_key}
        return {"user_delegation_key": await self._delegation_key(until)}

    async def _delegation_key(self, until: datetime) -> "UserDelegationKey":
        if self._delegated is None or self._delegated[1] < until:
            now = self._clock.now()
            holds_until = max(now + _DELEGATION, until)
            with translated():
                key = await self._account.service.get_user_delegation_key(now - SKEW, holds_until)
            self._delegated = (key, holds_until)
        return self._delegated[0]
