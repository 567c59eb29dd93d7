"""Expressions without operands (QTI 2.1, 15.1)."""

import math

import pytest

from shared.standards.qti.faults import Invalid
from shared.standards.qti.values.types import DirectedPair, Pair, Point, Value
from tests.fixtures.qti_expressions import base, call, evaluate, value_of

_RESPONSE = """
<responseDeclaration identifier="R" cardinality="single" baseType="identifier">
  <defaultValue><value>D</value></defaultValue>
  <correctResponse><value>C</value></correctResponse>
</responseDeclaration>
"""


@pytest.mark.parametrize(
    ("base_type", "text", "value"),
    [
        ("identifier", " A ", "A"),
        ("boolean", "true", True),
        ("integer", "-7", -7),
        ("float", "1e3", 1000.0),
        ("float", "INF", math.inf),
        ("string", " kept as written ", " kept as written "),
        ("string", "", None),
        ("point", "3 4", Point(3, 4)),
        ("pair", "B A", Pair(("A", "B"))),
        ("directedPair", "B A", DirectedPair("B", "A")),
        ("duration", "90.5", 90.5),
        ("uri", "http://x.test/", "http://x.test/"),
        ("intOrIdentifier", "4", "4"),
    ],
)
def test_15_1_base_value_gives_the_value_that_its_text_writes(
    base_type: str, text: str, value: Value
) -> None:
    assert value_of(base(base_type, text)) == value


@pytest.mark.parametrize(("base_type", "text"), [("integer", "1.5"), ("boolean", "yes"), ("number", "1")])
def test_15_1_base_value_that_writes_no_value_of_its_type_is_invalid(base_type: str, text: str) -> None:
    with pytest.raises(Invalid, match="base-value"):
        evaluate(base(base_type, text))


def test_15_1_null_is_null_and_fits_any_type() -> None:
    assert value_of("<null/>") is None
    assert value_of(call("sum", "<null/>")) is None


@pytest.mark.parametrize(("name", "value"), [("pi", math.pi), ("e", math.e)])
def test_15_1_math_constant_gives_pi_and_e(name: str, value: float) -> None:
    assert value_of(f'<mathConstant name="{name}"/>') == value


def test_15_1_variable_gives_what_the_variable_holds() -> None:
    assert value_of('<variable identifier="R"/>', _RESPONSE, {"R": "X"}) == "X"
    assert value_of('<variable identifier="R"/>', _RESPONSE, {"R": None}) is None


def test_15_1_default_gives_what_is_declared_whatever_the_variable_holds() -> None:
    assert value_of('<default identifier="R"/>', _RESPONSE, {"R": "X"}) == "D"


def test_15_1_correct_gives_what_is_declared_whatever_the_variable_holds() -> None:
    assert value_of('<correct identifier="R"/>', _RESPONSE, {"R": "X"}) == "C"


def test_15_1_correct_and_default_give_what_template_processing_set() -> None:
    assert evaluate('<correct identifier="R"/>', _RESPONSE, corrects={"R": "Z"}).value == "Z"
    assert evaluate('<correct identifier="R"/>', _RESPONSE, corrects={"S": "Z"}).value == "C"
    assert evaluate('<default identifier="R"/>', _RESPONSE, defaults={"R": None}).value is None


@pytest.mark.parametrize("name", ["variable", "correct", "default"])
def test_15_1_a_variable_that_is_not_declared_is_null_with_a_notice(name: str) -> None:
    found = evaluate(f'<{name} identifier="UNKNOWN"/>')

    assert found.value is None
    assert found.notices == ("UNKNOWN is not declared: NULL",)


def test_15_1_random_integer_gives_every_number_from_min_by_steps_to_max_and_no_other() -> None:
    drawn = {evaluate('<randomInteger min="2" max="11" step="3"/>', seed=seed).value for seed in range(100)}

    assert drawn == {2, 5, 8, 11}


def test_15_1_random_integer_begins_at_0_goes_by_1_and_repeats_with_the_seed() -> None:
    drawn = [evaluate('<randomInteger max="2"/>', seed=seed).value for seed in range(50)]

    assert set(drawn) == {0, 1, 2}
    assert drawn == [evaluate('<randomInteger max="2"/>', seed=seed).value for seed in range(50)]


def test_15_1_random_integer_without_a_number_between_its_bounds_is_null() -> None:
    assert value_of('<randomInteger min="3" max="2"/>') is None


def test_15_1_random_float_stays_between_its_bounds() -> None:
    drawn = [evaluate('<randomFloat min="-1.5" max="2.5"/>', seed=seed).value for seed in range(100)]

    assert all(isinstance(value, float) and -1.5 <= value <= 2.5 for value in drawn)
    assert len(set(drawn)) == 100
    assert value_of('<randomFloat min="1" max="0"/>') is None
    assert value_of('<randomFloat max="INF"/>') is None


def test_15_1_random_bounds_may_name_variables() -> None:
    declared = '<templateDeclaration identifier="TOP" cardinality="single" baseType="integer"/>'

    assert value_of('<randomInteger min="{TOP}" max="TOP"/>', declared, {"TOP": 7}) == 7
    assert value_of('<randomFloat min="TOP" max="{TOP}"/>', declared, {"TOP": 7}) == 7.0
    assert value_of('<randomInteger max="TOP"/>', declared, {"TOP": None}) is None


@pytest.mark.parametrize(
    "xml",
    [
        '<randomInteger max="1.5"/>',
        "<randomInteger/>",
        '<randomInteger max="3" step="0"/>',
        '<randomFloat max="1,5"/>',
        '<mathConstant name="tau"/>',
        "<variable/>",
    ],
)
def test_15_1_attributes_that_can_not_be_are_invalid_at_their_place(xml: str) -> None:
    with pytest.raises(Invalid) as caught:
        evaluate(xml)

    assert caught.value.rule.startswith("QTI 2.1, 15.1")
    assert caught.value.place.line == 1
