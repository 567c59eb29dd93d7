"""Messages: what sends, receives and puts them aside."""

from functools import cached_property
from typing import TYPE_CHECKING

from shared.bootstrap.foundations import Foundations

if TYPE_CHECKING:
    from shared.messaging.consumer import Consumer
    from shared.messaging.relay import Relay
    from shared.platform.cosmos.cross_tenant import CrossTenant
    from shared.platform.cosmos.quarantine import CosmosQuarantine


class Messaging(Foundations):
    """What carries messages."""

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

        return Relay(
            stamp=self.settings.stamp,
            keys=self.keys("envelope"),
            sender=self.sender,
            outbox=CosmosOutbox(
                self.cosmos.opener("ingests"), self.ingest_documents, "ingestId", self.cross_tenant
            ),
            quarantine=self.quarantine,
            audit=self.audit,
            residency=self.tenancy,
            clock=self.clock,
        )
