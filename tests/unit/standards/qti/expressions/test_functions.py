"""Mathematical functions and statistics (QTI 2.1, 15.3: mathOperator, statsOperator)."""

import math

import pytest

from shared.standards.qti.faults import Invalid
from shared.standards.qti.values.types import BaseType, Value
from tests.fixtures.qti_expressions import evaluate, integer, multiple, real, value_of

INF, NAN = real("INF"), real("NaN")

_FUNCTIONS: list[tuple[str, float, Value]] = [
    ("sin", math.pi / 6, 0.5),
    ("cos", math.pi / 3, 0.5),
    ("tan", math.pi / 4, 1.0),
    ("sec", math.pi / 3, 2.0),
    ("csc", math.pi / 6, 2.0),
    ("cot", math.pi / 4, 1.0),
    ("asin", 0.5, math.pi / 6),
    ("acos", 0.5, math.pi / 3),
    ("atan", 1, math.pi / 4),
    ("asec", 2, math.pi / 3),
    ("acsc", 2, math.pi / 6),
    ("acot", 1, math.pi / 4),
    ("acot", 0, math.pi / 2),
    ("sinh", 1, math.sinh(1)),
    ("cosh", 1, math.cosh(1)),
    ("tanh", 1, math.tanh(1)),
    ("sech", 1, 1 / math.cosh(1)),
    ("csch", 1, 1 / math.sinh(1)),
    ("coth", 1, 1 / math.tanh(1)),
    ("log", 1000, 3.0),
    ("ln", math.e, 1.0),
    ("exp", 1, math.e),
    ("abs", -2.5, 2.5),
    ("signum", -2.5, -1),
    ("signum", 0, 0),
    ("floor", -2.5, -3),
    ("ceil", -2.5, -2),
    ("toDegrees", math.pi, 180.0),
    ("toRadians", 180, math.pi),
]


@pytest.mark.parametrize(("name", "operand", "value"), _FUNCTIONS)
def test_15_3_math_operator_knows_every_function(name: str, operand: float, value: float) -> None:
    found = evaluate(f'<mathOperator name="{name}">{real(operand)}</mathOperator>')

    assert found.value == pytest.approx(value)
    whole = name in {"signum", "floor", "ceil"}
    assert isinstance(found.value, int if whole else float)
    assert found.compiled.base_type is (BaseType.INTEGER if whole else BaseType.FLOAT)


@pytest.mark.parametrize(
    ("name", "operand"),
    [
        ("log", 0),
        ("ln", -1),
        ("asin", 2),
        ("acos", -2),
        ("asec", 0.5),
        ("acsc", 0),
        ("cot", 0),
        ("csc", 0),
        ("csch", 0),
        ("coth", 0),
        ("sin", math.inf),
        ("tan", -math.inf),
        *[(name, math.nan) for name in ("sin", "floor", "signum", "exp", "abs", "sech", "toDegrees")],
    ],
)
def test_15_3_math_operator_outside_of_the_domain_of_its_function_is_null(name: str, operand: float) -> None:
    written = "NaN" if math.isnan(operand) else str(operand).replace("inf", "INF")

    assert value_of(f'<mathOperator name="{name}">{real(written)}</mathOperator>') is None


@pytest.mark.parametrize(
    ("name", "operand", "value"),
    [
        ("exp", 1000, math.inf),
        ("exp", -math.inf, 0.0),
        ("sinh", -1000, -math.inf),
        ("cosh", -1000, math.inf),
        ("sech", 1000, 0.0),
        ("csch", -1000, 0.0),
        ("atan", math.inf, math.pi / 2),
        ("floor", math.inf, math.inf),
        ("log", math.inf, math.inf),
    ],
)
def test_15_3_math_operator_is_infinite_beyond_floats_and_its_reciprocal_zero(
    name: str, operand: float, value: float
) -> None:
    written = real(str(operand).replace("inf", "INF"))

    assert value_of(f'<mathOperator name="{name}">{written}</mathOperator>') == value


@pytest.mark.parametrize(
    ("y", "x", "value"),
    [
        ("0", "1", 0.0),
        ("0", "-1", math.pi),
        ("-0", "-1", -math.pi),
        ("1", "0", math.pi / 2),
        ("-1", "0", -math.pi / 2),
        ("INF", "INF", math.pi / 4),
        ("INF", "-INF", 3 * math.pi / 4),
        ("-INF", "INF", -math.pi / 4),
        ("-INF", "-INF", -3 * math.pi / 4),
        ("1", "INF", 0.0),
        ("NaN", "1", None),
        ("1", "NaN", None),
    ],
)
def test_15_3_math_operator_atan2_minds_signs_zeros_and_infinity(y: str, x: str, value: float | None) -> None:
    found = value_of(f'<mathOperator name="atan2">{real(y)}{real(x)}</mathOperator>')

    assert found == (None if value is None else pytest.approx(value))


@pytest.mark.parametrize(
    "xml",
    [
        f'<mathOperator name="sqrt">{real(1)}</mathOperator>',
        f"<mathOperator>{real(1)}</mathOperator>",
        f'<mathOperator name="sin">{real(1)}{real(1)}</mathOperator>',
        f'<mathOperator name="atan2">{real(1)}</mathOperator>',
    ],
)
def test_15_3_math_operator_that_is_not_known_or_has_other_operands_is_invalid(xml: str) -> None:
    with pytest.raises(Invalid):
        evaluate(xml)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mean", 5.0),
        ("sampleVariance", 32 / 7),
        ("sampleSD", math.sqrt(32 / 7)),
        ("popVariance", 4.0),
        ("popSD", 2.0),
    ],
)
def test_15_3_stats_operator_knows_every_statistic(name: str, value: float) -> None:
    sample = multiple(*map(integer, (2, 4, 4, 4, 5, 5, 7, 9)))

    assert value_of(f'<statsOperator name="{name}">{sample}</statsOperator>') == pytest.approx(value)


@pytest.mark.parametrize("name", ["sampleVariance", "sampleSD", "popVariance", "popSD"])
def test_15_3_stats_operator_spread_of_one_value_is_null_and_its_mean_is_not(name: str) -> None:
    one = multiple(real(3))

    assert value_of(f'<statsOperator name="{name}">{one}</statsOperator>') is None
    assert value_of(f'<statsOperator name="mean">{one}</statsOperator>') == 3.0


@pytest.mark.parametrize("members", [(), (NAN, real(1)), (INF, real(1)), (real(1e308), real(-1e308))])
def test_15_3_stats_operator_of_nothing_no_numbers_and_out_of_range_is_null(members: tuple[str, ...]) -> None:
    assert value_of(f'<statsOperator name="popVariance">{multiple(*members)}</statsOperator>') is None


def test_15_3_stats_operator_that_is_not_known_is_invalid() -> None:
    with pytest.raises(Invalid):
        evaluate(f'<statsOperator name="median">{multiple(real(1))}</statsOperator>')
