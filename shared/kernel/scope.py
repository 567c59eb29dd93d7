"""The tenant scope: proof, in a type, that somebody established for which tenant work is done.

Every repository call takes a `TenantScope` first. There is no public constructor: a scope is made in one of
four ways, each of which has verified the tenant, and a lint (`scope_makers`) holds each factory to the few
modules that may call it. A tenant never comes from a request body or a query string.
"""

from dataclasses import dataclass, field
from typing import Self

from shared.kernel.ids import is_tenant_id

_WITNESS = object()


@dataclass(frozen=True, slots=True)
class TenantScope:
    """For which tenant, on which stamp, on whose behalf, and in which chain of causes work is done.

    `actor` is `person:{id}`, `client:{id}` or `system:{function}`; it is what the audit names.
    """

    tenant_id: str
    stamp: str
    actor: str
    correlation_id: str
    _witness: object = field(repr=False, compare=False)

    def __post_init__(self) -> None:
        if self._witness is not _WITNESS:
            raise TypeError("a TenantScope is made by its factories only")
        if not is_tenant_id(self.tenant_id):
            raise ValueError("not a tenant id")

    @classmethod
    def authenticated(cls, tenant_id: str, stamp: str, actor: str, correlation_id: str) -> Self:
        """Make the scope of a caller whose token was verified. Called by web authentication only."""
        return cls(tenant_id, stamp, actor, correlation_id, _WITNESS)

    @classmethod
    def of_message(cls, tenant_id: str, stamp: str, actor: str, correlation_id: str) -> Self:
        """Make the scope of a message whose MAC was verified. Called by the message envelope only."""
        return cls(tenant_id, stamp, actor, correlation_id, _WITNESS)

    @classmethod
    def of_landing(cls, tenant_id: str, stamp: str, upload_id: str) -> Self:
        """Make the scope of a landed blob that matches its upload record. Called by landing only."""
        return cls(tenant_id, stamp, f"upload:{upload_id}", upload_id, _WITNESS)

    @classmethod
    def of_iteration(cls, tenant_id: str, stamp: str, function: str, correlation_id: str) -> Self:
        """Make the scope of a tenant whose record was read, or under whose key a document is stored.

        For timers, scripts, mail and the change feed. Called by tenancy and by `cross_tenant` only.
        """
        return cls(tenant_id, stamp, f"system:{function}", correlation_id, _WITNESS)

    def key(self, *parts: str) -> str:
        """Return a cache key that holds the stamp and the tenant; the only way to make one."""
        return "\x1f".join((self.stamp, self.tenant_id, *parts))
