"""Sections of a message (AMQP 1.0 part 3, section 3.2): where each lies, decoding only what is needed."""

from collections.abc import Iterator
from typing import NamedTuple

from infra.local.servicebus.amqp.decoding import decode, skip
from infra.local.servicebus.amqp.encoding import encode_into
from infra.local.servicebus.amqp.errors import DecodeError

HEADER, DELIVERY_ANNOTATIONS, MESSAGE_ANNOTATIONS = 0x70, 0x71, 0x72
PROPERTIES, APPLICATION_PROPERTIES = 0x73, 0x74
DATA, SEQUENCE, VALUE, FOOTER = 0x75, 0x76, 0x77, 0x78

# Message format of a batch, in which each data section holds one encoded message (a Service Bus convention).
BATCH_FORMAT = 0x80013700


class Section(NamedTuple):
    """A section from `start` to `end`; its value begins at `value_at`."""

    code: int
    start: int
    value_at: int
    end: int


def sections(message: bytes) -> Iterator[Section]:
    """Yield the sections in wire order; raises `DecodeError` naming the byte of what is no section."""
    position = 0
    while position < len(message):
        if message[position] != 0x00:
            raise DecodeError(f"byte {position}: a message section starts with a descriptor")
        code, value_at = decode(message, position + 1)
        if not isinstance(code, int) or not HEADER <= code <= FOOTER:
            raise DecodeError(f"byte {position}: {code!r} is no message section")
        end = skip(message, value_at)
        yield Section(code, position, value_at, end)
        position = end


def write_section(output: bytearray, code: int, value: object) -> None:
    """Append a section."""
    output += bytes((0x00, 0x53, code))
    encode_into(output, value)


def section_list(message: bytes, section: Section) -> list[object]:
    """Return the fields of a section that is a list (header, properties)."""
    value, _ = decode(message, section.value_at)
    if not isinstance(value, list):
        raise DecodeError(f"byte {section.value_at}: section 0x{section.code:02x} holds a list")
    return value


def section_map(message: bytes, section: Section) -> dict[object, object]:
    """Return the entries of a section that is a map (annotations, application properties)."""
    value, _ = decode(message, section.value_at)
    if not isinstance(value, dict):
        raise DecodeError(f"byte {section.value_at}: section 0x{section.code:02x} holds a map")
    return value


def batch_messages(message: bytes) -> Iterator[bytes]:
    """Yield the messages of a batch."""
    for section in sections(message):
        if section.code == DATA:
            content, _ = decode(message, section.value_at)
            if not isinstance(content, bytes):
                raise DecodeError(f"byte {section.value_at}: a data section holds binary")
            yield content
