"""Rollups that many look at, read from the store again when a fold has written."""

from collections.abc import Collection
from functools import partial
from typing import Final

from shared.analytics.model import Rollup, is_items_view
from shared.analytics.ports import Place, RollupsReader
from shared.analytics.serving.kept import KeptUntilFold
from shared.analytics.serving.last_folds import LastFolds
from shared.kernel.clock import Clock
from shared.kernel.once import Once
from shared.kernel.scope import TenantScope

_CHARACTERS: Final = 16_000_000
"""Of all texts together: a thousand views and more."""


class RememberedRollups:
    """Implements `RollupReader` and `ReadAhead`.

    What was found is given until the tenant's next fold ends, for half a minute at most. Item analyses are
    folded by themselves: they are given for a second. Who asks for one while it is read waits too. That there
    is none is not remembered: it is asked anew.
    """

    def __init__(self, rollups: RollupsReader, folds: LastFolds, clock: Clock) -> None:
        self._rollups = rollups
        self._folds = folds
        self._kept: KeptUntilFold[Rollup] = KeptUntilFold(clock, _CHARACTERS, lambda one: len(one.text))
        self._once = Once()

    async def find(self, scope: TenantScope, shard: str, view: str) -> Rollup | None:
        """Return a rollup as the last fold left it, or as it was a second ago; None when there is none."""
        fold = await self._fold(scope, view)
        known = self._kept.get(scope, (shard, view), fold)
        if known is not None:
            return known
        return await self._once.read(scope.key(shard, view), partial(self._read, scope, (shard, view), fold))

    async def read_ahead(self, scope: TenantScope, places: Collection[Place]) -> None:
        """Read rollups together that are not remembered yet; a single one may as well be read when found."""
        folds = {place: await self._fold(scope, place[1]) for place in places}
        unknown = [place for place in places if self._kept.get(scope, place, folds[place]) is None]
        if len(unknown) > 1:
            for place, rollup in (await self._rollups.find_together(scope, unknown)).items():
                self._kept.put(scope, place, folds[place], rollup)

    async def _fold(self, scope: TenantScope, view: str) -> str | None:
        """Return what tells the last fold that may have written a view, None where nothing does."""
        return None if is_items_view(view) else await self._folds.of(scope)

    async def _read(self, scope: TenantScope, place: Place, fold: str | None) -> Rollup | None:
        found = await self._rollups.find(scope, *place)
        if found is not None:
            self._kept.put(scope, place, fold, found)
        return found
