"""From a sender's bytes to a message: the broker reads what it acts on and keeps the rest as it came."""

from infra.local.servicebus.amqp.sections import (
    APPLICATION_PROPERTIES,
    HEADER,
    MESSAGE_ANNOTATIONS,
    PROPERTIES,
    section_list,
    section_map,
    sections,
    write_section,
)
from infra.local.servicebus.entities.message import BROKER_ANNOTATIONS, Message

SCHEDULED_ENQUEUE_TIME = "x-opt-scheduled-enqueue-time"

# Positions of the fields in the properties section (AMQP 1.0 part 3, section 3.2.4).
_MESSAGE_ID, _GROUP_ID = 0, 10


def parse_message(encoded: bytes) -> Message:
    """Return a new message; raises `DecodeError` naming the byte of what can't be read.

    Sections may come in any order: the Python SDK writes delivery annotations, which go no further, last.
    """
    kept: list[bytes] = []
    message = Message(payload=None, size=len(encoded))
    for section in sections(encoded):
        if section.code == HEADER:
            _read_header(message, section_list(encoded, section))
        elif section.code == MESSAGE_ANNOTATIONS:
            _read_annotations(message, section_map(encoded, section))
        elif section.code >= PROPERTIES:
            kept.append(encoded[section.start : section.end])
            if section.code == PROPERTIES:
                _read_properties(message, section_list(encoded, section))
    message.payload = b"".join(kept)
    return message


def _read_header(message: Message, fields: list[object]) -> None:
    durable, priority, time_to_live = [*fields, None, None, None][:3]
    message.durable = durable is True
    message.priority = priority if isinstance(priority, int) else None
    message.time_to_live = time_to_live if isinstance(time_to_live, int) else None


def _read_annotations(message: Message, annotations: dict[object, object]) -> None:
    message.annotations = {key: value for key, value in annotations.items() if key not in BROKER_ANNOTATIONS}
    scheduled_for = annotations.get(SCHEDULED_ENQUEUE_TIME)
    message.scheduled_for = scheduled_for if isinstance(scheduled_for, int) else None


def _read_properties(message: Message, fields: list[object]) -> None:
    message_id = fields[_MESSAGE_ID] if fields else None
    session_id = fields[_GROUP_ID] if len(fields) > _GROUP_ID else None
    message.message_id = None if message_id is None else str(message_id)
    message.session_id = None if session_id is None else str(session_id)


def with_application_properties(payload: bytes, added: dict[object, object]) -> bytes:
    """Return the payload with application properties added or replaced."""
    properties: dict[object, object] = {}
    before, after = b"", payload
    for section in sections(payload):
        if section.code == PROPERTIES:
            before, after = payload[: section.end], payload[section.end :]
        elif section.code == APPLICATION_PROPERTIES:
            properties = section_map(payload, section)
            before, after = payload[: section.start], payload[section.end :]
            break
    output = bytearray(before)
    write_section(output, APPLICATION_PROPERTIES, properties | added)
    return bytes(output + after)


def routing_values(payload: bytes) -> tuple[list[object], dict[object, object]]:
    """Return the properties by position and the application properties, which subscription rules look at."""
    properties: list[object] = []
    application: dict[object, object] = {}
    for section in sections(payload):
        if section.code == PROPERTIES:
            properties = section_list(payload, section)
        elif section.code == APPLICATION_PROPERTIES:
            application = section_map(payload, section)
            break
    return properties, application
