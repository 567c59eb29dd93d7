"""The consumer: what happens to a message between its arrival and its settlement.

    arrived ── envelope refused ──────────────────────────► quarantined (stamp) ─► completed
       │
    verified ── tenant homed elsewhere by now ────────────► quarantined (stamp) ─► completed
       ├─────── handler returns ───────────────────────────────────────────────► completed
       ├─────── transient fault, attempts left ──► copy scheduled with back-off ─► completed
       ├─────── transient fault, none left ──────► quarantined (tenant) ─────────► completed
       ├─────── permanent fault ─────────────────► quarantined (tenant), given up ► completed
       ├─────── delivered over five times ────────► quarantined (tenant), given up ► completed
       └─────── anything else, a crash included ─────────────────────────────────► abandoned, redelivered

Who waits for an event that is given up is told, so that it can end: the event will not come again by itself.
Returning completes the message, raising abandons it. Each arrow that writes may be repeated: a crash after
the write and before the completion repeats it under the same id.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

from shared.audit.service import Audit
from shared.kernel.clock import Clock
from shared.kernel.errors import TermtideError, TooManyRequests, Unavailable, WrongStamp
from shared.kernel.events import Event
from shared.kernel.log_context import logged_as
from shared.kernel.scope import TenantScope
from shared.kernel.secrets import KeySource
from shared.kernel.stamp import Residency, StampScope
from shared.messaging.envelope import EnvelopeRefused, Refusal, open_envelope
from shared.messaging.message_id import MessageId
from shared.messaging.messages import OutgoingMessage, ReceivedMessage
from shared.messaging.ports import MessageSender, QuarantineStore
from shared.messaging.quarantine import unverified, verified
from shared.messaging.retry import RetrySchedule

type Handler = Callable[[TenantScope, Event], Awaitable[None]]
"""Handles one event; must be safe to run again for the same event."""

type GivenUp = Callable[[TenantScope, Event, str], Awaitable[None]]
"""Told of an event that can never succeed, with the code of the reason; must be safe to be told again."""

ATTEMPTS_EXHAUSTED = "attempts-exhausted"
DELIVERIES_EXHAUSTED = "deliveries-exhausted"
MOST_DELIVERIES = 5
"""A message that comes once more has ended its process, or met a defect, each time before. The queues allow
twice as many, so that there is time left to put it aside where it is seen."""

_PATIENCE = (1, 2, 4, 8, 16, 30)
"""Seconds between attempts to send a copy. To hand the message back while the bus is throttling would bring
it again at once, and within a second its deliveries would be used up without any fault of its own."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Consumer:
    """Settles messages of this stamp's queues."""

    stamp: str
    keys: KeySource
    sender: MessageSender
    quarantine: QuarantineStore
    audit: Audit
    residency: Residency
    clock: Clock
    schedule: RetrySchedule = field(default_factory=RetrySchedule)
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def handle(self, raw: ReceivedMessage, handler: Handler, given_up: GivenUp | None = None) -> None:
        """Open the message and run `handler`; return when the message is to be completed.

        `given_up` hears of an event that is put aside for good; not of one that only lacked a service for too
        long, which whoever needs it may ask for again. Raises what is no `TermtideError`, and `Unavailable`
        when the message could neither be handled nor put aside: the bus then redelivers.
        """
        try:
            scope, event = open_envelope(raw.body, self.stamp, await self.keys())
        except EnvelopeRefused as refused:
            await self._refuse(raw, refused.reason)
            return
        with logged_as(tenant=scope.tenant_id, correlation_id=scope.correlation_id):
            try:
                await self.residency.require_home(scope)
                if raw.delivery > MOST_DELIVERIES:
                    await self._give_up(raw, scope, event, DELIVERIES_EXHAUSTED, given_up)
                else:
                    await handler(scope, event)
            except WrongStamp:
                await self._refuse(raw, Refusal.FOREIGN_STAMP)
            except TermtideError as error:
                if error.retryable:
                    await self._put_off(raw, scope, event, error)
                else:
                    await self._give_up(raw, scope, event, error.code, given_up)

    async def _refuse(self, raw: ReceivedMessage, reason: Refusal) -> None:
        # Another stamp's tenant may be bound to another region: not even the body stays here.
        record = unverified(raw, reason, self.clock.now(), keep_body=reason is not Refusal.FOREIGN_STAMP)
        owner = StampScope(self.stamp, "system:consumer", record.correlation_id)
        await self.quarantine.put(owner, record)
        await self.audit.refused(owner, "message.open", f"queue:{raw.queue}", reason)
        _log.warning("message refused", extra={"queue": raw.queue, "digest": raw.digest, "reason": reason})

    async def _put_off(
        self, raw: ReceivedMessage, scope: TenantScope, event: Event, error: TermtideError
    ) -> None:
        copy_id = MessageId.of(raw.message_id, event.id).next_attempt()
        delay = self.schedule.delay(event.id, copy_id.attempt, _asked_for(error))
        if delay is None:
            await self._hold(raw, scope, event, ATTEMPTS_EXHAUSTED)
            return
        copy = OutgoingMessage(
            destination=raw.queue,
            message_id=str(copy_id),
            body=raw.body,
            event_type=event.type,
            correlation_id=event.correlation_id,
            session_id=raw.session_id,
            not_before=self.clock.now() + delay,
        )
        await self._send(copy)
        _log.info(
            "message put off", extra={"queue": raw.queue, "attempt": copy_id.attempt, "reason": error.code}
        )

    async def _send(self, copy: OutgoingMessage) -> None:
        for wait in _PATIENCE:
            try:
                await self.sender.send([copy])
            except Unavailable:
                await self.sleep(wait)
            else:
                return
        await self.sender.send([copy])

    async def _give_up(
        self, raw: ReceivedMessage, scope: TenantScope, event: Event, reason: str, given_up: GivenUp | None
    ) -> None:
        await self._hold(raw, scope, event, reason)
        if given_up is not None:
            await given_up(scope, event, reason)

    async def _hold(self, raw: ReceivedMessage, scope: TenantScope, event: Event, reason: str) -> None:
        await self.quarantine.put(scope, verified(raw, event, reason, self.clock.now()))
        await self.audit.refused(scope, f"message.{event.type}", event.subject, reason)
        _log.warning(
            "message quarantined", extra={"queue": raw.queue, "digest": raw.digest, "reason": reason}
        )


def _asked_for(error: TermtideError) -> timedelta:
    if isinstance(error, TooManyRequests | Unavailable):
        return timedelta(seconds=error.retry_after)
    return timedelta(0)
