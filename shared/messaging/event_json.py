"""Events as JSON: the form they have in envelopes and outbox documents."""

from collections.abc import Mapping

from shared.kernel.clock import parse_rfc3339, rfc3339
from shared.kernel.errors import InvalidInput
from shared.kernel.events import Event, Json


def event_to_json(event: Event) -> dict[str, Json]:
    """Return the event as a JSON object; the moment is cut to milliseconds."""
    return {
        "id": event.id,
        "type": event.type,
        "version": event.version,
        "tenant": event.tenant_id,
        "subject": event.subject,
        "occurredAt": rfc3339(event.occurred_at),
        "correlationId": event.correlation_id,
        "data": dict(event.data),
    }


def event_from_json(value: Mapping[str, Json]) -> Event:
    """Read an event back; `InvalidInput` names the first member that is missing or of the wrong type."""
    occurred_at = _text(value, "occurredAt")
    try:
        moment = parse_rfc3339(occurred_at)
    except ValueError as error:
        raise InvalidInput.at("/occurredAt", "not a moment of RFC 3339") from error
    version, data = value.get("version"), value.get("data")
    if not isinstance(version, int) or isinstance(version, bool):
        raise InvalidInput.at("/version", "not an integer")
    if not isinstance(data, dict):
        raise InvalidInput.at("/data", "not an object")
    return Event(
        id=_text(value, "id"),
        type=_text(value, "type"),
        version=version,
        tenant_id=_text(value, "tenant"),
        subject=_text(value, "subject"),
        occurred_at=moment,
        correlation_id=_text(value, "correlationId"),
        data=data,
    )


def _text(value: Mapping[str, Json], name: str) -> str:
    text = value.get(name)
    if not isinstance(text, str):
        raise InvalidInput.at(f"/{name}", "not a text")
    return text
