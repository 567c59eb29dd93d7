"""Message ids that an entity has seen inside its duplicate detection window."""

from collections import OrderedDict
from collections.abc import Iterator


class DuplicateHistory:
    """Remembers ids for `window` milliseconds after they were first seen."""

    def __init__(self, window: int) -> None:
        self._window = window
        self._expiry: OrderedDict[str, int] = OrderedDict()

    def is_duplicate(self, message_id: str, now: int) -> bool:
        """Whether the id was seen inside the window."""
        return self._expiry.get(message_id, 0) > now

    def remember(self, message_id: str, now: int) -> int:
        """Note a new id and return when it will be forgotten."""
        expires_at = now + self._window
        self._expiry[message_id] = expires_at
        self._expiry.move_to_end(message_id)
        return expires_at

    def restore(self, message_id: str, expires_at: int) -> None:
        """Note an id from before a restart; to be called in the order of expiry."""
        self._expiry[message_id] = expires_at

    def forget_expired(self, now: int) -> Iterator[str]:
        """Remove and yield the ids outside the window."""
        while self._expiry:
            message_id, expires_at = next(iter(self._expiry.items()))
            if expires_at > now:
                return
            del self._expiry[message_id]
            yield message_id
