"""JSON values: one order, and an equality that knows types."""

import operator

import pytest
from hypothesis import given

from infra.local.cosmos.values import (
    UNDEFINED,
    equals,
    identity,
    is_deeper,
    is_well_formed,
    load_json,
    order_key,
    ordering,
)
from tests.unit.local_cosmos.strategies import json_values, scalars

IN_ORDER = [UNDEFINED, None, False, True, -1, 0.5, 2, "", "a", "b", [], [1], {}, {"a": 1}]


def test_types_have_an_order() -> None:
    shuffled = IN_ORDER[::2] + IN_ORDER[1::2]
    assert sorted(shuffled, key=order_key) == IN_ORDER


@pytest.mark.parametrize(
    ("left", "right"),
    [(1, True), (0, False), ("1", 1), (None, False), ([1], [True]), ({"a": 1}, {"a": True})],
)
def test_values_of_different_types_are_not_equal(left: object, right: object) -> None:
    assert equals(left, right) is False
    assert identity(left) != identity(right)


@given(json_values)
def test_a_value_equals_itself_and_undefined_equals_nothing(value: object) -> None:
    assert equals(value, value) is True
    assert equals(value, UNDEFINED) is UNDEFINED


def test_numbers_are_equal_by_value_and_objects_whatever_their_order() -> None:
    assert equals(1, 1.0) is True
    assert equals({"a": 1, "b": [2.0]}, {"b": [2], "a": 1}) is True


@given(scalars, scalars)
def test_scalars_compare_within_their_type_only(left: object, right: object) -> None:
    less = ordering(operator.lt)(left, right)
    same_type = order_key(left)[0] == order_key(right)[0]
    assert (less is UNDEFINED) == (not same_type)
    if same_type:
        assert less == (order_key(left) < order_key(right))


@pytest.mark.parametrize(
    "text",
    ["NaN", "Infinity", "[-Infinity]", "1e999", "-1e999", "9" * 400, "9" * 5000, "[" * 100_000, "{", ""],
)
def test_what_is_not_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        load_json(text)


def test_half_a_surrogate_pair_is_not_text() -> None:
    assert not is_well_formed(load_json('"\\ud800"'))
    assert is_well_formed("é𝄞")


def test_levels_are_counted_through_arrays_and_objects() -> None:
    assert not is_deeper([{"a": [1]}, 2], 3)
    assert is_deeper([{"a": [1]}, 2], 2)
    assert not is_deeper("text", 0)
