"""Which fold of each tenant was the last to end: while it is the same, what was read since still holds.

Every fold ends by moving the head of the tenant's shard. That head is read once a second.
"""

from datetime import timedelta
from functools import partial
from typing import Final, Protocol

from shared.analytics.model import TENANT_SHARD, ShardHead
from shared.kernel.clock import Clock
from shared.kernel.once import Once
from shared.kernel.recent import Recent
from shared.kernel.scope import TenantScope

LIFETIME: Final = timedelta(seconds=1)
"""How much older than the last fold an answer may be: little beside the pace of pollers and folds."""

LONGEST: Final = timedelta(seconds=30)
"""How long what a fold wrote that broke off may go unseen; the next delivery of its message ends it."""

_TENANTS: Final = 1_000


class Heads(Protocol):
    """The heads of shards."""

    async def head(self, scope: TenantScope, shard: str) -> ShardHead:
        """Return the head of a shard."""
        ...


class LastFolds:
    """Knows the last fold of each tenant, as of a second ago."""

    def __init__(self, heads: Heads, clock: Clock) -> None:
        self._heads = heads
        self._known: Recent[str, ShardHead] = Recent(clock, LIFETIME, _TENANTS)
        self._once = Once()

    async def of(self, scope: TenantScope) -> str | None:
        """Return what names the last fold of a tenant, None before the first."""
        head = self._known.get(scope.key())
        if head is None:
            head = await self._once.read(scope.key(), partial(self._read, scope))
        return head.etag

    async def _read(self, scope: TenantScope) -> ShardHead:
        head = await self._heads.head(scope, TENANT_SHARD)
        self._known.put(scope.key(), head)
        return head
