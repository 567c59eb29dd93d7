"""What mail needs from outside: where a relay stored it, who may send it, and where it is put aside."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.kernel.scope import TenantScope
from shared.kernel.stamp import Owner, StampScope


@dataclass(frozen=True, slots=True)
class StoredMail:
    """A message as a relay stored it."""

    path: str
    etag: str
    size: int
    stored_at: datetime
    refused: str | None = None
    """The reason for which it was put aside before."""

    @property
    def digest(self) -> str:
        """What stands for its path where a path may not: anybody can choose one."""
        return hashlib.sha256(self.path.encode()).hexdigest()


class Mailbox(Protocol):
    """The stored messages. They are nobody's until their sender is known, so the stamp reads them."""

    async def find(self, stamp: StampScope, path: str) -> StoredMail | None:
        """Return a message, None when it is gone; `Unavailable`."""
        ...

    async def read(self, stamp: StampScope, mail: StoredMail, offset: int, length: int) -> bytes:
        """Return at most `length` bytes from `offset`; `PreconditionFailed` when it is another by now."""
        ...

    def of(self, scope: TenantScope) -> AsyncIterator[StoredMail]:
        """Yield the messages in the folder of the scope's tenant; `Unavailable`."""
        ...

    def waiting(self, stamp: StampScope, before: datetime) -> AsyncIterator[str]:
        """Yield the paths of messages stored before a moment and not put aside; `Unavailable`."""
        ...

    async def refuse(self, stamp: StampScope, mail: StoredMail, reason: str) -> None:
        """Write the reason upon this version; another one, or none, stays as it is."""
        ...

    async def remove(self, stamp: StampScope, mail: StoredMail) -> None:
        """Remove this version; another one, or none, stays as it is."""
        ...


class Senders(Protocol):
    """Knows from whom a tenant takes mail."""

    async def sender_scope(
        self, tenant_id: str, address: str, feed: str | None, *, proven: bool
    ) -> tuple[TenantScope, str | None]:
        """Return the scope of a tenant one of whose rules names the sender, and the feed that is meant.

        `NotFound` for a tenant that is not served here; `Forbidden`, with the reason as a stable code for its
        detail, for a sender whom no rule names for that feed, or who is not `proven` where the rule asks it.
        """
        ...


class LandingWrites(Protocol):
    """Landing blobs that are made here."""

    async def write(self, scope: TenantScope, blob: str, content: bytes) -> None:
        """Make a landing blob of these bytes; one that exists stays as it is."""
        ...


class HeldMail(Protocol):
    """The quarantine of mail."""

    async def hold(self, owner: Owner, mail: StoredMail, reason: str) -> None:
        """Note that the message was put aside for `reason`; repeating it changes nothing."""
        ...

    async def release(self, owner: Owner, mail: StoredMail) -> None:
        """Note that what the owner has put aside of it was taken in after all, if it has."""
        ...
