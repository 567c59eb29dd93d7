"""A small memory of what was read a moment ago, so that a call costs no repeated point reads."""

from collections import OrderedDict
from collections.abc import Hashable
from datetime import datetime, timedelta

from shared.kernel.clock import Clock


class Recent[K: Hashable, V]:
    """Remembers up to `capacity` values, each for `lifetime`; the least recently used goes first."""

    def __init__(self, clock: Clock, lifetime: timedelta, capacity: int) -> None:
        self._clock = clock
        self._lifetime = lifetime
        self._capacity = capacity
        self._values: OrderedDict[K, tuple[datetime, V]] = OrderedDict()

    def get(self, key: K) -> V | None:
        """Return the value, or None when it is unknown or too old."""
        entry = self._values.get(key)
        if entry is None:
            return None
        until, value = entry
        if until <= self._clock.now():
            del self._values[key]
            return None
        self._values.move_to_end(key)
        return value

    def put(self, key: K, value: V) -> None:
        """Remember the value from now on."""
        self._values[key] = (self._clock.now() + self._lifetime, value)
        self._values.move_to_end(key)
        if len(self._values) > self._capacity:
            self._values.popitem(last=False)

    def forget(self, key: K) -> None:
        """Drop the value, if there is one."""
        self._values.pop(key, None)
