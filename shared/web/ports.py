"""What the HTTP kernel needs from outside."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.kernel.errors import InvalidInput
from shared.kernel.scope import TenantScope
from shared.kernel.stamp import Owner


class UntrustedSource(InvalidInput):
    """A remote address that may not be asked, or an answer of one that breaks the rules."""


class RemoteDocuments(Protocol):
    """Reads small documents from servers that tenants name, which are not trusted."""

    async def read(self, url: str, limit: int) -> bytes:
        """Return the body of a GET, at most `limit` bytes.

        `UntrustedSource` for an address inside our network, a redirect, a refusal or an oversized answer;
        `Unavailable` when the server can't be reached in time.
        """
        ...


class RefusalLog(Protocol):
    """Where refusals are audited."""

    async def refused(self, owner: Owner, action: str, obj: str, reason: str) -> None:
        """Keep that the owner's actor was refused `action` on `obj` for `reason`, a stable code."""
        ...


@dataclass(frozen=True, slots=True)
class StoredReply:
    """The answer of a completed call, as it is given again."""

    status: int
    headers: dict[str, str]
    body: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One use of an idempotency key: completed with a `reply`, else in progress until `locked_until`."""

    id: str
    fingerprint: str
    locked_until: datetime
    expires_at: datetime
    reply: StoredReply | None = None
    version: str = ""
    """The store's version of the record; empty before it is stored."""


class Attempts(Protocol):
    """Uses of idempotency keys, kept per tenant until they expire."""

    async def find(self, scope: TenantScope, attempt_id: str) -> Attempt | None:
        """Return the record, or None; `Unavailable`."""
        ...

    async def create(self, scope: TenantScope, attempt: Attempt) -> Attempt:
        """Write a new record and return it with its version; `Conflict` when the id is taken."""
        ...

    async def replace(self, scope: TenantScope, attempt: Attempt) -> Attempt:
        """Write over the version that `attempt` carries; `PreconditionFailed`, `NotFound` when it is gone."""
        ...

    async def delete(self, scope: TenantScope, attempt: Attempt) -> None:
        """Delete the version that `attempt` carries; `PreconditionFailed`, `NotFound`."""
        ...
