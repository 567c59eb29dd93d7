"""Arithmetic and rounding (QTI 2.1, 15.3)."""

import math

import pytest

from shared.standards.qti.faults import Invalid
from shared.standards.qti.limits import Limits
from shared.standards.qti.values.types import BaseType
from tests.fixtures.qti_expressions import (
    NULL,
    call,
    evaluate,
    integer,
    multiple,
    ordered,
    real,
    value_of,
)

INF, NAN = real("INF"), real("NaN")


def _typed(xml: str) -> tuple[BaseType | None, str]:
    found = evaluate(xml)
    return found.compiled.base_type, repr(found.value)


def test_15_3_sum_adds_singles_and_members_and_is_an_integer_only_of_integers() -> None:
    assert _typed(call("sum", integer(1), integer(2))) == (BaseType.INTEGER, "3")
    assert _typed(call("sum", integer(1), real(2))) == (BaseType.FLOAT, "3.0")
    assert _typed(call("sum", multiple(integer(1), integer(2)), ordered(integer(4)))) == (
        BaseType.INTEGER,
        "7",
    )
    assert _typed(call("sum", integer(1), integer(2), real(0.5))) == (BaseType.FLOAT, "3.5")
    assert _typed(call("sum", real(2))) == (BaseType.FLOAT, "2.0")


def test_15_3_product_multiplies_singles_and_members_and_is_an_integer_only_of_integers() -> None:
    assert _typed(call("product", integer(3), integer(2))) == (BaseType.INTEGER, "6")
    assert _typed(call("product", integer(3), real(2))) == (BaseType.FLOAT, "6.0")
    assert _typed(call("product", multiple(integer(3), integer(2)), integer(2))) == (BaseType.INTEGER, "12")
    assert _typed(call("product", integer(3))) == (BaseType.INTEGER, "3")


def test_15_3_subtract_takes_the_second_from_the_first() -> None:
    assert _typed(call("subtract", integer(3), integer(5))) == (BaseType.INTEGER, "-2")
    assert _typed(call("subtract", real(3), integer(5))) == (BaseType.FLOAT, "-2.0")


def test_15_3_max_and_min_pick_among_singles_and_members() -> None:
    assert _typed(call("max", integer(3), multiple(integer(7), integer(5)))) == (BaseType.INTEGER, "7")
    assert _typed(call("min", integer(3), real(2.5))) == (BaseType.FLOAT, "2.5")


@pytest.mark.parametrize(
    ("name", "operands", "value"),
    [
        ("max", (integer(3), real(2)), 3.0),
        ("max", (real(1), NAN), None),
        ("max", (real(1), INF), math.inf),
        ("max", (multiple(),), None),
    ],
)
def test_15_3_max_is_a_float_beside_a_float_and_null_for_what_is_no_number(
    name: str, operands: tuple[str, ...], value: float | None
) -> None:
    assert repr(value_of(call(name, *operands))) == repr(value)


def test_15_3_min_is_null_for_what_is_no_number() -> None:
    assert value_of(call("min", NAN, real(1))) is None
    assert value_of(call("min", integer(1), NULL)) is None


@pytest.mark.parametrize(
    ("numbers", "value"), [((12, 18), 6), ((0, 5), 5), ((0, 0), 0), ((-4, 6), 2), ((7,), 7)]
)
def test_15_3_gcd_leaves_zeros_aside(numbers: tuple[int, ...], value: int) -> None:
    assert value_of(call("gcd", *map(integer, numbers))) == value
    assert value_of(call("gcd", multiple(*map(integer, numbers)))) == value


@pytest.mark.parametrize(("numbers", "value"), [((4, 6), 12), ((0, 5), 0), ((-4, 6), 12), ((7,), 7)])
def test_15_3_lcm_of_zero_is_zero(numbers: tuple[int, ...], value: int) -> None:
    assert value_of(call("lcm", *map(integer, numbers))) == value
    assert value_of(call("lcm", ordered(*map(integer, numbers)))) == value


@pytest.mark.parametrize(
    ("left", "right", "value"),
    [
        (integer(6), integer(4), 1.5),
        (integer(6), integer(0), None),
        (real(6), real("-0"), None),
        (INF, INF, None),
        (real(1e300), real(1e-300), None),
        (real(1), INF, 0.0),
    ],
)
def test_15_3_divide_is_a_float_and_null_below_zero_and_out_of_range(
    left: str, right: str, value: float | None
) -> None:
    assert repr(value_of(call("divide", left, right))) == repr(value)


@pytest.mark.parametrize(
    ("left", "right", "value"),
    [
        (integer(2), integer(10), 1024.0),
        (integer(0), integer(0), 1.0),
        (integer(0), integer(-1), None),
        (integer(-8), real(0.5), None),
        (integer(10), integer(400), None),
        (integer(10), integer(-400), 0.0),
        (integer(99999), integer(10**15), None),
    ],
)
def test_15_3_power_is_a_float_and_null_where_there_is_none(
    left: str, right: str, value: float | None
) -> None:
    assert repr(value_of(call("power", left, right))) == repr(value)


@pytest.mark.parametrize(("x", "y", "value"), [(7, 2, 3), (-7, 2, -4), (7, -2, -4), (7, 0, None)])
def test_15_3_integer_divide_rounds_down(x: int, y: int, value: int | None) -> None:
    assert value_of(call("integerDivide", integer(x), integer(y))) == value


