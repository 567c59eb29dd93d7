"""What a process keeps of read models: by tenant, bounded in size, the least recently used goes first."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from shared.analytics.ports import Place
from shared.analytics.serving.last_folds import LIFETIME, LONGEST
from shared.kernel.bounded import Bounded
from shared.kernel.clock import Clock
from shared.kernel.scope import TenantScope

_OVERHEAD = 500
"""What an entry takes beside its texts, in characters."""


class _Kept[T](NamedTuple):
    fold: str | None
    until: datetime
    value: T


class KeptUntilFold[T]:
    """Keeps what was read of places, as long as the fold is the same that it was read after.

    That is half a minute at most, and a second for what no fold tells of. `size` tells how many characters a
    value has, `limit` is what all together may have.
    """

    def __init__(self, clock: Clock, limit: int, size: Callable[[T], int]) -> None:
        self._clock = clock
        self._kept: Bounded[str, _Kept[T]] = Bounded(limit, lambda kept: size(kept.value) + _OVERHEAD)

    def get(self, scope: TenantScope, place: Place, fold: str | None) -> T | None:
        """Return what is kept for the tenant, None when that is nothing, too old, or of another fold."""
        key = scope.key(*place)
        kept = self._kept.get(key)
        if kept is None:
            return None
        if kept.fold != fold or kept.until <= self._clock.now():
            self._kept.forget(key)
            return None
        return kept.value

    def put(self, scope: TenantScope, place: Place, fold: str | None, value: T) -> None:
        """Keep from now on what was read when this was known to be the last fold: it is as old, or newer."""
        until = self._clock.now() + (LIFETIME if fold is None else LONGEST)
        self._kept.put(scope.key(*place), _Kept(fold, until, value))
