"""A small memory of what was read a moment ago, so that a call costs no repeated point reads."""

from collections.abc import Callable, Hashable
from datetime import datetime, timedelta

from shared.kernel.bounded import Bounded, one
from shared.kernel.clock import Clock


class Recent[K: Hashable, V]:
    """Remembers up to `capacity` values, each for `lifetime`; the least recently used goes first.

    With a `size` of values the capacity is what their sizes come to.
    """

    def __init__(
        self, clock: Clock, lifetime: timedelta, capacity: int, size: Callable[[V], int] = one
    ) -> None:
        self._clock = clock
        self._lifetime = lifetime
        self._values: Bounded[K, tuple[datetime, V]] = Bounded(capacity, lambda entry: size(entry[1]))

    def get(self, key: K) -> V | None:
        """Return the value, or None when it is unknown or too old."""
        entry = self._values.get(key)
        if entry is None:
            return None
        until, value = entry
        if until <= self._clock.now():
            self._values.forget(key)
            return None
        return value

    def put(self, key: K, value: V) -> None:
        """Remember the value from now on."""
        self._values.put(key, (self._clock.now() + self._lifetime, value))

    def forget(self, key: K) -> None:
        """Drop the value, if there is one."""
        self._values.forget(key)
