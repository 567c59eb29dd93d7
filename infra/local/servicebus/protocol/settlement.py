"""What an outcome on a link means for the message (as Service Bus maps AMQP 1.0 part 3, section 3.4)."""

import uuid

from infra.local.servicebus.amqp.delivery_states import Accepted, Modified, Outcome, Rejected, Released
from infra.local.servicebus.entities.queue import Queue, Settlement


def settle(queue: Queue, token: uuid.UUID, outcome: Outcome) -> None:
    """Apply an outcome to a locked message; raises `MessageLockLost` when the lock is gone."""
    match outcome:
        case Accepted():
            queue.settle(token, Settlement.COMPLETE)
        case Released():
            queue.settle(token, Settlement.RELEASE)
        case Modified(undeliverable_here=True):
            queue.settle(token, Settlement.DEFER)
        case Modified(delivery_failed=failed):
            queue.settle(token, Settlement.ABANDON if failed else Settlement.RELEASE)
        case Rejected():
            queue.settle(token, Settlement.DEAD_LETTER, *_dead_letter_details(outcome))


def _dead_letter_details(outcome: Rejected) -> tuple[str | None, str | None]:
    if outcome.error is None:
        return None, None
    info = outcome.error.info
    reason, description = info.get("DeadLetterReason"), info.get("DeadLetterErrorDescription")
    return (
        reason if isinstance(reason, str) else None,
        description if isinstance(description, str) else outcome.error.description,
    )
