"""From bytes to values: AMQP 1.0 part 1, section 1.2 (type encodings).

Each decoder takes the buffer and the position after the constructor, and returns the value and the position
after it.
"""

import struct
import uuid
from collections.abc import Callable

from infra.local.servicebus.amqp.errors import DecodeError
from infra.local.servicebus.amqp.types import (
    Array,
    Byte,
    Char,
    Decimal,
    Described,
    Float,
    Int,
    Short,
    Symbol,
    Timestamp,
    UByte,
    UInt,
    ULong,
    UShort,
)

type Decoder = Callable[[bytes, int, int], tuple[object, int]]

# Deeper nesting than any message has; without a bound a small hostile value would exhaust the stack.
_MAX_DEPTH = 32
_COUNT = struct.Struct(">I")


def decode(buffer: bytes, position: int = 0) -> tuple[object, int]:
    """Return the value that starts at `position` and the position after it.

    Raises `DecodeError` naming the byte at which no valid value starts.
    """
    try:
        return _decode(buffer, position, 0)
    except (IndexError, struct.error, UnicodeDecodeError) as cause:
        raise DecodeError(f"the value at byte {position} is cut short or malformed: {cause}") from cause


def skip(buffer: bytes, position: int) -> int:
    """Return the position after the value at `position` without building it.

    The upper four bits of a constructor give the width of what follows (section 1.2, figure 1.3).
    """
    try:
        constructor = buffer[position]
        if constructor == 0x00:
            return skip(buffer, skip(buffer, position + 1))
        width_class = constructor >> 4
        if width_class in _FIXED_WIDTHS:
            end = position + 1 + _FIXED_WIDTHS[width_class]
        elif width_class in (0xA, 0xC, 0xE):
            end = position + 2 + buffer[position + 1]
        elif width_class in (0xB, 0xD, 0xF):
            end = position + 5 + _COUNT.unpack_from(buffer, position + 1)[0]
        else:
            raise DecodeError(f"byte {position}: 0x{constructor:02x} is no AMQP constructor")
    except (IndexError, struct.error) as cause:
        raise DecodeError(f"the value at byte {position} is cut short: {cause}") from cause
    if end > len(buffer):
        raise DecodeError(f"the value at byte {position} ends beyond the {len(buffer)} bytes received")
    return end


_FIXED_WIDTHS = {0x4: 0, 0x5: 1, 0x6: 2, 0x7: 4, 0x8: 8, 0x9: 16}


def _decode(buffer: bytes, position: int, depth: int) -> tuple[object, int]:
    decoder = _DECODERS.get(buffer[position])
    if decoder is None:
        raise DecodeError(f"byte {position}: 0x{buffer[position]:02x} is no AMQP constructor")
    return decoder(buffer, position + 1, depth)


def _constant(value: object) -> Decoder:
    def decode_constant(_buffer: bytes, position: int, _depth: int) -> tuple[object, int]:
        return value, position

    return decode_constant


def _fixed(layout: str, build: Callable[[int], object] | Callable[[float], object] | None) -> Decoder:
    reader = struct.Struct(layout)
    unpack, width = reader.unpack_from, reader.size

    def decode_plain(buffer: bytes, position: int, _depth: int) -> tuple[object, int]:
        return unpack(buffer, position)[0], position + width

    def decode_marked(buffer: bytes, position: int, _depth: int) -> tuple[object, int]:
        return build(unpack(buffer, position)[0]), position + width  # type: ignore[misc] # chosen only with build

    return decode_plain if build is None else decode_marked


def _octets(width: int, build: Callable[[bytes], object]) -> Decoder:
    def decode_octets(buffer: bytes, position: int, _depth: int) -> tuple[object, int]:
        end = position + width
        return build(_slice(buffer, position, end)), end

    return decode_octets


def _variable(length_width: int, build: Callable[[bytes], object]) -> Decoder:
    def decode_variable(buffer: bytes, position: int, _depth: int) -> tuple[object, int]:
        length, start = _unsigned(buffer, position, length_width)
        end = start + length
        return build(_slice(buffer, start, end)), end

    return decode_variable


def _slice(buffer: bytes, start: int, end: int) -> bytes:
    if end > len(buffer):
        raise DecodeError(f"the value at byte {start} ends beyond the {len(buffer)} bytes received")
    return bytes(buffer[start:end])


def _unsigned(buffer: bytes, position: int, width: int) -> tuple[int, int]:
    if width == 1:
        return buffer[position], position + 1
    return int(_COUNT.unpack_from(buffer, position)[0]), position + 4


def _compound_head(buffer: bytes, position: int, width: int, depth: int) -> tuple[int, int, int]:
    """Return (element count, position of the first element, position after the compound value)."""
    if depth >= _MAX_DEPTH:
        raise DecodeError(f"byte {position}: values are nested deeper than {_MAX_DEPTH}")
    size, start = _unsigned(buffer, position, width)
    end = start + size
    count, first = _unsigned(buffer, start, width)
    if end > len(buffer):
        raise DecodeError(
            f"the compound value at byte {position} ends beyond the {len(buffer)} bytes received"
        )
    return count, first, end


