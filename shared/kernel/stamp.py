"""What belongs to a stamp and to no tenant: unverifiable messages, refusals before a tenant is known."""

from dataclasses import dataclass
from typing import ClassVar, Protocol

from shared.kernel.scope import TenantScope

STAMP = "_stamp"
"""Stands where a tenant id stands in partition keys; `is_tenant_id` refuses it, so no tenant can have it."""


@dataclass(frozen=True, slots=True)
class StampScope:
    """Work of the stamp itself. Anybody may make one: it reaches no tenant's documents."""

    tenant_id: ClassVar[str] = STAMP
    stamp: str
    actor: str
    correlation_id: str


class Residency(Protocol):
    """Knows which tenants are homed on this stamp: only their data may be read or written here."""

    async def require_home(self, scope: TenantScope) -> None:
        """Raise `WrongStamp` unless the scope's tenant is homed here now; `Unavailable`."""
        ...


type Owner = TenantScope | StampScope
"""To whom a record belongs: a tenant, or the stamp."""
