"""What every service stands on: settings, clock, keys, clients, tenancy, audit."""

from functools import cached_property, partial
from typing import TYPE_CHECKING

from shared.audit.sealer import Sealer
from shared.audit.service import Audit
from shared.kernel.clock import SystemClock
from shared.kernel.ids import new_id
from shared.kernel.secrets import Keyring, KeySource, SecretStore, keyring
from shared.kernel.stamp import StampScope
from shared.platform.cosmos.client import CosmosConnection
from shared.platform.cosmos.scoped import ScopedContainer
from shared.platform.keyvault.store import secret_store
from shared.settings import Settings
from shared.tenancy.service import Tenancy

if TYPE_CHECKING:
    from shared.platform.blob.account import BlobAccount
    from shared.platform.cosmos.audit import CosmosAudit
    from shared.platform.cosmos.tenants import CosmosTenants
    from shared.platform.servicebus.sender import ServiceBusSender


class Foundations:
    """The clients and records of one process, wired for one set of settings."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock = SystemClock()

    def stamp_scope(self, function: str) -> StampScope:
        """Return the scope of work that belongs to no tenant."""
        return StampScope(self.settings.stamp, f"system:{function}", new_id())

    async def close(self) -> None:
        """Write what the audit still holds and close every client that was opened."""
        await self.audit.close()
        await self.cosmos.close()
        for opened in ("sender", "blobs"):
            if opened in self.__dict__:
                await self.__dict__[opened].close()

    @cached_property
    def cosmos(self) -> CosmosConnection:
        """The connection to the database."""
        return CosmosConnection(self.settings.cosmos, self.settings.cosmos_database)

    @cached_property
    def blobs(self) -> "BlobAccount":
        """The blob account."""
        from shared.platform.blob.account import BlobAccount  # noqa: PLC0415

        return BlobAccount(self.settings.storage)

    @cached_property
    def sender(self) -> "ServiceBusSender":
        """The sender of messages."""
        from shared.platform.servicebus.sender import ServiceBusSender  # noqa: PLC0415

        return ServiceBusSender(self.settings.service_bus)

    @cached_property
    def secrets(self) -> SecretStore:
        """The store of secrets."""
        return secret_store(self.settings.secrets)

    def keys(self, family: str) -> KeySource:
        """Return what reads the ring of keys of a family."""
        return partial(keyring, self.secrets, family)

    async def current_key(self, family: str) -> str:
        """Return the key of a family that is in force."""
        ring: Keyring = await self.keys(family)()
        return ring.signing.decode()

    def scoped(self, container: str, second_level: str) -> ScopedContainer:
        """Return a container of tenants' documents; every breach in it is audited."""
        return ScopedContainer(self.cosmos.opener(container), second_level, on_breach=self.audit.breached)

    @cached_property
    def ingest_documents(self) -> ScopedContainer:
        """What belongs to ingests: their state, plans, marks, receipts, and the events that they send."""
        return self.scoped("ingests", "ingestId")

    @cached_property
    def tenants(self) -> "CosmosTenants":
        """The tenant records."""
        from shared.platform.cosmos.tenants import CosmosTenants  # noqa: PLC0415

        return CosmosTenants(self.cosmos.opener("control"))

    @cached_property
    def tenancy(self) -> Tenancy:
        """Tenants, logins, and the tenant iterator."""
        from shared.platform.cosmos.memberships import CosmosMemberships  # noqa: PLC0415

        return Tenancy(
            stamp=self.settings.stamp,
            tenants=self.tenants,
            memberships=CosmosMemberships(self.scoped("identity", "personId")),
            clock=self.clock,
        )

    @cached_property
    def audit_store(self) -> "CosmosAudit":
        """The chained audit segments."""
        from shared.platform.cosmos.audit import CosmosAudit  # noqa: PLC0415

        # The audit listens to breaches, so its own container can't report to it: it would wait for itself.
        return CosmosAudit(ScopedContainer(self.cosmos.opener("audit"), "month", on_breach=_raise_only))

    @cached_property
    def audit(self) -> Audit:
        """The audit."""
        return Audit(self.audit_store, self.keys("audit"), self.clock)

    @cached_property
    def sealer(self) -> Sealer:
        """Seals audit segments."""
        return Sealer(self.audit_store, self.keys("audit"), self.clock)


async def _raise_only(*_: object) -> None:
    """Report nothing: the breach is raised by its container all the same."""
