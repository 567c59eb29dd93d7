import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.functions.errors import InvalidBinding
from infra.local.functions.http.constraints import constraint
from infra.local.functions.http.routes import RouteTable
from infra.local.functions.http.templates import parse_template
from tests.unit.local_functions.samples import a_function

_WORDS = st.text("abcdefghij", min_size=1, max_size=5)


def _table(*routes: str, prefix: str = "api") -> RouteTable:
    return RouteTable([a_function(route or "root", route=route, methods=["GET"]) for route in routes], prefix)


def _answer(table: RouteTable, path: str, method: str = "GET") -> tuple[str, dict[str, str]] | None:
    match = table.match(method, path)
    return None if match is None else (match.function.name, dict(match.parameters))


@pytest.mark.parametrize(
    ("written", "accepted", "refused"),
    [
        ("int", ["0", "-7", "2147483647"], ["", "x", "1.0", "2147483648", "٣"]),
        ("long", ["9223372036854775807"], ["9223372036854775808"]),
        ("bool", ["true", "FALSE"], ["1", "yes"]),
        ("datetime", ["2026-11-20", "2026-11-20T08:00:00Z"], ["20th", "2026-13-01"]),
        ("decimal", ["1", "-1.5", ".5"], ["1e3", "x", "1_0"]),
        ("double", ["1e3", "2.5E-2"], ["e3", "--1"]),
        ("float", ["0.1"], ["0,1"]),
        ("guid", ["7d444840-9dc0-11d1-b245-5ffdce74fad2"], ["7d444840", "g" * 32]),
        ("alpha", ["abcZ"], ["a1", "é"]),
        ("length(3)", ["abc"], ["ab", "abcd"]),
        ("length(2,3)", ["ab", "abc"], ["a", "abcd"]),
        ("minlength(2)", ["ab"], ["a"]),
        ("maxlength(2)", ["ab"], ["abc"]),
        ("min(18)", ["18"], ["17", "x"]),
        ("max(18)", ["18"], ["19"]),
        ("range(1,5)", ["1", "5"], ["0", "6"]),
        (r"regex(^\d{{3}}$)", ["123"], ["12", "1234"]),
        ("required", ["x"], [""]),
    ],
)
def test_constraints_accept_and_refuse_as_aspnet_does(
    written: str, accepted: list[str], refused: list[str]
) -> None:
    check = constraint(written)

    assert [value for value in accepted if not check(value)] == []
    assert [value for value in refused if check(value)] == []


@pytest.mark.parametrize("written", ["integer", "int(3)", "length", "length(x)", "min()", "regex([)"])
def test_an_unknown_or_broken_constraint_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        constraint(written)


@pytest.mark.parametrize(
    "template",
    ["a/{x}/{x}", "a/{x?}/b", "{*rest}/b", "a/{x}.{y}", "a/x{y}", "a/{}", "a/{x:nothing}", "a/{x y}", "a/}"],
)
def test_a_template_that_is_not_served_is_refused(template: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_template(template)


def test_a_literal_goes_before_a_constrained_before_a_plain_parameter_before_a_catch_all() -> None:
    table = _table("items/{*rest}", "items/{name}", "items/{id:int}", "items/new")

    assert _answer(table, "/api/items/new") == ("items/new", {})
    assert _answer(table, "/api/items/12") == ("items/{id:int}", {"id": "12"})
    assert _answer(table, "/api/items/twelve") == ("items/{name}", {"name": "twelve"})
    assert _answer(table, "/api/items/a/b") == ("items/{*rest}", {"rest": "a/b"})


def test_a_branch_that_leads_nowhere_is_left_again() -> None:
    table = _table("items/new/draft", "items/{name}/rows")

    assert _answer(table, "/api/items/new/rows") == ("items/{name}/rows", {"name": "new"})


def test_literals_match_without_regard_to_case_and_values_keep_theirs() -> None:
    assert _answer(_table("Items/{name}"), "/API/iTEMS/AbC") == ("Items/{name}", {"name": "AbC"})


def test_an_optional_parameter_may_be_left_away() -> None:
    table = _table("items/{id:int?}")

    assert _answer(table, "/api/items") == ("items/{id:int?}", {})
    assert _answer(table, "/api/items/") == ("items/{id:int?}", {})
    assert _answer(table, "/api/items/x") is None


def test_a_default_stands_in_for_a_parameter_that_is_left_away() -> None:
    table = _table("pages/{number:int=1}")

    assert _answer(table, "/api/pages") == ("pages/{number:int=1}", {"number": "1"})
    assert _answer(table, "/api/pages/2") == ("pages/{number:int=1}", {"number": "2"})


def test_a_route_written_out_goes_before_one_with_its_last_parameter_left_away() -> None:
    table = _table("items/{id?}", "items")

    assert _answer(table, "/api/items") == ("items", {})


def test_a_path_that_matches_with_another_method_only_is_no_match() -> None:
    assert _answer(_table("items"), "/api/items", "POST") is None


def test_methods_of_one_route_may_belong_to_different_functions() -> None:
    functions = [
        a_function("reads", route="items/{id}", methods=["GET"]),
        a_function("writes", route="items/{key}", methods=["PUT"]),
        a_function("rest", route="items/{any}"),
    ]
    table = RouteTable(functions, "api")

    assert _answer(table, "/api/items/1", "GET") == ("reads", {"id": "1"})
    assert _answer(table, "/api/items/1", "PUT") == ("writes", {"key": "1"})
    assert _answer(table, "/api/items/1", "DELETE") == ("rest", {"any": "1"})


def test_two_functions_with_the_same_route_and_method_are_refused() -> None:
    functions = [a_function(name, route="items/{id:int}", methods=["GET"]) for name in ("one", "two")]

    with pytest.raises(InvalidBinding, match=r"'two'.*'one'.*GET"):
        RouteTable(functions, "api")


def test_the_prefix_may_be_empty() -> None:
    table = _table("items", "", prefix="")

    assert _answer(table, "/items") == ("items", {})
    assert _answer(table, "/") == ("root", {})


@pytest.mark.parametrize("path", ["/", "/api", "/api/itemsx", "/api//items", "/other/items", "/api/items/x"])
def test_other_paths_do_not_match(path: str) -> None:
    assert _answer(_table("items"), path) is None


@given(st.lists(st.lists(_WORDS, min_size=1, max_size=4).map(tuple), min_size=1, max_size=12, unique=True))
def test_every_literal_route_finds_its_own_function(paths: list[tuple[str, ...]]) -> None:
    table = _table(*("/".join(path) for path in paths), "{*rest}")

    for path in paths:
        assert _answer(table, "/api/" + "/".join(path)) == ("/".join(path), {})


@given(st.lists(_WORDS, min_size=1, max_size=5))
def test_parameters_give_back_the_segments_of_the_path(values: list[str]) -> None:
    names = [f"p{index}" for index in range(len(values))]
    table = _table("/".join(f"{{{name}}}" for name in names))

    answer = _answer(table, "/api/" + "/".join(values))

    assert answer is not None
    assert answer[1] == dict(zip(names, values, strict=True))
