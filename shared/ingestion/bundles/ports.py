"""What taking bundles in needs from outside: whom a tenant lets sign, and the chains of its appliances."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from shared.ingestion.ports import Versioned
from shared.kernel.scope import TenantScope


class ApplianceRules(Protocol):
    """What the tenant's record says about appliances, also while the tenant is suspended."""

    async def appliance_only(self, scope: TenantScope) -> bool:
        """Tell whether files of the tenant come by its appliances only (`ingress` policy)."""
        ...

    async def appliance_keys(self, scope: TenantScope) -> Collection[bytes]:
        """Return the public keys of the tenant's appliances."""
        ...


@dataclass(frozen=True, slots=True)
class Link:
    """The bundle of an appliance that was taken last."""

    serial: int
    digest: str


class BundleChains(Protocol):
    """The chains of the appliances of a tenant: which bundle was taken last, and which ingest took each."""

    async def last(self, scope: TenantScope, appliance: str) -> Versioned[Link] | None:
        """Return the last link, None before the first."""
        ...

    async def taker(self, scope: TenantScope, appliance: str, serial: int) -> str | None:
        """Return the ingest that took a bundle, None when none did or it is too long ago."""
        ...

    async def take(
        self, scope: TenantScope, appliance: str, link: Link, ingest_id: str, etag: str | None
    ) -> None:
        """Make `link` the last and note its ingest, both or neither; etag None begins the chain.

        `PreconditionFailed` or `Conflict` when another link was added meanwhile.
        """
        ...
