"""The HTTP edge."""

from functools import cached_property, partial
from typing import TYPE_CHECKING

from shared.bootstrap.foundations import Foundations

if TYPE_CHECKING:
    from shared.web.gate import Gate


class Edge(Foundations):
    """What requests pass."""

    def settle_later(self) -> None:
        """Take a process that answers requests for one that lasts."""
        from shared.platform.collector import settle_later  # noqa: PLC0415

        settle_later()

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
            idempotency=Idempotency(CosmosAttempts(self.ingest_documents), self.clock),
            refusals=self.audit,
        )
