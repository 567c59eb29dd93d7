"""Queries over the store: narrowing, scopes and pages never change the result."""

# ruff: noqa: S608 - queries made of the own parts of a test

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.local.cosmos.catalog import Catalog, Container
from infra.local.cosmos.indexing import complete_policy, parse_policy
from infra.local.cosmos.items import Items
from infra.local.cosmos.pushdown import alternatives, narrow
from infra.local.cosmos.queries import Paging, Scope, Statement, run_query
from infra.local.cosmos.query_rules import is_served_by_index
from infra.local.cosmos.sql.execution import compile_text
from infra.local.cosmos.sql.parser import parse
from infra.local.cosmos.store import Store
from infra.local.cosmos.values import load_json

KEY = {"paths": ["/t", "/c"], "kind": "MultiHash", "version": 2}
ITEMS = [{"id": str(n), "t": t, "c": c, "n": n} for t in ("a", "b", None) for c in (1, 2) for n in range(6)]

CONDITIONS = st.recursive(
    st.sampled_from(
        [
            "c.t = 'a'", "'b' = c.t", "c.t = null", "c.t IN ('a', 'b')", "c.t = @t", "c['t'] = 'b'",
            "c.c = 1", "c.c = 2", "c.c IN (1, 2, 9)", "c.id = '3'", "c.id IN ('1', '2', @t)", "c.id = 7",
            "c.n > 2", "c.n = 4", "c.t != 'a'", "NOT c.t = 'a'", "c.t = 'nobody'", "true",
            "IS_DEFINED(c.t) = false",
        ]
    ),
    lambda inner: st.tuples(st.sampled_from([" AND ", " OR "]), inner, inner).map(
        lambda parts: f"({parts[1]}{parts[0]}{parts[2]})"
    ),
    max_leaves=6,
)  # fmt: skip


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Container]]:
    store = Store(tmp_path_factory.mktemp("queries"))
    catalog = Catalog(store)
    with store.writing() as lsn:
        database = catalog.create_database({"id": "d"}, None)
        container = catalog.create_container(database, {"id": "c", "partitionKey": KEY}, None)
        for item in ITEMS:
            Items(store, container).create(container.partition_key.of_document(item), dict(item), lsn)
    yield store, container
    store.close()


def pages(loaded: tuple[Store, Container], text: str, size: int, scope: Scope) -> list[Any]:
    results: list[bytes] = []
    token = ""
    while True:
        page = run_query(*loaded, Statement(text, {"@t": "a"}), scope, Paging(size, token))
        assert len(page.results) <= size
        results += page.results
        token = page.continuation
        if not token:
            return [load_json(result) for result in results]


def model(text: str, items: list[dict[str, Any]]) -> list[Any]:
    return list(compile_text(text).run(items, {"@t": "a"}))


@settings(max_examples=150)
@given(condition=CONDITIONS, size=st.integers(1, 40))
def test_narrowing_and_paging_lose_and_invent_nothing(
    loaded: tuple[Store, Container], condition: str, size: int
) -> None:
    text = f"SELECT VALUE [c.t, c.c, c.id] FROM c WHERE {condition}"
    found = pages(loaded, text, size, Scope())
    assert sorted(found, key=repr) == sorted(model(text, ITEMS), key=repr)


@given(condition=CONDITIONS, key=st.sampled_from([("a",), ("b", 2), (None,), ("nobody",)]))
def test_a_scope_confines_every_condition(
    loaded: tuple[Store, Container], condition: str, key: tuple[Any, ...]
) -> None:
    store, container = loaded
    header = str(list(key)).replace("'", '"').replace("None", "null")
    scope = Scope(container.partition_key.of_header(header).range, crosses_partitions=False)
    inside = [item for item in ITEMS if (item["t"], item["c"])[: len(key)] == key]
    text = f"SELECT VALUE c.n FROM c WHERE {condition}"
    assert sorted(pages((store, container), text, 5, scope)) == sorted(model(text, inside))


@given(size=st.integers(1, 50), text=st.sampled_from([
    "SELECT VALUE c.n FROM c ORDER BY c.n DESC",
    "SELECT DISTINCT VALUE c.n FROM c",
    "SELECT TOP 7 VALUE c.n FROM c",
    "SELECT VALUE c.n FROM c OFFSET 3 LIMIT 9",
    "SELECT VALUE COUNT(1) FROM c",
]))  # fmt: skip
def test_pages_of_whole_results_are_cut_at_their_size(
    loaded: tuple[Store, Container], size: int, text: str
) -> None:
    assert pages(loaded, text, size, Scope()) == pages(loaded, text, 1000, Scope())


