"""Truth in three values (QTI 2.1, 15.3: and, or, not, anyN, isNull)."""

import pytest

from tests.fixtures.qti_expressions import NULL, boolean, call, multiple, string, value_of

T, F, N = True, False, None


@pytest.mark.parametrize(
    ("operands", "result"),
    [((T,), T), ((T, T), T), ((T, F), F), ((F, N), F), ((N, F), F), ((T, N), N), ((N,), N)],
)
def test_15_3_and_is_false_when_one_operand_is_and_null_when_one_is_not_known(
    operands: tuple[bool | None, ...], result: bool | None
) -> None:
    assert value_of(call("and", *map(boolean, operands))) is result


@pytest.mark.parametrize(
    ("operands", "result"),
    [((F,), F), ((F, F), F), ((T, F), T), ((N, T), T), ((T, N), T), ((F, N), N), ((N,), N)],
)
def test_15_3_or_is_true_when_one_operand_is_and_null_when_one_is_not_known(
    operands: tuple[bool | None, ...], result: bool | None
) -> None:
    assert value_of(call("or", *map(boolean, operands))) is result


@pytest.mark.parametrize(("operand", "result"), [(T, F), (F, T), (N, N)])
def test_15_3_not_turns_truth_around_and_leaves_null(operand: bool | None, result: bool | None) -> None:
    assert value_of(call("not", boolean(operand))) is result


@pytest.mark.parametrize(
    ("least", "most", "operands", "result"),
    [
        (3, 4, (T, T, F, N), N),
        (3, 4, (T, F, F, N), F),
        (3, 4, (T, T, T, N), T),
        (1, 1, (T, T), F),
        (0, 0, (F, F), T),
        (0, 1, (T, N), N),
        (2, 1, (T, T), F),
    ],
)
def test_15_3_any_n_is_null_only_where_the_unknown_decide(
    least: int, most: int, operands: tuple[bool | None, ...], result: bool | None
) -> None:
    assert value_of(call("anyN", *map(boolean, operands), min=least, max=most)) is result


def test_15_3_any_n_takes_its_bounds_from_variables_too() -> None:
    declared = '<outcomeDeclaration identifier="LEAST" cardinality="single" baseType="integer"/>'
    expression = call("anyN", boolean(T), min="LEAST", max="{LEAST}")

    assert value_of(expression, declared, {"LEAST": 1}) is True
    assert value_of(expression, declared, {"LEAST": 2}) is False
    assert value_of(expression, declared, {"LEAST": None}) is None


@pytest.mark.parametrize(
    ("operand", "result"),
    [
        (NULL, T),
        (string(""), T),
        (multiple(), T),
        (multiple(NULL), T),
        (string(" "), F),
        (boolean(F), F),
        (multiple(string("a")), F),
    ],
)
def test_15_3_is_null_counts_empty_strings_and_containers_as_null(operand: str, result: bool) -> None:
    assert value_of(call("isNull", operand)) is result


@pytest.mark.parametrize("given", ["", None])
def test_15_3_is_null_counts_an_empty_string_that_a_caller_gives_as_null(given: str | None) -> None:
    declared = '<responseDeclaration identifier="R" cardinality="single" baseType="string"/>'

    assert value_of('<isNull><variable identifier="R"/></isNull>', declared, {"R": given}) is True
