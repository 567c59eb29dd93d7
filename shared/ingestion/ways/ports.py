"""What the ways in need from outside: receipts, the box of drops, and where refusals are audited."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from shared.kernel.scope import TenantScope
from shared.kernel.stamp import Owner


@dataclass(frozen=True, slots=True)
class Receipt:
    """That one arrival is being taken in, as which upload, and whether that is done."""

    id: str
    """Digest of what makes an arrival the same as an earlier one."""
    upload_id: str
    taken: bool = False


class Receipts(Protocol):
    """The receipts of one tenant, each created once."""

    async def reserve(self, scope: TenantScope, receipt: Receipt) -> Receipt:
        """Store the receipt unless one with its id is there; return what is stored; `Unavailable`."""
        ...

    async def mark_taken(self, scope: TenantScope, receipt: Receipt) -> None:
        """Note that the arrival of a stored receipt has landed; repeating it changes nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Drop:
    """A file in a tenant's box, as the store showed it."""

    name: str
    """Its path below the tenant's folder."""
    etag: str
    size: int
    modified: datetime
    still: timedelta
    """For how long it had not changed, by the clock of the store."""
    refused: str | None = None
    """The reason for which this version was left where it is."""


class Drops(Protocol):
    """The box into which SFTP writes, a folder for each tenant. `Unavailable` from every method."""

    def folders(self, owner: Owner) -> AsyncIterator[str]:
        """Yield the names of the folders that hold anything."""
        ...

    def of(self, scope: TenantScope) -> AsyncIterator[Drop]:
        """Yield the files in the folder of the scope's tenant."""
        ...

    async def land(self, scope: TenantScope, drop: Drop, blob: str) -> bool:
        """Make the landing blob a copy of just this version; one that exists stays as it is.

        False, and nothing was made, when the drop has changed or is gone.
        """
        ...

    async def refuse(self, scope: TenantScope, drop: Drop, reason: str) -> None:
        """Write the reason upon this version; another one, or none, stays as it is."""
        ...

    async def remove(self, scope: TenantScope, drop: Drop) -> None:
        """Remove this version; another one, or none, stays as it is."""
        ...


class Refusals(Protocol):
    """Where refusals are audited."""

    async def refused(self, owner: Owner, action: str, obj: str, reason: str) -> None:
        """Keep that the owner's actor was refused `action` on `obj` for `reason`, a stable code."""
        ...
