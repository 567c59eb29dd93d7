"""Messages ordered by a time, from which most disappear before it comes."""

import heapq
import itertools
from collections.abc import Callable, Iterator

from infra.local.servicebus.entities.message import Message

# Below this size the stale entries are not worth a rebuild.
_SMALL = 256


class DueHeap:
    """A min-heap by due time that forgets stale entries lazily.

    `due_of` tells when a message is due, or nothing when it no longer is. `live` tells how many messages
    the entity has: when the heap holds twice as many, it is rebuilt, so it stays proportional to the entity.
    """

    def __init__(self, due_of: Callable[[Message], int | None], live: Callable[[], int]) -> None:
        self._due_of = due_of
        self._live = live
        self._ticket = itertools.count()
        self._entries: list[tuple[int, int, Message]] = []

    def __len__(self) -> int:
        """Return the number of entries, stale ones included."""
        return len(self._entries)

    def push(self, message: Message) -> None:
        """Add a message that has a due time."""
        due = self._due_of(message)
        if due is None:
            return
        heapq.heappush(self._entries, (due, next(self._ticket), message))
        if len(self._entries) > _SMALL + 2 * self._live():
            self._entries = [entry for entry in self._entries if self._is_current(entry)]
            heapq.heapify(self._entries)

    def pop_due(self, now: int) -> Iterator[Message]:
        """Remove and yield the messages that are due."""
        while self._entries and self._entries[0][0] <= now:
            entry = heapq.heappop(self._entries)
            if self._is_current(entry):
                yield entry[2]

    def _is_current(self, entry: tuple[int, int, Message]) -> bool:
        return self._due_of(entry[2]) == entry[0]
