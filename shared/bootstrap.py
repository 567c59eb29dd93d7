"""The one composition root: from settings to adapters to services, each built at its first use.

Nothing here reaches out to a service, and what only some functions need is imported when they ask for it:
the HTTP role never loads Polars or Delta Lake, and an ingest role never loads the gate.
"""

from functools import cache, cached_property, partial
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
from shared.platform.telemetry.logs import configure_logs
from shared.settings import Settings, process_settings
from shared.tenancy.service import Tenancy

if TYPE_CHECKING:
    from shared.analytics.folding import Folder
    from shared.analytics.service import Dashboards
    from shared.ingestion.committing import Committer
    from shared.ingestion.ingest_views import IngestViews
    from shared.ingestion.landing import Landing
    from shared.ingestion.planner import Planner
    from shared.ingestion.ports import PseudonymKeys
    from shared.ingestion.survey import Surveyor
    from shared.ingestion.sweeper import Sweeper
    from shared.ingestion.uploads import Uploads
    from shared.ingestion.worker import Worker
    from shared.messaging.consumer import Consumer
    from shared.messaging.relay import Relay
    from shared.platform.blob.account import BlobAccount
    from shared.platform.blob.lake import AzureLakeBlobs
    from shared.platform.blob.landing import AzureLandingBlobs
    from shared.platform.cosmos.audit import CosmosAudit
    from shared.platform.cosmos.commits import CosmosCommitLedger
    from shared.platform.cosmos.cross_tenant import CrossTenant
    from shared.platform.cosmos.folds import CosmosFoldLedger
    from shared.platform.cosmos.ingests import CosmosIngests
    from shared.platform.cosmos.quarantine import CosmosQuarantine
    from shared.platform.cosmos.rollups import CosmosRollups
    from shared.platform.cosmos.tenants import CosmosTenants
    from shared.platform.lake.access import LakeAccess
    from shared.platform.lake.tables import DeltaTables
    from shared.platform.servicebus.sender import ServiceBusSender
    from shared.web.gate import Gate


@cache
def services() -> "Services":
    """Return the services of this process; `InvalidInput` names what its environment lacks."""
    settings = process_settings()
    configure_logs(settings.log_level)
    return Services(settings)


