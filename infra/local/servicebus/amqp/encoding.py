"""From values to bytes: AMQP 1.0 part 1, section 1.2, always in the shortest encoding of the type."""

import struct
import uuid
from collections.abc import Callable

from infra.local.servicebus.amqp.errors import EncodeError
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

type Encoder = Callable[[bytearray, object], None]

_DECIMAL_CONSTRUCTORS = {4: 0x74, 8: 0x84, 16: 0x94}


def encode(value: object) -> bytes:
    """Return the encoding of one value; raises `EncodeError` when AMQP has none for it."""
    output = bytearray()
    encode_into(output, value)
    return bytes(output)


def encode_into(output: bytearray, value: object) -> None:
    """Append the encoding of `value` to `output`; raises `EncodeError` when AMQP has none for it."""
    encoder = _ENCODERS.get(type(value))
    if encoder is None:
        raise EncodeError(f"{type(value).__name__} has no AMQP encoding here")
    try:
        encoder(output, value)
    except struct.error as cause:
        raise EncodeError(f"{value!r} does not fit its AMQP type {type(value).__name__}: {cause}") from cause


def _null(output: bytearray, _value: object) -> None:
    output.append(0x40)


def _boolean(output: bytearray, value: object) -> None:
    output.append(0x41 if value else 0x42)


def _fixed(constructor: int, layout: str) -> Encoder:
    pack = struct.Struct(f">B{layout}").pack

    def encode_fixed(output: bytearray, value: object) -> None:
        output += pack(constructor, value)

    return encode_fixed


def _small_unsigned(zero: int, small: int, large: Encoder) -> Encoder:
    def encode_unsigned(output: bytearray, value: object) -> None:
        if value == 0:
            output.append(zero)
        elif 0 < value < 256:  # type: ignore[operator] # registered for integer types only
            output += bytes((small, value))  # type: ignore[arg-type] # an integer, see above
        else:
            large(output, value)

    return encode_unsigned


def _small_signed(small: int, large: Encoder) -> Encoder:
    def encode_signed(output: bytearray, value: object) -> None:
        if -128 <= value < 128:  # type: ignore[operator] # registered for integer types only
            output += bytes((small, value & 0xFF))  # type: ignore[operator] # an integer, see above
        else:
            large(output, value)

    return encode_signed


def _variable(small: int, large: int, octets_of: Callable[[object], bytes]) -> Encoder:
    def encode_variable(output: bytearray, value: object) -> None:
        octets = octets_of(value)
        length = len(octets)
        output += bytes((small, length)) if length < 256 else struct.pack(">BI", large, length)
        output += octets

    return encode_variable


def _utf8(value: object) -> bytes:
    return str(value).encode("utf-8")


def _ascii(value: object) -> bytes:
    try:
        return str(value).encode("ascii")
    except UnicodeEncodeError as cause:
        raise EncodeError(f"the symbol {value!r} is not ASCII") from cause


def _same(value: object) -> bytes:
    return bytes(value)  # type: ignore[call-overload,no-any-return] # registered for byte strings only


def _uuid(output: bytearray, value: object) -> None:
    output.append(0x98)
    output += value.bytes  # type: ignore[attr-defined] # registered for UUID only


def _char(output: bytearray, value: object) -> None:
    output.append(0x73)
    output += str(value).encode("utf-32-be")


def _decimal(output: bytearray, value: object) -> None:
    octets: bytes = value.octets  # type: ignore[attr-defined] # registered for Decimal only
    output.append(_DECIMAL_CONSTRUCTORS[len(octets)])
    output += octets


def _described(output: bytearray, value: object) -> None:
    output.append(0x00)
    encode_into(output, value.descriptor)  # type: ignore[attr-defined] # registered for Described only
    encode_into(output, value.value)  # type: ignore[attr-defined] # registered for Described only


def _list(output: bytearray, value: object) -> None:
    elements: list[object] = value  # type: ignore[assignment] # registered for list and tuple only
    if not elements:
        output.append(0x45)
        return
    body = bytearray()
    for element in elements:
        encode_into(body, element)
    _compound(output, 0xC0, 0xD0, len(elements), body)


