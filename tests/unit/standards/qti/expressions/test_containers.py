"""Containers and records (QTI 2.1, 15.3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.standards.qti.expressions.containers import contains_run
from shared.standards.qti.faults import Invalid, Refused
from shared.standards.qti.limits import Limits
from shared.standards.qti.values.types import BaseType, Cardinality, Value
from tests.fixtures.qti_expressions import (
    NULL,
    base,
    call,
    evaluate,
    identifier,
    integer,
    multiple,
    ordered,
    real,
    string,
    value_of,
)

A, B, C, D = map(identifier, "ABCD")
_RECORD = '<responseDeclaration identifier="R" cardinality="record"/>'


def _pair(text: str) -> str:
    return base("pair", text)


def _directed(text: str) -> str:
    return base("directedPair", text)


def test_15_3_multiple_takes_singles_and_members_of_multiples_and_leaves_out_null() -> None:
    found = evaluate(multiple(A, B, NULL, multiple(C, D)))

    assert found.value == ("A", "B", "C", "D")
    assert found.compiled.cardinality is Cardinality.MULTIPLE
    assert found.compiled.base_type is BaseType.IDENTIFIER


@pytest.mark.parametrize("xml", [multiple(), multiple(NULL), ordered(), ordered(NULL, NULL)])
def test_15_3_multiple_and_ordered_of_nothing_are_null(xml: str) -> None:
    assert value_of(xml) is None


def test_15_3_ordered_takes_singles_and_members_of_ordereds_in_turn_and_leaves_out_null() -> None:
    found = evaluate(ordered(B, ordered(C, A), NULL, A))

    assert found.value == ("B", "C", "A", "A")
    assert found.compiled.cardinality is Cardinality.ORDERED


def test_15_3_multiple_and_ordered_do_not_take_each_other() -> None:
    with pytest.raises(Invalid):
        evaluate(multiple(ordered(A)))
    with pytest.raises(Invalid):
        evaluate(ordered(multiple(A)))


def test_15_3_multiple_of_base_types_that_share_no_values_is_invalid() -> None:
    with pytest.raises(Invalid, match="base types"):
        evaluate(multiple(A, base("boolean", "true")))


def test_15_3_multiple_of_texts_and_numbers_is_one_of_strings_with_a_notice() -> None:
    found = evaluate(multiple(base("string", "of"), integer(3), real(2.5)))

    assert found.value == ("of", "3", "2.5")
    assert found.compiled.base_type is BaseType.STRING
    assert len(found.notices) == 1


def test_15_3_repeat_of_integers_and_floats_is_one_of_floats() -> None:
    found = evaluate(f'<repeat numberRepeats="1">{integer(1)}{real(2.5)}</repeat>')

    assert repr(found.value) == "(1.0, 2.5)"


def test_15_3_multiple_of_integers_and_floats_is_one_of_floats_with_a_notice() -> None:
    found = evaluate(multiple(integer(1), real(2.5)))

    assert repr(found.value) == "(1.0, 2.5)"
    assert found.compiled.base_type is BaseType.FLOAT
    assert len(found.notices) == 1


def test_15_3_multiple_with_more_members_than_the_limit_is_refused() -> None:
    with pytest.raises(Refused, match=r"limits\.collected"):
        evaluate(multiple(A, B, C), limits=Limits(collected=2))


@pytest.mark.parametrize(("operand", "size"), [(NULL, 0), (multiple(), 0), (multiple(A, A), 2)])
def test_15_3_container_size_counts_repeats_and_is_0_for_null(operand: str, size: int) -> None:
    assert value_of(call("containerSize", operand)) == size


@pytest.mark.parametrize(("place", "value"), [(1, "A"), (2, "B"), (3, None)])
def test_15_3_index_counts_from_1_and_is_null_beyond_the_last(place: int, value: str | None) -> None:
    assert value_of(call("index", ordered(A, B), n=place)) == value


def test_15_3_index_takes_its_place_from_a_variable_and_is_null_for_places_before_the_first() -> None:
    declared = '<outcomeDeclaration identifier="N" cardinality="single" baseType="integer"/>'

    assert value_of(call("index", ordered(A, B), n="N"), declared, {"N": 2}) == "B"
    assert value_of(call("index", ordered(A, B), n="N"), declared, {"N": 0}) is None
    assert value_of(call("index", NULL, n=1)) is None


@pytest.mark.parametrize("xml", [call("index", ordered(A), n=0), call("index", multiple(A), n=1)])
def test_15_3_index_of_no_place_or_of_what_has_no_order_is_invalid(xml: str) -> None:
    with pytest.raises(Invalid):
        evaluate(xml)


def test_15_3_random_picks_every_member_and_repeats_with_the_seed() -> None:
    drawn = [evaluate(call("random", multiple(A, B, C)), seed=seed).value for seed in range(50)]

    assert set(drawn) == {"A", "B", "C"}
    assert drawn == [evaluate(call("random", multiple(A, B, C)), seed=seed).value for seed in range(50)]
    assert value_of(call("random", multiple())) is None


def test_15_3_field_value_gives_a_field_and_null_for_one_that_is_not_there() -> None:
    record = '<variable identifier="R"/>'

    def field(name: str, held: Value) -> Value:
        return value_of(f'<fieldValue fieldIdentifier="{name}">{record}</fieldValue>', _RECORD, {"R": held})

    assert field("unit", {"unit": "cm", "size": 1.5}) == "cm"
    assert field("other", {"unit": "cm"}) is None
    assert field("unit", None) is None


def test_15_3_field_value_takes_part_in_any_operator_by_the_value_it_has() -> None:
    field = '<fieldValue fieldIdentifier="size"><variable identifier="R"/></fieldValue>'

    assert value_of(call("sum", field, real(1)), _RECORD, {"R": {"size": 1.5}}) == 2.5
    assert value_of(call("match", field, real(1.5)), _RECORD, {"R": {"size": 1.5}}) is True
    assert value_of(call("sum", field, real(1)), _RECORD, {"R": {}}) is None
    assert value_of(call("sum", field, real(1)), _RECORD, {"R": {"size": True}}) is None


def test_15_3_field_value_of_what_is_no_record_is_invalid() -> None:
    with pytest.raises(Invalid):
        evaluate(f'<fieldValue fieldIdentifier="x">{A}</fieldValue>')


@pytest.mark.parametrize(
    ("single", "container", "result"),
    [
        (A, multiple(B, A), True),
        (C, ordered(B, A), False),
        (NULL, multiple(A), None),
        (A, NULL, None),
        (A, multiple(), None),
        (_pair("A B"), multiple(_pair("B A")), True),
        (_directed("A B"), multiple(_directed("B A")), False),
        (string("a"), multiple(string("A")), False),
    ],
)
def test_15_3_member_finds_a_value_in_a_container(single: str, container: str, result: bool | None) -> None:
    assert value_of(call("member", single, container)) is result


@pytest.mark.parametrize(("single", "result"), [(A, True), (B, False), (NULL, None)])
def test_15_3_member_beside_a_single_value_says_whether_they_are_equal_with_a_notice(
    single: str, result: bool | None
) -> None:
    found = evaluate(call("member", single, A))

    assert found.value is result
    assert found.notices == ("a single value is taken as a container of one",)


def test_15_3_delete_takes_all_instances_away_and_keeps_the_order_of_the_rest() -> None:
    assert value_of(call("delete", A, ordered(B, A, C, A))) == ("B", "C")
    assert value_of(call("delete", A, multiple(A, A))) is None
    assert value_of(call("delete", NULL, multiple(A))) is None
    assert value_of(call("delete", A, NULL)) is None
    assert evaluate(call("delete", A, ordered(B))).compiled.cardinality is Cardinality.ORDERED


@pytest.mark.parametrize(
    ("whole", "part", "result"),
    [
        (multiple(A, B, C), multiple(C, A), True),
        (multiple(A, B, C), multiple(B, B), False),
        (multiple(A, B, B, C), multiple(B, B), True),
        (ordered(A, B, C), ordered(C, A), False),
        (ordered(A, B, C), ordered(B, C), True),
        (ordered(A, B, C), ordered(A, C), False),
        (ordered(A, A, B), ordered(A, B), True),
        (ordered(A), ordered(A, B), False),
        (multiple(A), NULL, None),
        (NULL, multiple(A), None),
    ],
)
def test_15_3_contains_minds_repeats_in_multiples_and_order_without_gaps_in_ordereds(
    whole: str, part: str, result: bool | None
) -> None:
    assert value_of(call("contains", whole, part)) is result


@given(
    st.lists(st.sampled_from("AB"), min_size=1, max_size=9),
    st.lists(st.sampled_from("AB"), min_size=1, max_size=4),
)
def test_15_3_contains_finds_a_run_wherever_it_begins(whole: list[str], part: list[str]) -> None:
    assert contains_run(tuple(whole), tuple(part)) is ("".join(part) in "".join(whole))


def test_15_3_contains_counts_in_large_containers_too() -> None:
    many = [integer(number % 20) for number in range(60)]

    assert value_of(call("contains", multiple(*many), multiple(*many[:40]))) is True
    assert value_of(call("contains", multiple(*many), multiple(*[integer(3)] * 4))) is False


def test_15_3_contains_of_an_ordered_beside_a_multiple_is_invalid() -> None:
    with pytest.raises(Invalid):
        evaluate(call("contains", ordered(A), multiple(A)))


def test_15_3_repeat_fills_an_ordered_container_time_after_time_without_null() -> None:
    found = evaluate(call("repeat", A, NULL, ordered(B, C), numberRepeats=2))

    assert found.value == ("A", "B", "C", "A", "B", "C")
    assert found.compiled.cardinality is Cardinality.ORDERED
    assert value_of(call("repeat", NULL, numberRepeats=3)) is None


def test_15_3_repeat_draws_anew_each_time() -> None:
    drawn = evaluate(call("repeat", '<randomInteger max="1000000"/>', numberRepeats=5)).value

    assert isinstance(drawn, tuple)
    assert len(set(drawn)) == 5


def test_15_3_repeat_fewer_times_than_once_by_a_variable_is_null() -> None:
    declared = '<outcomeDeclaration identifier="N" cardinality="single" baseType="integer"/>'

    assert value_of(call("repeat", A, numberRepeats="N"), declared, {"N": 0}) is None
    assert value_of(call("repeat", A, numberRepeats="N"), declared, {"N": 2}) == ("A", "A")


@pytest.mark.parametrize(
    "xml",
    [
        call("repeat", A, numberRepeats=10**9),
        call("repeat", call("repeat", A, numberRepeats=1000), numberRepeats=1000),
        call("repeat", *[A] * 200, numberRepeats=100),
    ],
)
def test_15_3_repeat_beyond_the_limit_is_refused_however_it_is_written(xml: str) -> None:
    with pytest.raises(Refused, match=r"limits\.repeats"):
        evaluate(xml)
