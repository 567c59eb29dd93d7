"""A memory with so much room, from which the least recently used goes first."""

from collections import OrderedDict
from collections.abc import Callable, Hashable


def one(_: object) -> int:
    """Return the size of a value where values are counted."""
    return 1


class Bounded[K: Hashable, V]:
    """Holds values whose sizes come to at most `room`; one that is larger than all of it is not held.

    Without a `size`, so many values.
    """

    def __init__(self, room: int, size: Callable[[V], int] = one) -> None:
        self._room = room
        self._size = size
        self._taken = 0
        self._values: OrderedDict[K, tuple[int, V]] = OrderedDict()

    def get(self, key: K) -> V | None:
        """Return the value, or None when it is unknown."""
        entry = self._values.get(key)
        if entry is None:
            return None
        self._values.move_to_end(key)
        return entry[1]

    def put(self, key: K, value: V) -> None:
        """Hold the value from now on, in place of the one before."""
        self.forget(key)
        size = self._size(value)
        self._values[key] = (size, value)
        self._taken += size
        while self._taken > self._room:
            self.forget(next(iter(self._values)))

    def forget(self, key: K) -> None:
        """Drop the value, if there is one."""
        size, _ = self._values.pop(key, (0, None))
        self._taken -= size
