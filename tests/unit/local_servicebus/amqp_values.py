"""AMQP values for property tests: ours, and the same as the SDK's encoder wants them."""

import uuid
from dataclasses import dataclass

from azure.servicebus._pyamqp.types import TYPE, VALUE, AMQPTypes
from hypothesis import strategies as st

from infra.local.servicebus.amqp.types import (
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


@dataclass(frozen=True, slots=True)
class Pair:
    """One value in both forms."""

    ours: object
    theirs: object


def _typed(kind: object, build: type, values: st.SearchStrategy[object]) -> st.SearchStrategy[Pair]:
    return values.map(lambda value: Pair(build(value), {TYPE: kind, VALUE: value}))


def _signed(bits: int) -> st.SearchStrategy[int]:
    return st.integers(-(1 << (bits - 1)), (1 << (bits - 1)) - 1)


def _unsigned(bits: int) -> st.SearchStrategy[int]:
    return st.integers(0, (1 << bits) - 1)


_ASCII = st.text(st.characters(max_codepoint=127), max_size=300)

scalars = st.one_of(
    st.just(Pair(None, {TYPE: AMQPTypes.null, VALUE: None})),
    _typed(AMQPTypes.boolean, bool, st.booleans()),
    _typed(AMQPTypes.ubyte, UByte, _unsigned(8)),
    _typed(AMQPTypes.ushort, UShort, _unsigned(16)),
    _typed(AMQPTypes.uint, UInt, _unsigned(32)),
    _typed(AMQPTypes.ulong, ULong, _unsigned(64)),
    _typed(AMQPTypes.byte, Byte, _signed(8)),
    _typed(AMQPTypes.short, Short, _signed(16)),
    _typed(AMQPTypes.int, Int, _signed(32)),
    _typed(AMQPTypes.long, int, _signed(64)),
    _typed(AMQPTypes.timestamp, Timestamp, _signed(64)),
    _typed(AMQPTypes.float, Float, st.floats(width=32, allow_nan=False)),
    _typed(AMQPTypes.double, float, st.floats(allow_nan=False)),
    st.uuids().map(lambda value: Pair(value, {TYPE: AMQPTypes.uuid, VALUE: value})),
    st.binary(max_size=300).map(lambda value: Pair(value, {TYPE: AMQPTypes.binary, VALUE: value})),
    st.text(max_size=300).map(lambda value: Pair(value, {TYPE: AMQPTypes.string, VALUE: value})),
    _typed(AMQPTypes.symbol, Symbol, _ASCII),
)

_own_scalars = st.one_of(
    scalars.map(lambda pair: pair.ours),
    st.characters(exclude_categories=["Cs"]).map(Char),
    st.sampled_from([4, 8, 16]).flatmap(lambda size: st.binary(min_size=size, max_size=size)).map(Decimal),
)


def _lists(children: st.SearchStrategy[Pair]) -> st.SearchStrategy[Pair]:
    return st.lists(children, max_size=6).map(
        lambda pairs: Pair(
            [pair.ours for pair in pairs], {TYPE: AMQPTypes.list, VALUE: [pair.theirs for pair in pairs]}
        )
    )


def _maps(children: st.SearchStrategy[Pair]) -> st.SearchStrategy[Pair]:
    return st.dictionaries(st.text(max_size=20), children, max_size=6).map(
        lambda pairs: Pair(
            {key: pair.ours for key, pair in pairs.items()},
            {
                TYPE: AMQPTypes.map,
                VALUE: [({TYPE: AMQPTypes.string, VALUE: key}, pair.theirs) for key, pair in pairs.items()],
            },
        )
    )


def _described(children: st.SearchStrategy[Pair]) -> st.SearchStrategy[Pair]:
    return st.tuples(_unsigned(64), children).map(
        lambda both: Pair(
            Described(ULong(both[0]), both[1].ours),
            {TYPE: AMQPTypes.described, VALUE: ({TYPE: AMQPTypes.ulong, VALUE: both[0]}, both[1].theirs)},
        )
    )


pairs = st.recursive(
    scalars,
    lambda children: st.one_of(_lists(children), _maps(children), _described(children)),
    max_leaves=12,
)
own_values = st.recursive(
    _own_scalars,
    lambda children: st.one_of(
        st.lists(children, max_size=5), st.dictionaries(st.text(max_size=9), children, max_size=5)
    ),
    max_leaves=12,
)
array_elements = st.sampled_from(
    [
        (UByte, _unsigned(8)),
        (UShort, _unsigned(16)),
        (UInt, _unsigned(32)),
        (ULong, _unsigned(64)),
        (Byte, _signed(8)),
        (Short, _signed(16)),
        (Int, _signed(32)),
        (int, _signed(64)),
        (Timestamp, _signed(64)),
        (float, st.floats(allow_nan=False)),
        (str, st.text(max_size=30)),
        (Symbol, _ASCII),
        (bytes, st.binary(max_size=30)),
        (bool, st.booleans()),
        (uuid.UUID, st.uuids().map(str)),
    ]
)
