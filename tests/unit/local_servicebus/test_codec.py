"""The AMQP codec against the SDK's own."""

import contextlib

import pytest
from azure.servicebus._pyamqp._decode import _DECODE_BY_CONSTRUCTOR
from azure.servicebus._pyamqp._encode import encode_value
from hypothesis import given
from hypothesis import strategies as st

from infra.local.servicebus.amqp.decoding import decode, skip
from infra.local.servicebus.amqp.encoding import encode
from infra.local.servicebus.amqp.errors import DecodeError, EncodeError
from infra.local.servicebus.amqp.types import Array, Described, Symbol, Timestamp, UByte, UInt, ULong
from tests.unit.local_servicebus.amqp_values import Pair, array_elements, own_values, pairs, scalars


def _same(left: object, right: object) -> bool:
    """Equal in value and in type, all the way down."""
    if type(left) is not type(right):
        return False
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_same, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(_same(left[key], right[key]) for key in left)
    if isinstance(left, Described) and isinstance(right, Described):
        return _same(left.descriptor, right.descriptor) and _same(left.value, right.value)
    return left == right


@given(pairs)
def test_what_the_sdk_encodes_is_read_with_value_and_type(pair: Pair) -> None:
    encoded = bytearray()
    encode_value(encoded, pair.theirs)
    value, end = decode(bytes(encoded))
    assert end == len(encoded)
    assert _same(value, pair.ours)


@given(scalars)
def test_the_sdk_reads_what_is_encoded_here(pair: Pair) -> None:
    encoded = encode(pair.ours)
    rest, value = _DECODE_BY_CONSTRUCTOR[encoded[0]](memoryview(encoded)[1:])
    assert not rest
    # The SDK keeps text as its octets.
    assert value == (pair.ours.encode() if isinstance(pair.ours, str) else pair.ours)


@given(own_values)
def test_every_value_survives_encoding_and_decoding(value: object) -> None:
    encoded = encode(value)
    decoded, end = decode(encoded)
    assert end == len(encoded) == skip(encoded, 0)
    assert _same(decoded, value)


@given(array_elements.flatmap(lambda kind: st.lists(kind[1].map(kind[0]), max_size=5)))
def test_every_array_survives_encoding_and_decoding(elements: list[object]) -> None:
    encoded = encode(Array(elements))
    decoded, end = decode(encoded)
    assert end == len(encoded) == skip(encoded, 0)
    assert _same(decoded, Array(elements))


@given(st.binary(max_size=60))
def test_bytes_that_are_no_value_are_refused_and_nothing_else_goes_wrong(octets: bytes) -> None:
    with contextlib.suppress(DecodeError):
        decode(octets)
    with contextlib.suppress(DecodeError):
        skip(octets, 0)


@given(own_values, st.data())
def test_a_value_that_is_cut_short_is_refused(value: object, data: st.DataObject) -> None:
    encoded = encode(value)
    length = data.draw(st.integers(0, len(encoded) - 1))
    with pytest.raises(DecodeError):
        decode(encoded[:length])
    with pytest.raises(DecodeError):
        skip(encoded[:length], 0)


@pytest.mark.parametrize(
    ("octets", "reason"),
    [
        ("3f", "0x3f is no AMQP constructor"),
        ("c1 02 01 40", "a key without a value"),
        ("c0 04 01 40 40 40", "should end at byte"),
        ("c1 03 02 45 40", "as the key of a map"),
        ("a3 01 ff", "malformed"),
        ("f0 00000005 ffffffff 40", "65536|without content"),
        ("e0 03 09 71 00", "do not fit"),
    ],
)
def test_a_malformed_value_is_refused_with_the_reason(octets: str, reason: str) -> None:
    with pytest.raises(DecodeError, match=reason):
        decode(bytes.fromhex(octets.replace(" ", "")))


def test_nesting_without_end_is_refused() -> None:
    nested: object = None
    for _ in range(40):
        nested = [nested]
    with pytest.raises(DecodeError, match="nested deeper"):
        decode(encode(nested))


@pytest.mark.parametrize(
    "value", [object(), UByte(256), UInt(-1), Symbol("é"), Array([1, "x"]), Array([[1]]), 1 << 63]
)
def test_what_has_no_encoding_is_refused(value: object) -> None:
    with pytest.raises(EncodeError):
        encode(value)


def test_the_shortest_encodings_are_chosen() -> None:
    values = [UInt(0), ULong(0), UInt(255), ULong(7), -1, True, [], Timestamp(0)]
    lengths = [len(encode(value)) for value in values]
    assert lengths == [1, 1, 2, 2, 2, 1, 1, 9]
