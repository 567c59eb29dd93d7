"""Replay: sends quarantined messages once more, at a bounded rate, once their cause is gone.

The n-th replay of an event has the message id `{event}:r{n}`: repeating a replay that crashed sends nothing
new, and consumers know the event by its own id as ever.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from shared.kernel.clock import Clock
from shared.kernel.secrets import KeySource
from shared.kernel.stamp import Owner
from shared.messaging.envelope import EnvelopeRefused, Refusal, open_envelope, seal
from shared.messaging.message_id import MessageId
from shared.messaging.messages import OutgoingMessage
from shared.messaging.ports import MessageSender, QuarantineStore
from shared.messaging.quarantine import Quarantined, State


class Outcome(StrEnum):
    """What a replay did with one record."""

    SENT = "sent"
    WOULD_SEND = "would-send"
    REFUSED = "refused"
    NO_BODY = "no-body"


@dataclass(frozen=True, slots=True)
class Replayed:
    """The outcome for one record; `refusal` says why its envelope still does not open."""

    record: Quarantined
    outcome: Outcome
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Replay:
    """Replays one owner's quarantined messages."""

    stamp: str
    keys: KeySource
    sender: MessageSender
    quarantine: QuarantineStore
    clock: Clock
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def run(
        self, owner: Owner, queue: str | None, *, per_second: float, dry_run: bool
    ) -> AsyncIterator[Replayed]:
        """Replay what is held, no faster than `per_second`; a dry run opens every envelope and sends none.

        What was replayed before and has not come back is left alone, and so is what comes back meanwhile: it
        would go round for ever.
        """
        started = self.clock.now()
        async for record in self.quarantine.records(owner, queue):
            if record.state is not State.HELD or record.held_at > started:
                continue
            result = await self.one(owner, record, dry_run=dry_run)
            yield result
            if result.outcome is Outcome.SENT:
                await self.sleep(1 / per_second)

    async def one(self, owner: Owner, record: Quarantined, *, dry_run: bool) -> Replayed:
        """Replay one record: verify it again, seal it with the current key, send it, mark it."""
        if record.body is None:
            return Replayed(record, Outcome.NO_BODY)
        keys = await self.keys()
        try:
            _, event = open_envelope(record.body, self.stamp, keys)
        except EnvelopeRefused as refused:
            return Replayed(record, Outcome.REFUSED, refused.reason)
        if dry_run:
            return Replayed(record, Outcome.WOULD_SEND)
        message = OutgoingMessage(
            destination=record.queue,
            message_id=str(MessageId(event.id, replay=record.replays + 1)),
            body=seal(event, self.stamp, keys),
            event_type=event.type,
            correlation_id=event.correlation_id,
            session_id=record.session_id,
        )
        await self.sender.send([message])
        await self.quarantine.mark_replayed(owner, record.replayed())
        return Replayed(record, Outcome.SENT)
