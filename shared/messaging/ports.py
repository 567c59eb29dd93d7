"""What messaging needs from outside: a bus to send on, and stores for the outbox and the quarantine."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.kernel.events import Json
from shared.kernel.scope import TenantScope
from shared.kernel.stamp import Owner
from shared.messaging.messages import OutgoingMessage
from shared.messaging.quarantine import Quarantined


class MessageSender(Protocol):
    """A bus."""

    async def send(self, messages: Sequence[OutgoingMessage]) -> None:
        """Send all messages, in order within each destination and session.

        When it raises, some may have been sent: send all again, their ids make that harmless. `Unavailable`
        when the bus is throttling or out of reach, `TooLarge` for a message that no bus will carry.
        """
        ...


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """An outbox document with the scope and the second-level key of the partition it lies in."""

    scope: TenantScope
    level: str
    document: Mapping[str, Json]


class OutboxStore(Protocol):
    """The outbox documents of one container, of all tenants of the stamp."""

    def entries(self, changed: Iterable[Mapping[str, Json]]) -> list[OutboxEntry]:
        """Return the outbox documents among documents of the container's change feed."""
        ...

    def leftovers(self, before: datetime) -> AsyncIterator[OutboxEntry]:
        """Go through the outbox documents that were written before a moment and are still there."""
        ...

    async def delete(self, entry: OutboxEntry) -> None:
        """Delete the document; it is fine when somebody else has."""
        ...


class QuarantineStore(Protocol):
    """Records of messages that can never succeed as they are."""

    async def put(self, owner: Owner, record: Quarantined) -> None:
        """Write the record, over an earlier one of the same message."""
        ...

    async def mark_replayed(self, owner: Owner, record: Quarantined) -> None:
        """Write a record that was read and `replayed`, unless the message has come back since."""
        ...

    async def read(self, owner: Owner, queue: str, digest: str) -> Quarantined:
        """Return a record; `NotFound`."""
        ...

    def records(self, owner: Owner, queue: str | None) -> AsyncIterator[Quarantined]:
        """Go through the owner's records, of one queue or of all."""
        ...
