"""Inbox marks: what makes the effect of an event on an aggregate happen once."""

from datetime import timedelta

from shared.kernel.events import Event, Json

_KEPT = timedelta(days=30)
"""Longer than a message can come back: a week of outbox, back-off, and a replay in the weeks after."""


def inbox_mark(event: Event, consumer: str) -> dict[str, Json]:
    """Return the mark that `consumer` has handled `event`.

    Create it in the batch that writes the aggregate. `Conflict` at its position means that the event was
    handled before: the delivery is a duplicate and is done. `consumer` tells apart the several handlers that
    one event may have.
    """
    return {
        "id": f"inbox:{consumer}:{event.id}",
        "kind": "inbox",
        "eventType": event.type,
        "ttl": int(_KEPT.total_seconds()),
    }
