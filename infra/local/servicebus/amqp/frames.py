"""Frames and protocol headers (AMQP 1.0 part 2, sections 2.2 and 2.3)."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from infra.local.servicebus.amqp.errors import FramingError
from infra.local.servicebus.amqp.performatives import Performative, encode_performative

AMQP_HEADER = b"AMQP\x00\x01\x00\x00"
SASL_HEADER = b"AMQP\x03\x01\x00\x00"
AMQP_FRAME, SASL_FRAME = 0, 1
EMPTY_FRAME = b"\x00\x00\x00\x08\x02\x00\x00\x00"
# What this broker accepts and announces in its open; every frame it sends fits as well.
MAX_FRAME_SIZE = 65_536

_HEAD = struct.Struct(">IBBH")


class Frame(NamedTuple):
    """A received frame; `channel` means nothing for SASL frames."""

    kind: int
    channel: int
    body: bytes


def encode_frame(
    channel: int, performative: Performative, payload: bytes = b"", kind: int = AMQP_FRAME
) -> bytearray:
    """Return a frame that holds a performative and, for a transfer, a part of a message."""
    output = bytearray(_HEAD.size)
    encode_performative(output, performative)
    output += payload
    _HEAD.pack_into(output, 0, len(output), 2, kind, channel)
    return output


class FrameReader:
    """Cuts a byte stream into protocol headers and frames; holds at most one incomplete frame."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, received: bytes) -> None:
        """Add bytes from the peer."""
        self._buffer += received

    def take_header(self) -> bytes | None:
        """Return the eight bytes of a protocol header, or nothing while they are incomplete."""
        if len(self._buffer) < len(AMQP_HEADER):
            return None
        header = bytes(self._buffer[: len(AMQP_HEADER)])
        del self._buffer[: len(AMQP_HEADER)]
        return header

    def take_frame(self) -> Frame | None:
        """Return the next frame, an empty one included; raises `FramingError` for an invalid header."""
        return next(self.take_frames(), None)

    def take_frames(self) -> Iterator[Frame]:
        """Yield the complete frames; raises `FramingError` for an invalid header."""
        buffer = self._buffer
        position = 0
        try:
            while len(buffer) - position >= _HEAD.size:
                size, data_offset, kind, channel = _HEAD.unpack_from(buffer, position)
                _check_head(size, data_offset)
                if len(buffer) - position < size:
                    return
                start = position
                position += size
                yield Frame(kind, channel, bytes(buffer[start + 4 * data_offset : position]))
        finally:
            del buffer[:position]


def _check_head(size: int, data_offset: int) -> None:
    if size > MAX_FRAME_SIZE:
        raise FramingError(f"a frame of {size} bytes exceeds the agreed {MAX_FRAME_SIZE}")
    if data_offset < 2 or 4 * data_offset > size:
        raise FramingError(f"a frame of {size} bytes can't have its body at byte {4 * data_offset}")
