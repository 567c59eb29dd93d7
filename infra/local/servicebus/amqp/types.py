"""Python forms of the AMQP 1.0 primitive types (part 1, types), so that a value keeps its type when sent on.

An unmarked `int` is a long, `float` a double, `str` a string, `bytes` binary, `list` a list, `dict`
a map and `uuid.UUID` a uuid; the other primitive types are marked by the classes below.
"""

from dataclasses import dataclass


class Symbol(str):
    """An ASCII name of a closed vocabulary; equal to the `str` of the same characters."""

    __slots__ = ()


class Char(str):
    """One Unicode character."""

    __slots__ = ()


class UByte(int):
    """Unsigned, 8 bit."""


class UShort(int):
    """Unsigned, 16 bit."""


class UInt(int):
    """Unsigned, 32 bit."""


class ULong(int):
    """Unsigned, 64 bit."""


class Byte(int):
    """Signed, 8 bit."""


class Short(int):
    """Signed, 16 bit."""


class Int(int):
    """Signed, 32 bit."""


class Timestamp(int):
    """Milliseconds since 1970-01-01 UTC."""


class Float(float):
    """IEEE 754 binary32."""


@dataclass(frozen=True, slots=True)
class Decimal:
    """A decimal32, decimal64 or decimal128, kept as its 4, 8 or 16 octets: a broker only passes it on."""

    octets: bytes


@dataclass(frozen=True, slots=True)
class Described:
    """A value with a descriptor that says what it means."""

    descriptor: object
    value: object


class Array(list[object]):
    """Values of one type that are encoded with one constructor."""

    __slots__ = ()
