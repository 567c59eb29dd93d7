"""What tenancy needs from a store."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from shared.kernel.scope import TenantScope
from shared.tenancy.model import Membership, Tenant


@dataclass(frozen=True, slots=True)
class StoredTenant:
    """The record of a tenant with the ETag that guards its replacement."""

    tenant: Tenant
    etag: str


class TenantRecords(Protocol):
    """The records of all tenants. They hold no student data, so they are read without a scope."""

    async def find(self, tenant_id: str) -> Tenant | None:
        """Return the record, or None; `Unavailable`."""
        ...

    async def stored(self, tenant_id: str) -> StoredTenant:
        """Return the record as it is now; `NotFound`, `Unavailable`."""
        ...

    async def replace(self, tenant: StoredTenant) -> None:
        """Write over the version that was read; `PreconditionFailed` when it changed, `Unavailable`."""
        ...

    async def put(self, tenant: Tenant) -> None:
        """Write the record, new or not; `Unavailable`."""
        ...

    def homed_on(self, stamp: str) -> AsyncIterator[Tenant]:
        """Yield the tenants whose home is `stamp`, in order of id; `Unavailable`."""
        ...


class Memberships(Protocol):
    """The logins of one tenant."""

    async def find(self, scope: TenantScope, issuer: str, subject: str) -> Membership | None:
        """Return the membership of a login by one point read, or None; `Unavailable`."""
        ...

    async def put(self, scope: TenantScope, membership: Membership) -> None:
        """Write the membership of a login, new or not; `Unavailable`."""
        ...
