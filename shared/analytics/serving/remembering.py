"""Rollups that many look at at the same time, read from the store once a second."""

import asyncio
from collections.abc import Collection
from datetime import timedelta
from typing import Final

from shared.analytics.model import Rollup
from shared.analytics.ports import Place, RollupsReader
from shared.kernel.clock import Clock
from shared.kernel.recent import Recent
from shared.kernel.scope import TenantScope

LIFETIME: Final = timedelta(seconds=1)
"""How much older than the store an answer may be: little beside the pace of pollers and folds."""
_ROLLUPS: Final = 256


class RememberedRollups:
    """Implements `RollupReader` and `ReadAhead`: what was found is given for a second.

    Who asks for one while it is read waits too. That there is none is not remembered: it is asked anew.
    """

    def __init__(self, rollups: RollupsReader, clock: Clock) -> None:
        self._rollups = rollups
        self._known: Recent[str, Rollup] = Recent(clock, LIFETIME, _ROLLUPS)
        self._reading: dict[str, asyncio.Task[Rollup | None]] = {}

    async def find(self, scope: TenantScope, shard: str, view: str) -> Rollup | None:
        """Return a rollup as it was at most a second ago; None when there is none."""
        key = scope.key(shard, view)
        known = self._known.get(key)
        if known is not None:
            return known
        reading = self._reading.get(key)
        if reading is None:
            reading = asyncio.create_task(self._read(scope, shard, view))
            self._reading[key] = reading
        # Who gives up must not take the answer from those who wait with them.
        return await asyncio.shield(reading)

    async def read_ahead(self, scope: TenantScope, places: Collection[Place]) -> None:
        """Read rollups together that are not remembered yet; a single one may as well be read when found."""
        unknown = [place for place in places if self._known.get(scope.key(*place)) is None]
        if len(unknown) > 1:
            for place, rollup in (await self._rollups.find_together(scope, unknown)).items():
                self._known.put(scope.key(*place), rollup)

    async def _read(self, scope: TenantScope, shard: str, view: str) -> Rollup | None:
        try:
            found = await self._rollups.find(scope, shard, view)
            if found is not None:
                self._known.put(scope.key(shard, view), found)
            return found
        finally:
            del self._reading[scope.key(shard, view)]