def _map(output: bytearray, value: object) -> None:
    entries: dict[object, object] = value  # type: ignore[assignment] # registered for dict only
    body = bytearray()
    for key, element in entries.items():
        encode_into(body, key)
        encode_into(body, element)
    _compound(output, 0xC1, 0xD1, 2 * len(entries), body)


def _compound(output: bytearray, small: int, large: int, count: int, body: bytearray) -> None:
    if len(body) < 255 and count < 256:
        output += bytes((small, len(body) + 1, count))
    else:
        output += struct.pack(">BII", large, len(body) + 4, count)
    output += body


def _array(output: bytearray, value: object) -> None:
    elements: list[object] = value  # type: ignore[assignment] # registered for Array only
    if not elements:
        # An array needs a constructor even when it has no element.
        output += b"\xe0\x02\x00\x40"
        return
    kinds = {type(element) for element in elements}
    kind = kinds.pop()
    if kinds or kind not in _ARRAY_ELEMENTS:
        raise EncodeError(f"an array holds one primitive type, not {kind.__name__}")
    constructor, element_octets = _ARRAY_ELEMENTS[kind]
    body = b"".join(element_octets(element) for element in elements)
    output += struct.pack(">BIIB", 0xF0, len(body) + 5, len(elements), constructor)
    output += body


def _packer(layout: str) -> Callable[[object], bytes]:
    return struct.Struct(f">{layout}").pack


def _prefixed(octets_of: Callable[[object], bytes]) -> Callable[[object], bytes]:
    def encode_prefixed(value: object) -> bytes:
        octets = octets_of(value)
        return struct.pack(">I", len(octets)) + octets

    return encode_prefixed


_uint_large = _fixed(0x70, "I")
_ulong_large = _fixed(0x80, "Q")
_int_large = _fixed(0x71, "i")
_long_large = _fixed(0x81, "q")

_ENCODERS: dict[type, Encoder] = {
    type(None): _null,
    bool: _boolean,
    UByte: _fixed(0x50, "B"),
    UShort: _fixed(0x60, "H"),
    UInt: _small_unsigned(0x43, 0x52, _uint_large),
    ULong: _small_unsigned(0x44, 0x53, _ulong_large),
    Byte: _fixed(0x51, "b"),
    Short: _fixed(0x61, "h"),
    Int: _small_signed(0x54, _int_large),
    int: _small_signed(0x55, _long_large),
    Timestamp: _fixed(0x83, "q"),
    Float: _fixed(0x72, "f"),
    float: _fixed(0x82, "d"),
    Char: _char,
    Decimal: _decimal,
    uuid.UUID: _uuid,
    bytes: _variable(0xA0, 0xB0, _same),
    bytearray: _variable(0xA0, 0xB0, _same),
    str: _variable(0xA1, 0xB1, _utf8),
    Symbol: _variable(0xA3, 0xB3, _ascii),
    Described: _described,
    list: _list,
    tuple: _list,
    dict: _map,
    Array: _array,
}

_ARRAY_ELEMENTS: dict[type, tuple[int, Callable[[object], bytes]]] = {
    bool: (0x56, _packer("?")),
    UByte: (0x50, _packer("B")),
    UShort: (0x60, _packer("H")),
    UInt: (0x70, _packer("I")),
    ULong: (0x80, _packer("Q")),
    Byte: (0x51, _packer("b")),
    Short: (0x61, _packer("h")),
    Int: (0x71, _packer("i")),
    int: (0x81, _packer("q")),
    Timestamp: (0x83, _packer("q")),
    Float: (0x72, _packer("f")),
    float: (0x82, _packer("d")),
    uuid.UUID: (0x98, lambda value: value.bytes),  # type: ignore[attr-defined] # chosen by the key
    bytes: (0xB0, _prefixed(_same)),
    str: (0xB1, _prefixed(_utf8)),
    Symbol: (0xB3, _prefixed(_ascii)),
}
