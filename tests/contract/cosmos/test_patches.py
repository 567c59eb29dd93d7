"""Partial updates."""

from typing import Any

import pytest

from tests.contract.cosmos.driver import AnyContainer, refused, settle

DOCUMENT: dict[str, Any] = {
    "id": "1",
    "n": 1,
    "text": "a",
    "huge": 1.7e308,
    "list": [1, 2],
    "deep": {"x": {"y": 1}},
    "t/i": 1,
}


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "replace", "path": "/missing", "value": 1},
        {"op": "remove", "path": "/missing"},
        {"op": "set", "path": "/missing/x", "value": 1},
        {"op": "set", "path": "/text/x", "value": 1},
        {"op": "incr", "path": "/text", "value": 1},
        {"op": "incr", "path": "/n", "value": "1"},
        {"op": "incr", "path": "/huge", "value": 1.7e308},
        {"op": "add", "path": "/list/9", "value": 1},
        {"op": "set", "path": "/list/x", "value": 1},
        {"op": "set", "path": "/id", "value": "2"},
        {"op": "set", "path": "/_ts", "value": 1},
        {"op": "set", "path": "n", "value": 1},
        {"op": "set", "path": "/n"},
        {"op": "move", "from": "/missing", "path": "/n"},
        {"op": "move", "from": "/deep", "path": "/deep/x"},
        {"op": "copy", "from": "/n", "path": "/m"},
    ],
    ids=str,
)
async def test_what_cannot_be_applied_changes_nothing(
    items: AnyContainer, tenant: str, operation: dict[str, object]
) -> None:
    before = await settle(items.create_item({**DOCUMENT, "tenantId": tenant}))
    first = {"op": "set", "path": "/changed", "value": True}
    await refused(lambda: items.patch_item("1", tenant, [first, operation]), 400)
    assert await settle(items.read_item("1", tenant)) == before


async def test_more_than_ten_operations_are_refused(items: AnyContainer, tenant: str) -> None:
    await settle(items.create_item({**DOCUMENT, "tenantId": tenant}))
    operations = [{"op": "incr", "path": "/n", "value": 1}] * 11
    await refused(lambda: items.patch_item("1", tenant, operations), 400)
    assert (await settle(items.patch_item("1", tenant, operations[:10])))["n"] == 11


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ({"op": "set", "path": "/new", "value": {"a": 1}}, {"new": {"a": 1}}),
        ({"op": "add", "path": "/n", "value": None}, {"n": None}),
        ({"op": "add", "path": "/list/0", "value": 0}, {"list": [0, 1, 2]}),
        ({"op": "add", "path": "/list/-", "value": 3}, {"list": [1, 2, 3]}),
        ({"op": "set", "path": "/list/1", "value": 9}, {"list": [1, 9]}),
        ({"op": "replace", "path": "/list/0", "value": 9}, {"list": [9, 2]}),
        ({"op": "remove", "path": "/list/0"}, {"list": [2]}),
        ({"op": "incr", "path": "/n", "value": -2.5}, {"n": -1.5}),
        ({"op": "incr", "path": "/fresh", "value": 2}, {"fresh": 2}),
        ({"op": "set", "path": "/deep/x/y", "value": 2}, {"deep": {"x": {"y": 2}}}),
        ({"op": "set", "path": "/t~1i", "value": 2}, {"t/i": 2}),
        ({"op": "move", "from": "/deep/x", "path": "/moved"}, {"deep": {}, "moved": {"y": 1}}),
    ],
    ids=str,
)
async def test_an_operation_changes_its_path_only(
    items: AnyContainer, tenant: str, operation: dict[str, object], expected: dict[str, object]
) -> None:
    await settle(items.create_item({**DOCUMENT, "tenantId": tenant}))
    patched = await settle(items.patch_item("1", tenant, [operation]))
    visible = {name: value for name, value in patched.items() if not name.startswith("_")}
    assert visible == {**DOCUMENT, "tenantId": tenant, **expected}


async def test_a_filter_that_does_not_hold_refuses_the_patch(items: AnyContainer, tenant: str) -> None:
    await settle(items.create_item({**DOCUMENT, "tenantId": tenant}))
    change = [{"op": "set", "path": "/n", "value": 7}]
    await refused(lambda: items.patch_item("1", tenant, change, filter_predicate="FROM c WHERE c.n > 1"), 412)
    patched = await settle(items.patch_item("1", tenant, change, filter_predicate="FROM c WHERE c.n = 1"))
    assert patched["n"] == 7
