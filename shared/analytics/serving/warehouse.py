"""The open warehouse: credentials by which a district's own tools read its tables in place."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from shared.kernel.clock import Clock
from shared.kernel.scope import TenantScope


@dataclass(frozen=True, slots=True)
class WarehouseGrant:
    """What opens the lake of one tenant for reading: where it is, and a signature that holds for a while."""

    account: str
    endpoint: str
    container: str
    signature: str
    expires_at: datetime


class WarehouseGrants(Protocol):
    """Signs access to lakes."""

    async def grant_reading(self, scope: TenantScope, until: datetime) -> WarehouseGrant:
        """Return access to the lake of the scope's tenant: to list and read it until a moment, no more."""
        ...


class Warehouse:
    """Issues credentials of a limited life; nothing renews them but asking again."""

    def __init__(self, grants: WarehouseGrants, clock: Clock) -> None:
        self._grants = grants
        self._clock = clock

    async def credentials(self, scope: TenantScope, hours: int) -> WarehouseGrant:
        """Return credentials that hold for `hours`."""
        return await self._grants.grant_reading(scope, self._clock.now() + timedelta(hours=hours))
