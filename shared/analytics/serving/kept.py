"""The rollups that a process keeps: by tenant, bounded in size, the least recently used goes first."""

from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from shared.analytics.model import Rollup
from shared.analytics.ports import Place
from shared.kernel.clock import Clock
from shared.kernel.scope import TenantScope

CHARACTERS: Final = 16_000_000
"""Of all texts together: a thousand views and more."""

_OVERHEAD: Final = 500
"""What an entry takes beside its text, in the same measure."""


class _Kept(NamedTuple):
    fold: str | None
    until: datetime
    rollup: Rollup


class KeptRollups:
    """Keeps rollups, each for its time, as long as the fold is the same that it was read after."""

    def __init__(self, clock: Clock, limit: int = CHARACTERS) -> None:
        self._clock = clock
        self._limit = limit
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._size = 0

    def get(self, scope: TenantScope, place: Place, fold: str | None) -> Rollup | None:
        """Return a rollup of the tenant, None when it is unknown, too old, or was read after another fold."""
        key = scope.key(*place)
        kept = self._kept.get(key)
        if kept is None:
            return None
        if kept.fold != fold or kept.until <= self._clock.now():
            self._forget(key)
            return None
        self._kept.move_to_end(key)
        return kept.rollup

    def put(
        self, scope: TenantScope, place: Place, fold: str | None, rollup: Rollup, lifetime: timedelta
    ) -> None:
        """Keep a rollup from now on."""
        key = scope.key(*place)
        self._forget(key)
        self._kept[key] = _Kept(fold, self._clock.now() + lifetime, rollup)
        self._size += _size(rollup)
        while self._size > self._limit:
            self._forget(next(iter(self._kept)))

    def _forget(self, key: str) -> None:
        kept = self._kept.pop(key, None)
        if kept is not None:
            self._size -= _size(kept.rollup)


def _size(rollup: Rollup) -> int:
    return len(rollup.text) + _OVERHEAD