class Services:
    """Everything that functions and scripts call, wired for one set of settings."""

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

    # Stores and keys

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

    # Tenancy, audit, web

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

    @cached_property
    def gate(self) -> "Gate":
        """What every HTTP request passes."""
        from shared.platform.cosmos.idempotency import CosmosAttempts  # noqa: PLC0415
        from shared.platform.outbound.documents import GuardedDocuments  # noqa: PLC0415
        from shared.web.authentication import Authenticator  # noqa: PLC0415
        from shared.web.gate import Gate  # noqa: PLC0415
        from shared.web.idempotency import Idempotency  # noqa: PLC0415
        from shared.web.paging import Cursors  # noqa: PLC0415
        from shared.web.throttling import Throttle  # noqa: PLC0415
        from shared.web.tokens.issuer_keys import IssuerKeys  # noqa: PLC0415

        settings = self.settings
        keys = IssuerKeys(GuardedDocuments(settings.private_issuer_hosts))
        return Gate(
            stamp=settings.stamp,
            authenticator=Authenticator(
                tenancy=self.tenancy, keys=keys, audience=settings.token_audience, clock=self.clock
            ),
            throttle=Throttle(),
            cursors=Cursors(partial(self.current_key, "cursor")),
            idempotency=Idempotency(CosmosAttempts(self.scoped("ingests", "ingestId")), self.clock),
            refusals=self.audit,
        )

    # Messages

    @cached_property
    def cross_tenant(self) -> "CrossTenant":
        """The one way to look at more than one tenant."""
        from shared.platform.cosmos.cross_tenant import CrossTenant  # noqa: PLC0415

        return CrossTenant(self.settings.stamp, "upkeep", self.tenants, on_use=self.audit.allowed)

    @cached_property
    def quarantine(self) -> "CosmosQuarantine":
        """The messages that can never succeed as they are."""
        from shared.platform.cosmos.quarantine import CosmosQuarantine  # noqa: PLC0415

        return CosmosQuarantine(self.scoped("quarantine", "queue"))

    @cached_property
    def consumer(self) -> "Consumer":
        """What settles every message."""
        from shared.messaging.consumer import Consumer  # noqa: PLC0415

        return Consumer(
            stamp=self.settings.stamp,
            keys=self.keys("envelope"),
            sender=self.sender,
            quarantine=self.quarantine,
            audit=self.audit,
            residency=self.tenancy,
            clock=self.clock,
        )

    @cached_property
    def relay(self) -> "Relay":
        """What sends the outbox of `ingests`."""
        from shared.messaging.relay import Relay  # noqa: PLC0415
        from shared.platform.cosmos.outbox import CosmosOutbox  # noqa: PLC0415

        scoped = self.scoped("ingests", "ingestId")
        return Relay(
            stamp=self.settings.stamp,
            keys=self.keys("envelope"),
            sender=self.sender,
            outbox=CosmosOutbox(self.cosmos.opener("ingests"), scoped, "ingestId", self.cross_tenant),
            quarantine=self.quarantine,
            audit=self.audit,
            residency=self.tenancy,
            clock=self.clock,
        )

    # Ingestion

    @cached_property
    def ingests(self) -> "CosmosIngests":
        """The documents of ingests."""
        from shared.platform.cosmos.ingests import CosmosIngests  # noqa: PLC0415

        return CosmosIngests(self.scoped("ingests", "ingestId"))

    @cached_property
    def landing_blobs(self) -> "AzureLandingBlobs":
        """The landed files."""
        from shared.platform.blob.landing import AzureLandingBlobs  # noqa: PLC0415

        return AzureLandingBlobs(self.blobs)

    @cached_property
    def lake_blobs(self) -> "AzureLakeBlobs":
        """Parts and rejects in the tenants' lakes."""
        from shared.platform.blob.lake import AzureLakeBlobs  # noqa: PLC0415

        return AzureLakeBlobs(self.blobs)

    @cached_property
    def pseudonym_keys(self) -> "PseudonymKeys":
        """The tenants' keys for pseudonyms."""
        from shared.ingestion.pseudonyms import DerivedPseudonymKeys  # noqa: PLC0415

        return DerivedPseudonymKeys(partial(self.current_key, "pseudonym"))

    @cached_property
    def uploads(self) -> "Uploads":
        """Grants uploads."""
        from shared.ingestion.uploads import Uploads  # noqa: PLC0415
        from shared.platform.blob.grants import SasUploadGrants  # noqa: PLC0415

        grants = SasUploadGrants(self.blobs, self.clock)
        return Uploads(self.ingests, grants, self.tenancy, self.clock)

    @cached_property
    def ingest_views(self) -> "IngestViews":
        """Reads ingests and rejects."""
        from shared.ingestion.ingest_views import IngestViews  # noqa: PLC0415

        return IngestViews(self.ingests, self.lake_blobs)

    @cached_property
    def landing(self) -> "Landing":
        """Receives landed blobs."""
        from shared.ingestion.landing import Landing  # noqa: PLC0415
        from shared.platform.blob.landing import AzureLandingBlobs  # noqa: PLC0415

        return Landing(
            self.ingests, AzureLandingBlobs(self.blobs), self.tenancy, self.settings.stamp, self.clock
        )

    @cached_property
    def worker(self) -> "Worker":
        """Turns chunks into parts."""
        from shared.ingestion.catalogue import Catalogue  # noqa: PLC0415
        from shared.ingestion.worker import Worker  # noqa: PLC0415

        return Worker(
            self.ingests,
            self.landing_blobs,
            self.lake_blobs,
            self.pseudonym_keys,
            Catalogue.built_in(),
            self.clock,
        )

    @cached_property
    def surveyor(self) -> "Surveyor":
        """Recognises and cuts files."""
        from shared.ingestion.survey import Surveyor  # noqa: PLC0415

        return Surveyor(self.landing_blobs)

    @cached_property
    def planner(self) -> "Planner":
        """Plans landed files."""
        from shared.ingestion.catalogue import Catalogue  # noqa: PLC0415
        from shared.ingestion.planner import Planner  # noqa: PLC0415

        return Planner(self.ingests, self.surveyor, self.worker, Catalogue.built_in(), self.clock)

    @cached_property
    def sweeper(self) -> "Sweeper":
        """Starts stuck ingests again."""
        from shared.ingestion.sweeper import Sweeper  # noqa: PLC0415

        return Sweeper(self.ingests, self.clock)

    @cached_property
    def lake(self) -> "LakeAccess":
        """The tenants' lake containers."""
        from shared.platform.lake.access import LakeAccess  # noqa: PLC0415

        return LakeAccess(self.blobs, self.clock)

    @cached_property
    def fact_tables(self) -> "DeltaTables":
        """The fact tables, for writing."""
        from shared.platform.lake.tables import DeltaTables  # noqa: PLC0415

        return DeltaTables(self.lake, self.clock)

    @cached_property
    def commit_ledger(self) -> "CosmosCommitLedger":
        """The ingests that wait to be committed."""
        from shared.platform.cosmos.commits import CosmosCommitLedger  # noqa: PLC0415

        return CosmosCommitLedger(self.scoped("ingests", "ingestId"))

    @cached_property
    def committer(self) -> "Committer":
        """Makes worked ingests visible."""
        from shared.ingestion.committing import Committer  # noqa: PLC0415

        return Committer(self.fact_tables, self.commit_ledger, self.clock)

    # Read models

    @cached_property
    def rollups(self) -> "CosmosRollups":
        """The stored read models."""
        from shared.platform.cosmos.rollups import CosmosRollups  # noqa: PLC0415

        return CosmosRollups(self.scoped("rollups", "shard"))

    @cached_property
    def fold_ledger(self) -> "CosmosFoldLedger":
        """The commits that wait for their rollups."""
        from shared.platform.cosmos.folds import CosmosFoldLedger  # noqa: PLC0415

        return CosmosFoldLedger(self.scoped("ingests", "ingestId"), self.clock)

    @cached_property
    def folder(self) -> "Folder":
        """Recomputes read models."""
        from shared.analytics.folding import Folder  # noqa: PLC0415
        from shared.platform.lake.facts import LakeFacts  # noqa: PLC0415

        return Folder(LakeFacts(self.lake), self.fold_ledger, self.rollups)

    @cached_property
    def dashboards(self) -> "Dashboards":
        """Serves read models."""
        from shared.analytics.service import Dashboards  # noqa: PLC0415

        return Dashboards(self.rollups)


async def _raise_only(*_: object) -> None:
    """Report nothing: the breach is raised by its container all the same."""
