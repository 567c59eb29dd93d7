"""Effective partition keys are those of the SDK, and prefixes are ranges of them."""

import pytest
from azure.cosmos.partition_key import NonePartitionKeyValue
from azure.cosmos.partition_key import PartitionKey as SdkKey
from hypothesis import given
from hypothesis import strategies as st

from infra.local.cosmos.errors import CosmosError
from infra.local.cosmos.partition_keys import (
    PartitionKeyDefinition,
    is_component,
    parse_path,
    parse_range,
    partition_key,
)
from infra.local.cosmos.values import UNDEFINED

type Scalar = str | int | float | bool | None

components: st.SearchStrategy[Scalar] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**60), 2**60),
    st.floats(allow_nan=False, allow_infinity=False).map(lambda number: number or 0.0),
    st.text(max_size=200),
)
HIERARCHY = PartitionKeyDefinition((("a",), ("b", "c"), ("d",)))


@given(components)
def test_a_single_key_hashes_as_in_the_sdk(component: Scalar) -> None:
    expected = SdkKey("/a")._get_effective_partition_key_string([component])
    assert partition_key((component,)).effective.hex().upper() == expected


@given(st.lists(components, min_size=1, max_size=3))
def test_a_hierarchical_key_hashes_as_in_the_sdk(key: list[Scalar]) -> None:
    expected = SdkKey(["/a", "/b", "/c"], kind="MultiHash")._get_effective_partition_key_string(key)
    assert partition_key(tuple(key)).effective.hex().upper() == expected


def test_an_absent_component_hashes_as_in_the_sdk() -> None:
    expected = SdkKey("/a")._get_effective_partition_key_string([NonePartitionKeyValue])
    assert partition_key((UNDEFINED,)).effective.hex().upper() == expected


@given(
    st.lists(components, min_size=3, max_size=3),
    st.integers(1, 3),
    st.lists(components, min_size=3, max_size=3),
)
def test_a_range_holds_the_keys_that_begin_with_its_prefix(
    key: list[Scalar], levels: int, other: list[Scalar]
) -> None:
    low, high = partition_key(tuple(key[:levels])).range
    assert low <= partition_key(tuple(key)).effective < high
    inside = low <= partition_key(tuple(other)).effective < high
    assert inside == (partition_key(tuple(other[:levels])).effective == low)


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("x", 400),
        ("{}", 400),
        ("[]", 400),
        ('["a",1,true,2]', 400),
        ("[[1]]", 400),
        ('[{"a":1}]', 400),
        ("[NaN]", 400),
    ],
)
def test_a_header_that_is_no_key_is_refused(header: str, status: int) -> None:
    with pytest.raises(CosmosError) as caught:
        HIERARCHY.of_header(header)
    assert caught.value.status == status


def test_a_header_and_a_document_give_the_same_key() -> None:
    document = {"a": "t", "b": {"c": 1.0}, "d": None}
    assert HIERARCHY.of_header('["t", 1, null]').effective == HIERARCHY.of_document(document).effective
    absent = HIERARCHY.of_header('["t", {}, {}]')
    assert absent.effective == HIERARCHY.of_document({"a": "t", "b": 7}).effective
    assert HIERARCHY.is_complete(absent)
    assert not HIERARCHY.is_complete(HIERARCHY.of_header('["t"]'))


def test_numbers_that_are_equal_are_one_key() -> None:
    assert len({partition_key((zero,)).effective for zero in (0, 0.0, -0.0)}) == 1
    assert (
        partition_key((1,)).effective == partition_key((1.0,)).effective != partition_key((True,)).effective
    )


@pytest.mark.parametrize("value", [[1], {"a": 1}, "x" * 2049, "\ud800", 10**400])
def test_a_value_that_cannot_be_hashed_is_no_component(value: object) -> None:
    assert not is_component(value)
    with pytest.raises(CosmosError):
        HIERARCHY.of_document({"a": value})


@pytest.mark.parametrize(
    ("definition", "status"),
    [
        (None, 400),
        ({"paths": []}, 400),
        ({"paths": ["/a"]}, 501),
        ({"paths": ["/a"], "version": 1}, 501),
        ({"paths": ["/a"], "kind": "Range", "version": 2}, 501),
        ({"paths": ["/a", "/b"], "kind": "Hash", "version": 2}, 400),
        ({"paths": ["/a"] * 4, "kind": "MultiHash", "version": 2}, 400),
        ({"paths": ["a"], "version": 2}, 400),
    ],
)
def test_a_definition_that_cannot_be_served_is_refused(definition: object, status: int) -> None:
    with pytest.raises(CosmosError) as caught:
        PartitionKeyDefinition.parse(definition)
    assert caught.value.status == status


def test_paths_may_be_nested_and_quoted() -> None:
    assert parse_path('/a/"b c"') == ("a", "b c")


def test_bounds_are_hexadecimal() -> None:
    assert parse_range("", "FF") == (b"", b"\xff")
    with pytest.raises(CosmosError):
        parse_range("xyz", "FF")
