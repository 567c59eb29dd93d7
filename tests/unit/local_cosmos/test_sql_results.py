"""Results equal those of a model in plain Python."""

# ruff: noqa: S608 - queries made of the own parts of a test

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.cosmos.sql.execution import compile_text
from infra.local.cosmos.sql.functions import FUNCTIONS, IN_THE_CLOUD_ONLY
from infra.local.cosmos.values import UNDEFINED, identity, order_key
from tests.unit.local_cosmos.strategies import json_values, numbers, scalars

documents = st.lists(
    st.fixed_dictionaries({}, optional={"a": scalars, "b": json_values, "n": numbers}), max_size=25
)


def run(text: str, rows: list[dict[str, Any]]) -> list[Any]:
    return list(compile_text(text).run(rows, {}))


@given(documents)
def test_order_is_that_of_the_types_and_stable(rows: list[dict[str, Any]]) -> None:
    found = run("SELECT * FROM c ORDER BY c.a, c.n DESC", rows)
    model = sorted(rows, key=lambda row: order_key(row.get("n", UNDEFINED)), reverse=True)
    assert found == sorted(model, key=lambda row: order_key(row.get("a", UNDEFINED)))


@given(documents, st.integers(0, 30), st.integers(0, 30))
def test_a_window_is_a_slice(rows: list[dict[str, Any]], offset: int, limit: int) -> None:
    ordered = run("SELECT * FROM c ORDER BY c.n", rows)
    assert (
        run(f"SELECT * FROM c ORDER BY c.n OFFSET {offset} LIMIT {limit}", rows) == ordered[offset:][:limit]
    )
    assert run(f"SELECT TOP {limit} * FROM c ORDER BY c.n", rows) == ordered[:limit]


@given(documents)
def test_aggregates_are_those_of_the_defined_values(rows: list[dict[str, Any]]) -> None:
    (found,) = run(
        "SELECT COUNT(1) AS k, COUNT(c.n) AS kn, SUM(c.n) AS s, AVG(c.n) AS a, "
        "MIN(c.n) AS lo, MAX(c.n) AS hi FROM c",
        rows,
    )
    values = [row["n"] for row in rows if "n" in row]
    assert (found["k"], found["kn"]) == (len(rows), len(values))
    assert math.isclose(found["s"], sum(values), abs_tol=1e-6)
    if values:
        assert math.isclose(found["a"], sum(values) / len(values), abs_tol=1e-6)
        assert (found["lo"], found["hi"]) == (min(values), max(values))
    else:
        assert found.keys() == {"k", "kn", "s"}


@given(documents)
def test_extremes_of_mixed_types_follow_the_order_of_types(rows: list[dict[str, Any]]) -> None:
    keys = [order_key(row["a"]) for row in rows if "a" in row]
    found = run("SELECT VALUE [MIN(c.a), MAX(c.a)] FROM c", rows)[0]
    assert [order_key(value) for value in found] == ([min(keys), max(keys)] if keys else [])


@given(documents)
def test_groups_partition_the_rows(rows: list[dict[str, Any]]) -> None:
    model: dict[object, list[float]] = {}
    for row in rows:
        model.setdefault(identity(row.get("a", UNDEFINED)), []).append(row.get("n", 0))
    found = run("SELECT c.a, COUNT(1) AS k, SUM(c.n ?? 0) AS s FROM c GROUP BY c.a", rows)
    assert {identity(each.get("a", UNDEFINED)): each["k"] for each in found} == {
        key: len(values) for key, values in model.items()
    }
    for each in found:
        assert math.isclose(each["s"], sum(model[identity(each.get("a", UNDEFINED))]), abs_tol=1e-6)


@given(documents)
def test_distinct_values_are_json_values(rows: list[dict[str, Any]]) -> None:
    found = run("SELECT DISTINCT VALUE c.b FROM c", rows)
    expected = {identity(row["b"]) for row in rows if "b" in row}
    assert len(found) == len(expected)
    assert {identity(value) for value in found} == expected


@given(documents, scalars)
def test_equality_finds_the_same_json(rows: list[dict[str, Any]], wanted: object) -> None:
    found = list(compile_text("SELECT * FROM c WHERE c.b = @p").run(rows, {"@p": wanted}))
    assert found == [row for row in rows if "b" in row and identity(row["b"]) == identity(wanted)]


