"""Message locks of one entity, in the order in which they expire."""

import uuid
from collections import OrderedDict
from collections.abc import Iterator

from infra.local.servicebus.entities.message import Message


class LockTable:
    """Locked messages by token.

    All locks of an entity last equally long, so the order of locking and renewing is the order of expiry.
    Locks of session messages last as long as the session's and are checked there.
    """

    def __init__(self) -> None:
        self._messages: OrderedDict[uuid.UUID, Message] = OrderedDict()

    def __len__(self) -> int:
        return len(self._messages)

    def __iter__(self) -> Iterator[Message]:
        return iter(self._messages.values())

    def add(self, message: Message) -> None:
        """Enter a message that has just been locked."""
        if message.lock_token is not None:
            self._messages[message.lock_token] = message

    def get(self, token: uuid.UUID, now: int) -> Message | None:
        """Return the message of a lock that is valid now."""
        message = self._messages.get(token)
        return message if message is not None and message.locked_until > now else None

    def remove(self, message: Message) -> None:
        """Take out a message that is being settled or released."""
        if message.lock_token is not None:
            self._messages.pop(message.lock_token, None)

    def renew(self, message: Message, until: int) -> None:
        """Let a lock last until a later time."""
        message.locked_until = until
        if message.lock_token is not None:
            self._messages.move_to_end(message.lock_token)

    def pop_expired(self, now: int) -> Iterator[Message]:
        """Remove and yield the messages whose locks have expired."""
        while self._messages:
            message = next(iter(self._messages.values()))
            if message.locked_until > now:
                return
            self.remove(message)
            yield message