@pytest.mark.parametrize(
    ("condition", "ranges"),
    [
        ("c.n = 1", None),
        ("c.t = 'a' OR c.n = 1", None),
        ("c.t != 'a'", None),
        ("c.c = 1", None),
        ("c.t = 'a'", 1),
        ("c.t = 'a' AND c.c = 1", 1),
        ("c.t = 'a' AND c.c IN (1, 2)", 2),
        ("(c.t = 'a' AND c.c = 1) OR (c.t = 'b' AND c.c = 1)", 2),
        ("c.t = 'a' OR (c.t = 'a' AND c.c = 1)", 1),
        ("c.t = 'a' AND c.n > 3", 1),
    ],
)
def test_conditions_on_the_key_narrow_the_ranges(
    loaded: tuple[Store, Container], condition: str, ranges: int | None
) -> None:
    where = parse(f"SELECT * FROM c WHERE {condition}").query.where
    narrowed = narrow(alternatives(where, "c", {}), loaded[1].partition_key)
    assert (None if narrowed is None else len(narrowed)) == ranges


def test_reads_by_whole_key_and_id_touch_those_items_only(loaded: tuple[Store, Container]) -> None:
    cases = "(c.t = 'a' AND c.c = 1 AND c.id = '3') OR (c.t = 'b' AND c.c = 2 AND c.id = '4')"
    text = f"SELECT * FROM c WHERE {cases}"
    page = run_query(*loaded, Statement(text, {}), Scope(), Paging(100))
    scan = run_query(*loaded, Statement("SELECT * FROM c", {}), Scope(), Paging(100))
    assert len(page.results) == 2
    assert page.charge < scan.charge / 3


POLICY = parse_policy(
    complete_policy(
        {
            "includedPaths": [{"path": "/*"}, {"path": "/blob/name/?"}, {"path": "/tags/[]/k/?"}],
            "excludedPaths": [{"path": "/blob/*"}, {"path": "/tags/*"}, {"path": "/size/?"}],
            "compositeIndexes": [
                [{"path": "/a", "order": "ascending"}, {"path": "/b/c", "order": "descending"}]
            ],
        }
    )
)


@pytest.mark.parametrize(
    ("path", "covered"),
    [
        (("a",), True),
        (("blob",), False),
        (("blob", "x"), False),
        (("blob", "name"), True),
        (("tags", "[]", "k"), True),
        (("tags", "[]", "x"), False),
        (("size",), False),
        (("size", "x"), True),
        (("_etag",), False),
        (("id",), True),
    ],
)
def test_the_most_precise_path_decides(path: tuple[str, ...], covered: bool) -> None:
    assert POLICY.covers(path) is covered


@pytest.mark.parametrize(
    ("order", "served"),
    [
        ([("a", False), ("b/c", True)], True),
        ([("a", True), ("b/c", False)], True),
        ([("a", False), ("b/c", False)], False),
        ([("b/c", True), ("a", False)], False),
        ([("a", False), ("b/c", True), ("d", False)], False),
    ],
)
def test_a_composite_index_serves_its_order_and_the_opposite(
    order: list[tuple[str, bool]], served: bool
) -> None:
    assert POLICY.serves(tuple((tuple(path.split("/")), descending) for path, descending in order)) is served


@pytest.mark.parametrize(
    ("condition", "served"),
    [
        ("c.a = 1", True),
        ("c.blob.x = 1", False),
        ("LOWER(c.blob.name) = 'x'", True),
        ("c.a = 1 AND EXISTS(SELECT VALUE t FROM t IN c.tags WHERE t.k = 1)", True),
    ],
)
def test_a_filter_is_served_when_all_it_reads_is_indexed(condition: str, served: bool) -> None:
    query = parse(f"SELECT * FROM c WHERE {condition}").query
    assert is_served_by_index(query, POLICY) is served


def test_nothing_is_indexed_in_mode_none() -> None:
    policy = parse_policy(complete_policy({"indexingMode": "none"}))
    assert not policy.covers(("a",))
    assert not policy.covers(("id",))


def test_the_folder_is_made(tmp_path: Path) -> None:
    Store(tmp_path / "deep" / "folder").close()
    assert (tmp_path / "deep" / "folder" / "cosmos.sqlite3").exists()
