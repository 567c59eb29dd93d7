"""Values, numbers, durations and text compared (QTI 2.1, 15.3)."""

import pytest

from shared.standards.qti.faults import Invalid
from tests.fixtures.qti_expressions import (
    NULL,
    base,
    boolean,
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

A, B = identifier("A"), identifier("B")


def _pairs(*texts: str) -> str:
    return multiple(*(base("pair", text) for text in texts))


@pytest.mark.parametrize(
    ("left", "right", "result"),
    [
        (A, A, True),
        (A, B, False),
        (A, NULL, None),
        (NULL, NULL, None),
        (string("a"), string("A"), False),
        (string(""), string(""), None),
        (boolean(False), boolean(False), True),
        (base("pair", "A B"), base("pair", "B A"), True),
        (base("directedPair", "A B"), base("directedPair", "B A"), False),
        (base("point", "1 2"), base("point", "1 2"), True),
        (multiple(A, B), multiple(B, A), True),
        (multiple(A, A, B), multiple(A, B, B), False),
        (multiple(A, A), multiple(A), False),
        (_pairs("A B", "C D"), _pairs("D C", "B A"), True),
        (ordered(A, B), ordered(B, A), False),
        (ordered(A, B), ordered(A, B), True),
        (multiple(A), NULL, None),
    ],
)
def test_15_3_match_says_whether_two_values_are_the_same(left: str, right: str, result: bool | None) -> None:
    assert value_of(call("match", left, right)) is result


def test_15_3_match_compares_records_field_by_field() -> None:
    declared = '<responseDeclaration identifier="R" cardinality="record"/>'
    declared += '<outcomeDeclaration identifier="S" cardinality="record"/>'
    match = call("match", '<variable identifier="R"/>', '<variable identifier="S"/>')

    assert value_of(match, declared, {"R": {"a": 1, "b": "x"}, "S": {"b": "x", "a": 1}}) is True
    assert value_of(match, declared, {"R": {"a": 1}, "S": {"a": 1, "b": "x"}}) is False
    assert value_of(match, declared, {"R": {"a": 1}}) is None


def test_15_3_match_of_large_multiples_minds_repeats() -> None:
    many = [integer(number % 20) for number in range(60)]

    assert value_of(call("match", multiple(*many), multiple(*reversed(many)))) is True
    assert value_of(call("match", multiple(*many), multiple(*many[:-1], integer(0)))) is False


@pytest.mark.parametrize(("left", "right"), [(ordered(A), multiple(A)), (boolean(True), integer(1))])
def test_15_3_match_of_types_that_share_no_values_is_invalid(left: str, right: str) -> None:
    with pytest.raises(Invalid):
        evaluate(call("match", left, right))


@pytest.mark.parametrize(
    ("left", "right", "result"),
    [(integer(3), real(3), True), (real(0.1), real(0.2), False), (integer(1), NULL, None)],
)
def test_15_3_equal_compares_numbers_exactly_unless_told_otherwise(
    left: str, right: str, result: bool | None
) -> None:
    assert value_of(call("equal", left, right)) is result


@pytest.mark.parametrize(
    ("first", "second", "tolerance", "mode", "result"),
    [
        (10, 9, "1", "absolute", True),
        (10, 11, "1", "absolute", True),
        (10, 8.9, "1 5", "absolute", False),
        (10, 15, "1 5", "absolute", True),
        (100, 90, "10", "relative", True),
        (100, 89.9, "10 20", "relative", False),
        (100, 120, "10 20", "relative", True),
        (100, 120.1, "10 20", "relative", False),
        (-100, -110, "10", "relative", True),
        (-100, -111, "10", "relative", False),
    ],
)
def test_15_3_equal_within_a_tolerance_around_the_first(
    first: float, second: float, tolerance: str, mode: str, result: bool
) -> None:
    expression = call("equal", real(first), real(second), toleranceMode=mode, tolerance=tolerance)

    assert value_of(expression) is result


@pytest.mark.parametrize(("bound", "second"), [("includeLowerBound", 9), ("includeUpperBound", 11)])
def test_15_3_equal_leaves_out_a_bound_when_told_so(bound: str, second: int) -> None:
    tolerance = {"toleranceMode": "absolute", "tolerance": "1", bound: "false"}

    assert value_of(call("equal", integer(10), integer(second), **tolerance)) is False
    assert value_of(call("equal", integer(10), integer(10), **tolerance)) is True


def test_15_3_equal_takes_its_tolerance_from_variables() -> None:
    declared = '<outcomeDeclaration identifier="T" cardinality="single" baseType="float"/>'
    expression = call("equal", real(10), real(12), toleranceMode="absolute", tolerance="0 {T}")

    assert value_of(expression, declared, {"T": 2.0}) is True
    assert value_of(expression, declared, {"T": 1.0}) is False
    assert value_of(expression, declared, {"T": None}) is None


@pytest.mark.parametrize(
    "attributes",
    [
        {"toleranceMode": "absolute"},
        {"toleranceMode": "absolute", "tolerance": "1 2 3"},
        {"toleranceMode": "absolute", "tolerance": "1,5"},
        {"toleranceMode": "loose", "tolerance": "1"},
        {"toleranceMode": "absolute", "tolerance": "1", "includeLowerBound": "no"},
    ],
)
def test_15_3_equal_with_a_tolerance_that_can_not_be_is_invalid(attributes: dict[str, str]) -> None:
    with pytest.raises(Invalid, match=r"15\.3: equal"):
        evaluate(call("equal", real(1), real(1), **attributes))


@pytest.mark.parametrize(
    ("left", "right", "mode", "figures", "result"),
    [
        (1.234, 1.2349, "significantFigures", 3, True),
        (1.234, 1.2351, "significantFigures", 4, False),
        (3.175, 3.183, "decimalPlaces", 2, True),
        (3.174, 3.175, "decimalPlaces", 2, False),
        (0.5, 1, "decimalPlaces", 0, True),
    ],
)
def test_15_3_equal_rounded_rounds_both_first(
    left: float, right: float, mode: str, figures: int, result: bool
) -> None:
    expression = call("equalRounded", real(left), real(right), roundingMode=mode, figures=figures)

    assert value_of(expression) is result


def test_15_3_equal_rounded_takes_significant_figures_by_default_and_null_for_null() -> None:
    assert value_of(call("equalRounded", real(1234), real(1230), figures=3)) is True
    assert value_of(call("equalRounded", real(1234), NULL, figures=3)) is None
    assert value_of(call("equalRounded", real("NaN"), real(1), figures=3)) is None


def _compared(name: str, wrap: str) -> list[object]:
    lesser, equal, greater = base(wrap, "1"), base(wrap, "2"), base(wrap, "3")
    return [value_of(call(name, left, equal)) for left in (lesser, equal, greater)]


def test_15_3_lt_is_true_for_less() -> None:
    assert _compared("lt", "integer") == [True, False, False]
    assert value_of(call("lt", integer(1), NULL)) is None


def test_15_3_lte_is_true_for_less_and_equal() -> None:
    assert _compared("lte", "float") == [True, True, False]
    assert value_of(call("lte", NULL, integer(1))) is None


def test_15_3_gt_is_true_for_more() -> None:
    assert _compared("gt", "float") == [False, False, True]
    assert value_of(call("gt", NULL, NULL)) is None


def test_15_3_gte_is_true_for_more_and_equal() -> None:
    assert _compared("gte", "integer") == [False, True, True]
    assert value_of(call("gte", integer(1), real(1))) is True


def test_15_3_duration_lt_is_true_for_shorter() -> None:
    assert _compared("durationLT", "duration") == [True, False, False]
    assert value_of(call("durationLT", base("duration", "1"), NULL)) is None


def test_15_3_duration_gte_is_true_for_longer_and_as_long() -> None:
    assert _compared("durationGTE", "duration") == [False, True, True]
    assert value_of(call("durationGTE", NULL, base("duration", "1"))) is None


@pytest.mark.parametrize(
    ("left", "right", "sensitive", "result"),
    [
        ("Paris", "Paris", "true", True),
        ("paris", "Paris", "true", False),
        ("PARIS", "paris", "false", True),
        ("ÉTÉ", "été", "false", True),
        ("Paris", "Pari", "true", False),
        (" Paris", "Paris", "true", False),
    ],
)
def test_15_3_string_match_minds_case_when_told_so(
    left: str, right: str, sensitive: str, result: bool
) -> None:
    expression = call("stringMatch", string(left), string(right), caseSensitive=sensitive)

    assert value_of(expression) is result


def test_15_3_string_match_with_substring_asks_whether_the_first_contains_the_second() -> None:
    def contains(left: str, right: str) -> object:
        attributes = {"caseSensitive": "false", "substring": "true"}
        return value_of(call("stringMatch", string(left), string(right), **attributes))

    assert contains("Hello world", "WORLD") is True
    assert contains("world", "Hello world") is False


def test_15_3_string_match_of_null_is_null() -> None:
    assert value_of(call("stringMatch", string(""), string("a"), caseSensitive="true")) is None


def test_15_3_string_match_without_case_sensitive_minds_case_with_a_notice() -> None:
    found = evaluate(call("stringMatch", string("a"), string("A")))

    assert found.value is False
    assert found.notices == ("case-sensitive is missing: true",)


@pytest.mark.parametrize(
    ("part", "whole", "attributes", "result"),
    [
        ("ell", "Hello", {}, True),
        ("ELL", "Hello", {}, False),
        ("ELL", "Hello", {"caseSensitive": "false"}, True),
        ("Hello", "ell", {}, False),
        ("", "ell", {}, None),
    ],
)
def test_15_3_substring_asks_whether_the_first_is_part_of_the_second(
    part: str, whole: str, attributes: dict[str, str], result: bool | None
) -> None:
    assert value_of(call("substring", string(part), string(whole), **attributes)) is result


@pytest.mark.parametrize(
    ("text", "pattern", "result"),
    [("12", "[0-9]+", True), ("12a", "[0-9]+", False), ("", "a*", None), ("a\nb", "a.b", False)],
)
def test_15_3_pattern_match_matches_the_whole_string(text: str, pattern: str, result: bool | None) -> None:
    assert value_of(call("patternMatch", string(text), pattern=pattern)) is result


def test_15_3_pattern_match_takes_a_pattern_from_a_variable() -> None:
    declared = '<templateDeclaration identifier="P" cardinality="single" baseType="string"/>'
    expression = call("patternMatch", string("aab"), pattern="{P}")

    assert value_of(expression, declared, {"P": "a+b"}) is True
    assert value_of(expression, declared, {"P": "a(b"}) is None
    assert value_of(expression, declared, {"P": None}) is None


def test_15_3_pattern_match_that_can_not_be_read_is_invalid_and_other_dialects_leave_a_notice() -> None:
    with pytest.raises(Invalid, match="pattern"):
        evaluate(call("patternMatch", string("a"), pattern="a(?=b)"))
    found = evaluate(call("patternMatch", string("a"), pattern="^a$"))
    assert found.value is True
    assert len(found.notices) == 1


@pytest.mark.parametrize(
    ("shape", "coords", "inside", "outside"),
    [
        ("rect", "10,20,30,40", ["10 20", "30 40", "20 30"], ["9 20", "31 40", "20 41"]),
        ("rect", "30,40,10,20", ["10 20", "30 40"], ["9 20"]),
        ("circle", "10,10,5", ["10 10", "15 10", "13 14"], ["14 14", "16 10"]),
        ("ellipse", "10,10,5,2", ["15 10", "10 12", "10 10"], ["15 11", "10 13"]),
        ("poly", "0,0,10,0,10,10,0,10", ["5 5", "0 0", "10 5"], ["11 5", "-1 0"]),
        ("poly", "0,0,10,0,5,5,10,10,0,10", ["4 5", "2 8", "5 5"], ["8 5", "7 4"]),
        ("poly", "0 0 10 0 0 10 0 0", ["1 1", "5 5"], ["6 6"]),
        ("default", "", ["0 0", "-5 99999"], []),
    ],
)
def test_15_3_inside_knows_every_shape_and_counts_its_border(
    shape: str, coords: str, inside: list[str], outside: list[str]
) -> None:
    def within(point: str) -> object:
        return value_of(call("inside", base("point", point), shape=shape, coords=coords))

    assert [within(point) for point in inside] == [True] * len(inside)
    assert [within(point) for point in outside] == [False] * len(outside)


def test_15_3_inside_is_true_when_any_point_of_a_container_is_and_null_for_null() -> None:
    square = {"shape": "rect", "coords": "0,0,5,5"}

    assert value_of(call("inside", multiple(base("point", "9 9"), base("point", "1 1")), **square)) is True
    assert value_of(call("inside", ordered(base("point", "9 9")), **square)) is False
    assert value_of(call("inside", NULL, **square)) is None


@pytest.mark.parametrize(
    "attributes",
    [
        {"shape": "star", "coords": "1,1"},
        {"shape": "rect", "coords": "1,2,3"},
        {"shape": "circle", "coords": "1,2"},
        {"shape": "ellipse", "coords": "1,2,3"},
        {"shape": "poly", "coords": "1,2,3,4"},
        {"shape": "poly", "coords": "1,2,3,4,5,6,7"},
        {"shape": "circle", "coords": "1,2,nan"},
        {"shape": "circle", "coords": "a,b,c"},
        {"coords": "1,2,3"},
    ],
)
def test_15_3_inside_of_what_draws_no_shape_is_invalid(attributes: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        evaluate(call("inside", base("point", "1 1"), **attributes))
