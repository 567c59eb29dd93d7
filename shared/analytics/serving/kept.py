"""The rollups that a process keeps: by tenant, bounded in size, the least recently used goes first."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from shared.analytics.model import Rollup
from shared.analytics.ports import Place
from shared.kernel.bounded import Bounded
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
        self._kept: Bounded[str, _Kept] = Bounded(limit, _size)

    def get(self, scope: TenantScope, place: Place, fold: str | None) -> Rollup | None:
        """Return a rollup of the tenant, None when it is unknown, too old, or was read after another fold."""
        key = scope.key(*place)
        kept = self._kept.get(key)
        if kept is None:
            return None
        if kept.fold != fold or kept.until <= self._clock.now():
            self._kept.forget(key)
            return None
        return kept.rollup

    def put(
        self, scope: TenantScope, place: Place, fold: str | None, rollup: Rollup, lifetime: timedelta
    ) -> None:
        """Keep a rollup from now on."""
        self._kept.put(scope.key(*place), _Kept(fold, self._clock.now() + lifetime, rollup))


def _size(kept: _Kept) -> int:
    return len(kept.rollup.text) + _OVERHEAD