def _list(width: int) -> Decoder:
    def decode_list(buffer: bytes, position: int, depth: int) -> tuple[object, int]:
        count, position, end = _compound_head(buffer, position, width, depth)
        values: list[object] = []
        while len(values) < count:
            value, position = _decode(buffer, position, depth + 1)
            values.append(value)
        _require_end(position, end)
        return values, end

    return decode_list


def _map(width: int) -> Decoder:
    def decode_map(buffer: bytes, position: int, depth: int) -> tuple[object, int]:
        count, position, end = _compound_head(buffer, position, width, depth)
        if count % 2:
            raise DecodeError(f"byte {position}: a map of {count} elements has a key without a value")
        entries: dict[object, object] = {}
        for _ in range(count // 2):
            key_at = position
            key, position = _decode(buffer, position, depth + 1)
            value, position = _decode(buffer, position, depth + 1)
            try:
                entries[key] = value
            except TypeError as cause:
                raise DecodeError(
                    f"byte {key_at}: a compound value as the key of a map is not supported"
                ) from cause
        _require_end(position, end)
        return entries, end

    return decode_map


def _array(width: int) -> Decoder:
    def decode_array(buffer: bytes, position: int, depth: int) -> tuple[object, int]:
        count, position, end = _compound_head(buffer, position, width, depth)
        if count > end - position and count > 0 and buffer[position] >> 4 != 0x4:
            raise DecodeError(f"byte {position}: {count} elements do not fit into the array")
        descriptor: object = None
        described = buffer[position] == 0x00
        if described:
            descriptor, position = _decode(buffer, position + 1, depth + 1)
        decoder = _DECODERS.get(buffer[position])
        if decoder is None:
            raise DecodeError(f"byte {position}: 0x{buffer[position]:02x} is no AMQP constructor")
        if buffer[position] >> 4 == 0x4 and count > _MAX_EMPTY_ELEMENTS:
            raise DecodeError(f"byte {position}: an array of {count} elements without content")
        position += 1
        values = Array()
        for _ in range(count):
            value, position = decoder(buffer, position, depth + 1)
            values.append(Described(descriptor, value) if described else value)
        _require_end(position, end)
        return values, end

    return decode_array


# Elements of width zero cost no bytes on the wire, so their number needs a bound of its own.
_MAX_EMPTY_ELEMENTS = 65_536


def _require_end(position: int, end: int) -> None:
    if position != end:
        raise DecodeError(f"a compound value should end at byte {end}, its elements end at byte {position}")


def _described(buffer: bytes, position: int, depth: int) -> tuple[object, int]:
    if depth >= _MAX_DEPTH:
        raise DecodeError(f"byte {position}: values are nested deeper than {_MAX_DEPTH}")
    descriptor, position = _decode(buffer, position, depth + 1)
    value, position = _decode(buffer, position, depth + 1)
    return Described(descriptor, value), position


def _boolean(octet: int) -> bool:
    return octet != 0


def _text(octets: bytes) -> str:
    return octets.decode("utf-8")


def _symbol(octets: bytes) -> Symbol:
    return Symbol(octets.decode("ascii"))


def _char(octets: bytes) -> Char:
    return Char(octets.decode("utf-32-be"))


def _uuid(octets: bytes) -> uuid.UUID:
    return uuid.UUID(bytes=octets)


_DECODERS: dict[int, Decoder] = {
    0x00: _described,
    0x40: _constant(None),
    0x41: _constant(True),
    0x42: _constant(False),
    0x43: _constant(UInt(0)),
    0x44: _constant(ULong(0)),
    0x50: _fixed(">B", UByte),
    0x51: _fixed(">b", Byte),
    0x52: _fixed(">B", UInt),
    0x53: _fixed(">B", ULong),
    0x54: _fixed(">b", Int),
    0x55: _fixed(">b", None),
    0x56: _fixed(">B", _boolean),
    0x60: _fixed(">H", UShort),
    0x61: _fixed(">h", Short),
    0x70: _fixed(">I", UInt),
    0x71: _fixed(">i", Int),
    0x72: _fixed(">f", Float),
    0x73: _octets(4, _char),
    0x74: _octets(4, Decimal),
    0x80: _fixed(">Q", ULong),
    0x81: _fixed(">q", None),
    0x82: _fixed(">d", None),
    0x83: _fixed(">q", Timestamp),
    0x84: _octets(8, Decimal),
    0x94: _octets(16, Decimal),
    0x98: _octets(16, _uuid),
    0xA0: _variable(1, bytes),
    0xA1: _variable(1, _text),
    0xA3: _variable(1, _symbol),
    0xB0: _variable(4, bytes),
    0xB1: _variable(4, _text),
    0xB3: _variable(4, _symbol),
    0xC0: _list(1),
    0xC1: _map(1),
    0xD0: _list(4),
    0xD1: _map(4),
    0xE0: _array(1),
    0xF0: _array(4),
}


def _empty_list(_buffer: bytes, position: int, _depth: int) -> tuple[object, int]:
    return [], position


_DECODERS[0x45] = _empty_list