@pytest.mark.parametrize(("x", "y", "value"), [(7, 2, 1), (-7, 2, 1), (7, -2, -1), (7, 0, None)])
def test_15_3_integer_modulus_is_what_integer_divide_leaves(x: int, y: int, value: int | None) -> None:
    assert value_of(call("integerModulus", integer(x), integer(y))) == value


def test_15_3_integer_to_float_makes_a_float() -> None:
    assert _typed(call("integerToFloat", integer(3))) == (BaseType.FLOAT, "3.0")
    assert value_of(call("integerToFloat", NULL)) is None


@pytest.mark.parametrize(
    ("operand", "value"),
    [
        (real(6.8), 6),
        (real(-6.8), -6),
        (integer(7), 7),
        (INF, math.inf),
        (real("-INF"), -math.inf),
        (NAN, None),
        (NULL, None),
    ],
)
def test_15_3_truncate_goes_towards_zero(operand: str, value: float | None) -> None:
    assert repr(value_of(call("truncate", operand))) == repr(value)


@pytest.mark.parametrize(
    ("operand", "value"),
    [
        (real(6.5), 7),
        (real(6.49), 6),
        (real(-6.5), -6),
        (real(-6.51), -7),
        (real(0.49999999999999994), 0),
        (real(2.0**60 + 2**10), 2**60 + 2**10),
        (INF, math.inf),
        (NAN, None),
        (NULL, None),
    ],
)
def test_15_3_round_takes_the_upper_of_two_as_near(operand: str, value: float | None) -> None:
    assert repr(value_of(call("round", operand))) == repr(value)


@pytest.mark.parametrize(
    ("value", "mode", "figures", "rounded"),
    [
        (1234.5, "significantFigures", 2, 1200.0),
        (1250, "significantFigures", 2, 1300.0),
        (0.0012349, "significantFigures", 4, 0.001235),
        (-1.25, "significantFigures", 2, -1.3),
        (9.99, "significantFigures", 2, 10.0),
        (0, "significantFigures", 3, 0.0),
        (1.005, "decimalPlaces", 2, 1.01),
        (2.675, "decimalPlaces", 2, 2.68),
        (-2.675, "decimalPlaces", 2, -2.68),
        (12.5, "decimalPlaces", 0, 13.0),
        (12.5, "decimalPlaces", 10**9, 12.5),
        (12.5, "significantFigures", 10**9, 12.5),
        (1e300, "decimalPlaces", 2, 1e300),
        (5e-324, "decimalPlaces", 300, 0.0),
    ],
)
def test_15_3_round_to_rounds_the_digits_as_written_five_away_from_zero(
    value: float, mode: str, figures: int, rounded: float
) -> None:
    assert value_of(call("roundTo", real(value), roundingMode=mode, figures=figures)) == rounded


@pytest.mark.parametrize(
    ("operand", "value"), [(INF, math.inf), (real("-INF"), -math.inf), (NAN, None), (NULL, None)]
)
def test_15_3_round_to_leaves_infinity_and_makes_null_of_nan(operand: str, value: float | None) -> None:
    assert value_of(call("roundTo", operand, figures=2)) == value


@pytest.mark.parametrize(("mode", "figures"), [("significantFigures", 0), ("decimalPlaces", -1), ("up", 1)])
def test_15_3_round_to_figures_that_can_not_be_is_invalid(mode: str, figures: int) -> None:
    with pytest.raises(Invalid):
        evaluate(call("roundTo", real(1), roundingMode=mode, figures=figures))


@pytest.mark.parametrize(
    "name", ["sum", "product", "subtract", "divide", "power", "max", "min", "integerDivide", "gcd", "lcm"]
)
def test_null_in_arithmetic_gives_null(name: str) -> None:
    assert value_of(call(name, integer(4), NULL)) is None
    assert value_of(call(name, NULL, integer(4))) is None


@pytest.mark.parametrize(
    "xml",
    [
        call("product", integer(99_999), integer(99_999)),
        call("product", integer(1), multiple(integer(99_999), integer(99_999))),
        call("sum", integer(99_999), integer(1)),
        call("sum", integer(99_998), integer(1), integer(1)),
        call("subtract", integer(-99_999), integer(1)),
        call("lcm", integer(99_999), integer(99_998)),
    ],
)
def test_an_integer_of_more_digits_than_the_limit_is_null(xml: str) -> None:
    assert evaluate(xml, limits=Limits(digits=5)).value is None


def test_many_factors_are_not_multiplied_beyond_the_limit() -> None:
    huge = ordered(*[integer(10**299)] * 1_000)

    assert value_of(call("product", huge)) is None
    assert value_of(call("lcm", huge)) == 10**299


@pytest.mark.parametrize(
    "xml",
    [
        call("sum"),
        call("subtract", integer(1)),
        call("divide", integer(1), integer(2), integer(3)),
        call("sum", "<baseValue baseType='boolean'>true</baseValue>"),
        call("sum", "<baseValue baseType='point'>1 1</baseValue>"),
    ],
)
def test_operands_that_can_not_be_are_invalid(xml: str) -> None:
    with pytest.raises(Invalid) as caught:
        evaluate(xml)

    assert caught.value.rule.startswith("QTI 2.1, 15.3: ")