@given(documents)
def test_a_condition_and_its_negation_leave_out_the_undefined(rows: list[dict[str, Any]]) -> None:
    condition = "(c.n > 0 AND c.a != 'x')"
    holds, fails = (run(f"SELECT * FROM c WHERE {word} {condition}", rows) for word in ("", "NOT"))
    assert len(holds) + len(fails) <= len(rows)
    assert all(row not in fails for row in holds)


@given(json_values)
def test_a_literal_means_what_json_means(value: object) -> None:
    assert run(f"SELECT VALUE {json.dumps(value)}", []) == [value]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("IS_DEFINED(undefined)", False),
        ("IS_NULL(null)", True),
        ("IS_INTEGER(2.0)", True),
        ("IS_PRIMITIVE([])", False),
        ("CONTAINS('Ab', 'B', true)", True),
        ("STARTSWITH('ab', 'b')", False),
        ("ENDSWITH('ab', 'b')", True),
        ("STRINGEQUALS('A', 'a', true)", True),
        ("INDEX_OF('abcabc', 'b', 2)", 4),
        ("REGEXMATCH('ABC', '^b', 'i')", False),
        ("CONCAT('a', 'b', 'c')", "abc"),
        ("LEFT('abc', 2) || RIGHT('abc', 2)", "abbc"),
        ("RIGHT('abc', 0)", ""),
        ("SUBSTRING('abcd', 1, 2)", "bc"),
        ("REPLACE('aXa', 'X', '-')", "a-a"),
        ("REPLICATE('ab', 2)", "abab"),
        ("REVERSE(UPPER(TRIM(' ab ')))", "BA"),
        ("LENGTH('é')", 1),
        ("TOSTRING({'a': [1, true]})", '{"a":[1,true]}'),
        ("STRINGTONUMBER('1.5')", 1.5),
        ("STRINGTOBOOLEAN('true')", True),
        ("STRINGTOARRAY('[1]')", [1]),
        ("ARRAY_CONTAINS([{'a': 1, 'b': 2}], {'a': 1}, true)", True),
        ("ARRAY_CONTAINS([{'a': 1, 'b': 2}], {'a': 1})", False),
        ("ARRAY_CONTAINS([1], true)", False),
        ("ARRAY_LENGTH(ARRAY_CONCAT([1], [2, 3]))", 3),
        ("ARRAY_SLICE([1, 2, 3, 4], -3, 2)", [2, 3]),
        ("SETUNION([1, 1], [2])", [1, 2]),
        ("SETINTERSECT([1, 2, 2], [2])", [2]),
        ("ROUND(2.5) + ROUND(-2.5)", 0),
        ("FLOOR(-1.5) + CEILING(1.2) + TRUNC(-1.9) + SIGN(-3) + ABS(-2)", 0),
        ("POWER(2, 10) + SQRT(16) + SQUARE(3)", 1037),
        ("LOG(8, 2)", 3),
        ("IIF(1 = 1, 'a', 'b')", "a"),
    ],
)
def test_functions_compute(call: str, expected: object) -> None:
    assert run(f"SELECT VALUE {call}", []) == [expected]


@pytest.mark.parametrize(
    "call",
    ["LOWER(1)", "SQRT(-1)", "LOG(0)", "EXP(1e6)", "STRINGTONUMBER('x')", "CONCAT('a', 1)",
     "REGEXMATCH('a', '(')", "ARRAY_LENGTH('x')", "CONTAINS('a', 'a', 1)",
     "REPLICATE('a', 1e9)", "ARRAY_CONCAT([1], 2)"],
)  # fmt: skip
def test_functions_of_the_wrong_arguments_are_undefined(call: str) -> None:
    assert run(f"SELECT VALUE {call}", []) == []


def test_a_function_is_either_here_or_named_as_absent() -> None:
    assert not FUNCTIONS.keys() & IN_THE_CLOUD_ONLY


@pytest.mark.parametrize("value", ["x", True, None, [1]])
def test_sums_of_what_is_not_a_number_are_undefined(value: object) -> None:
    assert run("SELECT VALUE SUM(c.n) FROM c", [{"n": 1}, {"n": value}]) == []
    assert run("SELECT VALUE COUNTIF(c.n = 1) FROM c", [{"n": 1}, {"n": value}]) == [1]
