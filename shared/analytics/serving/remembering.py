"""Rollups that many look at, read from the store again when a fold has written.

Every fold ends by moving the head of the tenant's shard. That head is read once a second; while it is the
same, what was read since is given again.
"""

import asyncio
from collections.abc import Callable, Collection, Coroutine
from datetime import timedelta
from functools import partial
from typing import Any, Final

from shared.analytics.model import TENANT_SHARD, Rollup, ShardHead, is_items_view
from shared.analytics.ports import Place, RollupsReader
from shared.analytics.serving.kept import KeptRollups
from shared.kernel.clock import Clock
from shared.kernel.recent import Recent
from shared.kernel.scope import TenantScope

LIFETIME: Final = timedelta(seconds=1)
"""How much older than the last fold an answer may be: little beside the pace of pollers and folds."""

LONGEST: Final = timedelta(seconds=30)
"""How long what a fold wrote that broke off may go unseen; the next delivery of its message ends it."""

_TENANTS: Final = 1_000


class RememberedRollups:
    """Implements `RollupReader` and `ReadAhead`.

    What was found is given until the tenant's next fold ends, for half a minute at most. Item analyses are
    folded by themselves: they are given for a second. Who asks for one while it is read waits too. That there
    is none is not remembered: it is asked anew.
    """

    def __init__(self, rollups: RollupsReader, clock: Clock) -> None:
        self._rollups = rollups
        self._heads: Recent[str, ShardHead] = Recent(clock, LIFETIME, _TENANTS)
        self._kept = KeptRollups(clock)
        self._reading: dict[str, asyncio.Task[Any]] = {}

    async def find(self, scope: TenantScope, shard: str, view: str) -> Rollup | None:
        """Return a rollup as the last fold left it, or as it was a second ago; None when there is none."""
        fold = await self._fold(scope, view)
        known = self._kept.get(scope, (shard, view), fold)
        if known is not None:
            return known
        return await self._once(scope.key(shard, view), partial(self._read, scope, (shard, view), fold))

    async def read_ahead(self, scope: TenantScope, places: Collection[Place]) -> None:
        """Read rollups together that are not remembered yet; a single one may as well be read when found."""
        folds = {place: await self._fold(scope, place[1]) for place in places}
        unknown = [place for place in places if self._kept.get(scope, place, folds[place]) is None]
        if len(unknown) > 1:
            for place, rollup in (await self._rollups.find_together(scope, unknown)).items():
                self._keep(scope, place, folds[place], rollup)

    async def _fold(self, scope: TenantScope, view: str) -> str | None:
        """Return what tells the last fold that may have written a view, None where nothing does."""
        if is_items_view(view):
            return None
        head = self._heads.get(scope.key())
        if head is None:
            head = await self._once(scope.key(), partial(self._read_head, scope))
        return head.etag

    async def _read_head(self, scope: TenantScope) -> ShardHead:
        head = await self._rollups.head(scope, TENANT_SHARD)
        self._heads.put(scope.key(), head)
        return head

    async def _read(self, scope: TenantScope, place: Place, fold: str | None) -> Rollup | None:
        found = await self._rollups.find(scope, *place)
        if found is not None:
            self._keep(scope, place, fold, found)
        return found

    def _keep(self, scope: TenantScope, place: Place, fold: str | None, rollup: Rollup) -> None:
        # Read after the head: as that fold left it, or newer.
        self._kept.put(scope, place, fold, rollup, LIFETIME if fold is None else LONGEST)

    async def _once[T](self, key: str, read: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Return what is read under a key, together with all others who ask meanwhile."""
        reading = self._reading.get(key)
        if reading is None:
            reading = asyncio.create_task(read())
            self._reading[key] = reading
            reading.add_done_callback(lambda _: self._reading.pop(key))
        # Who gives up must not take the answer from those who wait with them.
        return await asyncio.shield(reading)
