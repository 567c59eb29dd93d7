"""The grammar: what is refused and where, precedence, names and literals."""

# ruff: noqa: S608 - queries made of the own parts of a test

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.cosmos.errors import CosmosError, QueryError
from infra.local.cosmos.sql.execution import compile_text
from infra.local.cosmos.sql.parser import parse
from infra.local.cosmos.sql.syntax import property_path

KEYWORDS = """SELECT VALUE DISTINCT TOP FROM JOIN IN WHERE AND OR NOT BETWEEN LIKE GROUP BY ORDER ASC DESC
    OFFSET LIMIT EXISTS ARRAY"""
OTHERS = "( ) [ ] { } , . : ? ?? = != < <= + - * / % || 1 2.5 'text' @p COUNT SUM LOWER null true c c.a"
WORDS = KEYWORDS.split() + OTHERS.split()


def evaluate(expression: str, **document: Any) -> object:  # noqa: ANN401 - any JSON
    results = list(compile_text(f"SELECT VALUE {expression} FROM c").run((document,), {"@p": 7}))
    return results[0] if results else "undefined"


@given(st.lists(st.sampled_from(WORDS), max_size=14))
def test_any_sequence_of_words_is_a_query_or_a_refusal(words: list[str]) -> None:
    try:
        list(compile_text(" ".join(["SELECT", *words])).run(({"a": 1},), {"@p": 1}))
    except CosmosError as error:
        assert error.status in {400, 501}


@given(st.text(max_size=40))
def test_any_text_is_a_query_or_a_refusal(text: str) -> None:
    try:
        parse(text)
    except CosmosError as error:
        assert error.status in {400, 501}


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("SELECT * FRM c", 9),
        ("SELECT * FROM c WHERE c.a = 'x", 28),
        ("SELECT * FROM c WHERE c.a NOT 1", 30),
        ("SELECT * FROM c OFFSET 1", 24),
        ("SELECT (1", 9),
        ("SELECT # FROM c", 7),
        ("SELECT {1: 2}", 8),
        ("SELECT * FROM c WHERE c.a LIKE 'x' ESCAPE 'ab'", 42),
    ],
)
def test_an_error_names_its_place(text: str, start: int) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    (error,) = json.loads(caught.value.message)["errors"]
    assert error["location"]["start"] == start
    assert error["severity"] == "Error"


def test_nesting_has_a_limit_and_long_lists_have_none() -> None:
    for read in (parse, compile_text):
        with pytest.raises(QueryError, match="nested too deeply"):
            read(f"SELECT VALUE {'(' * 5000}1{')' * 5000}")
    with pytest.raises(QueryError, match="maximum limit"):
        compile_text(f"SELECT VALUE '{'x' * 600_000}'")
    cases = " OR ".join(f"c.a = {number}" for number in range(3000))
    assert list(compile_text(f"SELECT VALUE 1 FROM c WHERE {cases}").run(({"a": 2999},), {})) == [1]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("10 - 2 - 3", 5),
        ("-2 * -3", 6),
        ("7 % 4 + 8 / 4", 5),
        ("'a' || 'b' || 'c'", "abc"),
        ("NOT 1 = 2", True),
        ("true OR true AND false", True),
        ("1 < 2 AND 2 < 3", True),
        ("1 = 1 ? 'yes' : 'no'", "yes"),
        ("c.none ?? c.nil ?? 3", None),
        ("false ? 1 : true ? 2 : 3", 2),
        ("2 BETWEEN 1 AND 3 AND true", True),
        ("2 NOT IN (1, 3)", True),
        ("'abc' LIKE 'a_c'", True),
        ("'50%' LIKE '50!%' ESCAPE '!'", True),
        ("'505' LIKE '50!%' ESCAPE '!'", False),
        ("'b' LIKE '[a-c]'", True),
        ("'d' NOT LIKE '[^a-c]'", False),
        ("c['a b'].x[1]", 2),
        ("[1, c.none, 2]", [1, 2]),
        ("{'x': c.none, y: @p}", {"y": 7}),
        ('"\\u00e9\\n"', "é\n"),
        ("1e3", 1000),
        (".5 + .5", 1),
        ("6 / 4", 1.5),
        ("(SELECT VALUE t FROM t IN c.list WHERE t > 1)", 2),
        ("ARRAY(SELECT VALUE t * 10 FROM t IN c.list)", [10, 20, 30]),
        ("EXISTS(SELECT VALUE t FROM t IN c.list WHERE t > 9)", False),
        ("(SELECT VALUE SUM(t) FROM t IN c.list)", 6),
    ],
)
def test_expressions_bind_as_documented(expression: str, expected: object) -> None:
    document = {"nil": None, "a b": {"x": [1, 2]}, "list": [1, 2, 3]}
    assert evaluate(expression, **document) == expected


