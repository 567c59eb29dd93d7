"""Mail that was put aside, as records of the quarantine; the message stays where the relay stored it."""

from contextlib import suppress
from typing import Final

from shared.ingestion.ways.mail_ports import StoredMail
from shared.kernel.clock import Clock
from shared.kernel.errors import NotFound
from shared.kernel.log_context import log_context
from shared.kernel.stamp import Owner
from shared.messaging.quarantine import Quarantined
from shared.platform.cosmos.quarantine import CosmosQuarantine

MAIL: Final = "mail"
"""Stands where the name of a queue stands."""


class QuarantinedMail:
    """Implements `HeldMail`."""

    def __init__(self, quarantine: CosmosQuarantine, clock: Clock) -> None:
        self._quarantine = quarantine
        self._clock = clock

    async def hold(self, owner: Owner, mail: StoredMail, reason: str) -> None:
        """Note that the message was put aside for `reason`; repeating it changes nothing."""
        record = Quarantined(
            queue=MAIL,
            digest=mail.digest,
            message_id=mail.path,
            session_id=None,
            reason=reason,
            event_id=None,
            event_type=None,
            correlation_id=owner.correlation_id,
            trace_id=log_context().trace_id,
            attempts=1,
            replays=0,
            held_at=self._clock.now(),
            body=None,
        )
        await self._quarantine.put(owner, record)

    async def release(self, owner: Owner, mail: StoredMail) -> None:
        """Note that what the owner has put aside of it was taken in after all, if it has."""
        with suppress(NotFound):
            record = await self._quarantine.read(owner, MAIL, mail.digest)
            await self._quarantine.mark_replayed(owner, record.replayed())
