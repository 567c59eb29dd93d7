"""Outbox documents: the messages that a change causes, written in the same batch as the change.

    {id: "outbox:{event}", kind: "outbox", destination, sessionId, notBefore, event, ttl}

The relay sends and then deletes them, so a document that is still there was not sent yet.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.kernel.canonical import canonical_json
from shared.kernel.clock import parse_rfc3339, rfc3339
from shared.kernel.errors import InvalidInput, TooLarge
from shared.kernel.events import Event, Json
from shared.messaging.event_json import event_from_json, event_to_json

KIND = "outbox"
EVENT_LIMIT_BYTES = 200 * 1024
"""Leaves room for envelope and headers in the 256 KB that a message may have on the Standard tier."""

_KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Outbound:
    """What an outbox document asks for: this event to that destination."""

    destination: str
    session_id: str | None
    not_before: datetime | None
    event: Event


def outbox_document(
    event: Event, destination: str, session_id: str | None = None, not_before: datetime | None = None
) -> dict[str, Json]:
    """Return the document that makes the relay send `event` to the queue or topic `destination`.

    `TooLarge` when no message could carry the event: better refused now than stuck after the commit.
    """
    body = event_to_json(event)
    size = len(canonical_json(body))
    if size > EVENT_LIMIT_BYTES:
        raise TooLarge(f"an event of {size} bytes; a message carries {EVENT_LIMIT_BYTES}")
    return {
        "id": f"outbox:{event.id}",
        "kind": KIND,
        "destination": destination,
        "sessionId": session_id,
        "notBefore": None if not_before is None else rfc3339(not_before),
        "event": body,
        "ttl": int(_KEPT.total_seconds()),
    }


def read_outbox(document: Mapping[str, Json]) -> Outbound:
    """Read an outbox document back; `InvalidInput` names the member at fault."""
    event, destination = document.get("event"), document.get("destination")
    session_id, not_before = document.get("sessionId"), document.get("notBefore")
    if not isinstance(event, dict):
        raise InvalidInput.at("/event", "not an object")
    if not isinstance(destination, str):
        raise InvalidInput.at("/destination", "not a text")
    return Outbound(
        destination,
        None if session_id is None else str(session_id),
        None if not_before is None else _moment(str(not_before)),
        event_from_json(event),
    )


def _moment(text: str) -> datetime:
    try:
        return parse_rfc3339(text)
    except ValueError as error:
        raise InvalidInput.at("/notBefore", "not a moment of RFC 3339") from error