@pytest.mark.parametrize(
    "expression",
    [
        "c.none",
        "c.a.b.c",
        "1 + 'x'",
        "1 < 'x'",
        "NOT 1",
        "1 / 0",
        "c.none = 1",
        "-'x'",
        "'a' || 1",
        "c.list[9]",
        "[1] < [2]",
    ],
)
def test_what_has_no_value_is_undefined(expression: str) -> None:
    assert evaluate(expression, a=1, list=[1]) == "undefined"


def truth(name: str) -> object:
    return {"T": True, "F": False, "U": "undefined"}[name]


@pytest.mark.parametrize(
    ("left", "right", "conjunction", "disjunction"),
    [
        ("T", "T", "T", "T"), ("T", "F", "F", "T"), ("T", "U", "U", "T"),
        ("F", "T", "F", "T"), ("F", "F", "F", "F"), ("F", "U", "F", "U"),
        ("U", "T", "U", "T"), ("U", "F", "F", "U"), ("U", "U", "U", "U"),
    ],
)  # fmt: skip
def test_logic_has_three_values(left: str, right: str, conjunction: str, disjunction: str) -> None:
    words = {"T": "true", "F": "false", "U": "undefined"}
    assert evaluate(f"{words[left]} AND {words[right]}") == truth(conjunction)
    assert evaluate(f"{words[left]} OR {words[right]}") == truth(disjunction)


@pytest.mark.parametrize(
    ("projection", "names"),
    [
        ("c.a, c.b.d", ["a", "d"]),
        ("c.a AS x, c.b y", ["x", "y"]),
        ("1, 2, c.a, LOWER('X')", ["$1", "$2", "a", "$3"]),
        ("c['q'], c", ["q", "c"]),
        ("@p", ["$1"]),
    ],
)
def test_projected_properties_have_names(projection: str, names: list[str]) -> None:
    row = {"a": 1, "b": {"d": 2}, "q": 3}
    (result,) = compile_text(f"SELECT {projection} FROM c").run((row,), {"@p": 7})
    assert list(result) == names


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        ("FROM root r WHERE r.n = 1", [{"n": 1, "list": [1, 2], "deep": {"x": 5}}]),
        ("FROM c.deep", [{"x": 5}]),
        ("FROM c.deep.x AS v", [5]),
        ("FROM c['list'] l", [[1, 2]]),
        ("FROM t IN c.list", [1, 2]),
        ("FROM c.missing", []),
    ],
)
def test_sources_are_paths_of_the_items(sources: str, expected: list[object]) -> None:
    document = {"n": 1, "list": [1, 2], "deep": {"x": 5}}
    assert list(compile_text(f"SELECT * {sources}").run((document,), {})) == expected


def test_joins_multiply_and_subqueries_are_sources() -> None:
    document = {"a": [1, 2], "b": [3, 4]}
    text = "SELECT VALUE x + y FROM c JOIN x IN c.a JOIN y IN (SELECT VALUE c.b)"
    assert list(compile_text(text).run((document,), {})) == [4, 5, 5, 6]
    text = "SELECT VALUE s.total FROM c JOIN (SELECT SUM(t) AS total FROM t IN c.b) AS s"
    assert list(compile_text(text).run((document,), {})) == [7]


def test_property_paths_are_read_from_expressions() -> None:
    (expression,) = parse("SELECT VALUE c.a['b'][0].d FROM c").query.projected
    assert property_path(expression, "c") == ("a", "b", "[]", "d")
    assert property_path(expression, "other") is None
