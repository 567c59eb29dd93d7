"""The relay: sends what outboxes hold, then deletes it. A crash in between sends again with the same id."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import batched

from shared.audit.service import Audit
from shared.kernel.canonical import canonical_json
from shared.kernel.clock import Clock
from shared.kernel.errors import InvalidInput, WrongStamp
from shared.kernel.events import Json
from shared.kernel.secrets import Keyring, KeySource
from shared.kernel.stamp import Owner, Residency, StampScope
from shared.kernel.together import together
from shared.messaging.envelope import Refusal, seal
from shared.messaging.message_id import MessageId
from shared.messaging.messages import OutgoingMessage, ReceivedMessage
from shared.messaging.outbox import read_outbox
from shared.messaging.ports import MessageSender, OutboxEntry, OutboxStore, QuarantineStore
from shared.messaging.quarantine import unverified

_LEFTOVER_AGE = timedelta(minutes=1)
_BATCH = 100

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Relay:
    """Carries outbox documents of one container to the bus."""

    stamp: str
    keys: KeySource
    sender: MessageSender
    outbox: OutboxStore
    quarantine: QuarantineStore
    audit: Audit
    residency: Residency
    clock: Clock

    async def relay(self, changed: Iterable[Mapping[str, Json]]) -> int:
        """Send and delete the outbox documents among `changed`; return how many there were.

        Raises `Unavailable` when the bus or the store is; the change feed then hands over the same documents
        again, and what had been sent is sent once more under the same message id.
        """
        return await self._send(self.outbox.entries(changed))

    async def resend_leftovers(self) -> int:
        """Send and delete what has lain in the outbox for a minute; return how many there were."""
        sent, waiting = 0, []
        async for entry in self.outbox.leftovers(self.clock.now() - _LEFTOVER_AGE):
            waiting.append(entry)
            if len(waiting) == _BATCH:
                sent += await self._send(waiting)
                waiting = []
        return sent + await self._send(waiting)

    async def _send(self, entries: Sequence[OutboxEntry]) -> int:
        keys = await self.keys()
        for batch in batched(entries, _BATCH, strict=False):
            messages = [message for entry in batch if (message := await self._message(entry, keys))]
            await self.sender.send(messages)
            await together(self.outbox.delete(entry) for entry in batch)
        return len(entries)

    async def _message(self, entry: OutboxEntry, keys: Keyring) -> OutgoingMessage | None:
        try:
            await self.residency.require_home(entry.scope)
            outbound = read_outbox(entry.document)
            if outbound.event.tenant_id != entry.scope.tenant_id:
                raise InvalidInput.at("/event/tenant", "not the tenant whose outbox this is")
            return OutgoingMessage(
                destination=outbound.destination,
                message_id=str(MessageId(outbound.event.id)),
                body=seal(outbound.event, self.stamp, keys),
                event_type=outbound.event.type,
                correlation_id=outbound.event.correlation_id,
                session_id=outbound.session_id,
                not_before=outbound.not_before,
            )
        except WrongStamp:
            owner = StampScope(self.stamp, entry.scope.actor, entry.scope.correlation_id)
            await self._hold(owner, entry, Refusal.FOREIGN_STAMP)
        except InvalidInput as error:
            await self._hold(entry.scope, entry, error.code)
        return None

    async def _hold(self, owner: Owner, entry: OutboxEntry, reason: str) -> None:
        """Keep a document that can never be sent, so that it neither blocks the feed nor is lost.

        Of a tenant that is homed elsewhere by now, only that there was one is kept.
        """
        name = str(entry.document.get("id"))
        raw = ReceivedMessage("outbox", name, canonical_json(entry.document))
        keep_body = reason is not Refusal.FOREIGN_STAMP
        await self.quarantine.put(owner, unverified(raw, reason, self.clock.now(), keep_body=keep_body))
        await self.audit.refused(owner, "outbox.relay", f"document:{name}", reason)
        _log.error("outbox document quarantined", extra={"digest": raw.digest, "reason": reason})
