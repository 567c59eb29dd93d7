"""Request and response messages of the nodes `$cbs` and `$management`."""

from dataclasses import dataclass

from infra.local.servicebus.amqp.decoding import decode
from infra.local.servicebus.amqp.sections import (
    APPLICATION_PROPERTIES,
    PROPERTIES,
    VALUE,
    section_list,
    section_map,
    sections,
    write_section,
)

_CORRELATION_ID = 5


@dataclass(frozen=True, slots=True)
class Request:
    """A request: its id, its parameters (application properties) and its body."""

    message_id: object
    parameters: dict[object, object]
    body: object

    def text(self, name: str) -> str:
        """Return a parameter as text; empty when it is absent."""
        value = self.parameters.get(name)
        return value if isinstance(value, str) else ""


def parse_request(encoded: bytes) -> Request:
    """Read a request; raises `DecodeError` for what is no message."""
    message_id: object = None
    parameters: dict[object, object] = {}
    body: object = None
    for section in sections(encoded):
        if section.code == PROPERTIES:
            message_id = next(iter(section_list(encoded, section)), None)
        elif section.code == APPLICATION_PROPERTIES:
            parameters = section_map(encoded, section)
        elif section.code == VALUE:
            body, _ = decode(encoded, section.value_at)
    return Request(message_id, parameters, body)


def encode_response(request: Request, parameters: dict[object, object], body: object) -> bytes:
    """Return the response that the client matches to its request by the correlation id."""
    output = bytearray()
    properties: list[object] = [None] * _CORRELATION_ID
    write_section(output, PROPERTIES, [*properties, request.message_id])
    write_section(output, APPLICATION_PROPERTIES, parameters)
    write_section(output, VALUE, body)
    return bytes(output)
