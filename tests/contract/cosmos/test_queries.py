"""Queries: what the gateway refuses, then scope, order, paging and results."""

from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError
from azure.cosmos import PartitionKey

from tests.contract.cosmos.driver import AnyContainer, Sdk, collect, last_headers, refused, settle


@pytest.fixture
async def rows(items: AnyContainer, tenant: str) -> str:
    """Thirty items in a partition, and as many in a neighbour's."""
    for owner in (tenant, tenant + "x"):
        operations = [
            (
                "create",
                (
                    {
                        "id": str(n),
                        "tenantId": owner,
                        "n": n,
                        "a": n % 3,
                        "b": -n,
                        "g": f"g{n % 4}",
                        "name": f"Name {n}",
                        "tags": [{"k": n}, {"k": n + 1}],
                    },
                ),
            )
            for n in range(30)
        ]
        await settle(items.execute_item_batch(operations, owner))
    return tenant


@pytest.mark.parametrize(
    "text",
    [
        "SELECT c.g, COUNT(1) AS k FROM c GROUP BY c.g",
        "SELECT VALUE c.g FROM c GROUP BY c.g",
        "SELECT COUNT(1) AS k, SUM(c.n) AS s FROM c",
        "SELECT COUNT(1) AS k FROM c",
        "SELECT COUNT(1) FROM c",
        "SELECT VALUE [COUNT(1), MAX(c.n)] FROM c",
    ],
)
async def test_grouping_across_partitions_is_refused(
    sdk: Sdk, rows: str, items: AnyContainer, text: str
) -> None:
    with pytest.raises(HttpResponseError) as caught:
        await sdk.query(items, text)
    assert caught.value.status_code == 400
    assert await sdk.query(items, text, rows)


async def test_grouping_over_a_feed_range_is_refused(rows: str, items: AnyContainer) -> None:
    (whole,) = await collect(await settle(items.read_feed_ranges()))
    await refused(
        lambda: items.query_items("SELECT c.g, COUNT(1) AS k FROM c GROUP BY c.g", feed_range=whole), 400
    )


async def test_crossing_partitions_must_be_asked_for(sync_sdk: Sdk, rows: str) -> None:
    container = sync_sdk.container("items")
    await refused(lambda: container.query_items("SELECT * FROM c WHERE c.n = 1"), 400)
    pinned = container.query_items(
        "SELECT VALUE c.id FROM c WHERE c.tenantId = @tenant AND c.n = 1",
        parameters=[{"name": "@tenant", "value": rows}],
    )
    assert await collect(pinned) == ["1"]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM c ORDER BY c.a, c.n",
        "SELECT * FROM c ORDER BY c.a ASC, c.b ASC",
        "SELECT * FROM c ORDER BY c.b DESC, c.a ASC",
        "SELECT * FROM c ORDER BY c.blob.size",
        "SELECT * FROM c ORDER BY c.n + 1",
        "SELECT * FROM c ORDER BY LOWER(c.name)",
    ],
)
async def test_an_order_that_no_index_serves_is_refused(
    sdk: Sdk, items: AnyContainer, tenant: str, text: str
) -> None:
    with pytest.raises(HttpResponseError) as caught:
        await sdk.query(items, text, tenant)
    assert caught.value.status_code == 400


@pytest.mark.parametrize(
    "text",
    [
        "SELECT",
        "SELECT * FRM c",
        "SELECT * FROM c WHERE",
        "SELECT * FROM c WHERE x.n = 1",
        "SELECT * FROM c WHERE c.n = @missing",
        "SELECT nothing(c.n) FROM c",
        "SELECT LOWER() FROM c",
        "SELECT TOP -1 * FROM c",
        "SELECT c.n, COUNT(1) FROM c",
        "SELECT c.g FROM c GROUP BY c.g ORDER BY c.g",
        "SELECT * FROM c JOIN t IN c.tags",
        "SELECT * FROM c WHERE COUNT(1) > 1",
        "SELECT c.n, c.n FROM c",
    ],
)
async def test_a_faulty_query_is_refused(sdk: Sdk, items: AnyContainer, tenant: str, text: str) -> None:
    with pytest.raises(HttpResponseError) as caught:
        await sdk.query(items, text, tenant)
    assert caught.value.status_code == 400


async def test_a_query_sees_its_partition_only(sdk: Sdk, rows: str, items: AnyContainer) -> None:
    seen = await sdk.query(items, "SELECT VALUE c.tenantId FROM c", rows)
    assert seen == [rows] * 30
    crossing = await sdk.query(items, "SELECT VALUE c.tenantId FROM c WHERE c.n >= 0")
    assert {rows, rows + "x"} <= set(crossing)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT VALUE c.n FROM c ORDER BY c.n DESC OFFSET 2 LIMIT 3", [27, 26, 25]),
        ("SELECT VALUE c.n FROM c WHERE c.n IN (3, 6, 99)", [3, 6]),
        ("SELECT VALUE c.n FROM c WHERE c.n BETWEEN 4 AND 6", [4, 5, 6]),
        ("SELECT VALUE c.n FROM c WHERE c.name LIKE 'Name 1_' AND c.n > 17", [18, 19]),
        ("SELECT VALUE c.n FROM c WHERE c['n'] = 7 OR c.id = '8'", [7, 8]),
        ("SELECT VALUE t.k FROM c JOIN t IN c.tags WHERE t.k = 7", [7, 7]),
        ("SELECT VALUE c.n FROM c WHERE EXISTS(SELECT VALUE t FROM t IN c.tags WHERE t.k > 29)", [29]),
        ("SELECT VALUE ARRAY(SELECT VALUE t.k FROM t IN c.tags) FROM c WHERE c.n = 1", [[1, 2]]),
        ("SELECT VALUE c.n FROM c WHERE ARRAY_CONTAINS(c.tags, {'k': 30}, true)", [29]),
        ("SELECT VALUE COUNT(1) FROM c WHERE c.n > 27", [2]),
        ("SELECT MIN(c.n) AS a, MAX(c.n) AS z, AVG(c.n) AS m FROM c", [{"a": 0, "z": 29, "m": 14.5}]),
        ("SELECT DISTINCT VALUE c.a FROM c", [0, 1, 2]),
        ("SELECT TOP 1 VALUE (c.missing ?? 'd') FROM c", ["d"]),
        ("SELECT TOP 1 VALUE (c.n = 0 ? 'zero' : 'more') FROM c ORDER BY c.n", ["zero"]),
        ("SELECT VALUE {'id': c.id, 'none': c.none} FROM c WHERE c.n = 3", [{"id": "3"}]),
        ("SELECT VALUE c.n FROM c WHERE c.n > 'text' OR c.none = 1", []),
        ("SELECT VALUE c.n FROM c WHERE c.a = 1 AND c.n < 5 ORDER BY c.a ASC, c.b DESC", [1, 4]),
        ("SELECT VALUE c.n FROM c WHERE c.a = 1 AND c.n < 5 ORDER BY c.a DESC, c.b ASC", [4, 1]),
    ],
)
async def test_results_are_those_of_the_grammar(
    sdk: Sdk, rows: str, items: AnyContainer, text: str, expected: list[object]
) -> None:
    found = await sdk.query(items, text, rows)
    if "ORDER BY" not in text:
        found = sorted(found, key=str)
        expected = sorted(expected, key=str)
    assert found == expected


async def test_groups_are_complete(sdk: Sdk, rows: str, items: AnyContainer) -> None:
    groups = await sdk.query(items, "SELECT c.g, COUNT(1) AS k, SUM(c.n) AS s FROM c GROUP BY c.g", rows)
    expected = {f"g{g}": [n for n in range(30) if n % 4 == g] for g in range(4)}
    assert {each["g"]: (each["k"], each["s"]) for each in groups} == {
        g: (len(numbers), sum(numbers)) for g, numbers in expected.items()
    }


async def test_parameters_are_values_not_text(sdk: Sdk, rows: str, items: AnyContainer) -> None:
    assert await sdk.query(items, "SELECT VALUE c.n FROM c WHERE c.id = @id", rows, id="1' OR true") == []
    assert await sdk.query(items, "SELECT VALUE c.n FROM c WHERE c.n = @n", rows, n=4) == [4]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT VALUE c.n FROM c",
        "SELECT VALUE c.n FROM c ORDER BY c.n DESC",
        "SELECT VALUE t.k FROM c JOIN t IN c.tags",
        "SELECT DISTINCT VALUE c.g FROM c",
        "SELECT VALUE c.n FROM c ORDER BY c.n OFFSET 3 LIMIT 20",
        "SELECT VALUE c.n FROM c WHERE c.id IN ('1','2','3','4','5','6','7','8','9')",
    ],
)
async def test_pages_joined_are_the_whole_result(sdk: Sdk, rows: str, items: AnyContainer, text: str) -> None:
    whole = await sdk.query(items, text, rows)
    pages: list[Any] = []
    token: str | None = None
    while True:
        page, token = await sdk.page(items, text, rows, 7, token)
        assert len(page) <= 7
        pages += page
        if not token:
            break
    assert pages == whole


async def test_a_continuation_belongs_to_its_query(sdk: Sdk, rows: str, items: AnyContainer) -> None:
    _, token = await sdk.page(items, "SELECT * FROM c", rows, 5, None)
    with pytest.raises(HttpResponseError) as caught:
        await sdk.page(items, "SELECT * FROM c WHERE c.n > 1", rows, 5, token)
    assert caught.value.status_code == 400


async def test_a_page_that_stops_inside_an_item_goes_on_there(
    sdk: Sdk, rows: str, items: AnyContainer
) -> None:
    text = "SELECT c.id, t.k FROM c JOIN t IN c.tags WHERE c.n < 3"
    first, token = await sdk.page(items, text, rows, 3, None)
    await settle(items.delete_item(first[-1]["id"], rows))
    rest, token = await sdk.page(items, text, rows, 10, token)
    others = {each["id"] for each in first} - {first[-1]["id"]}
    assert [each["id"] for each in rest] == sorted({"0", "1", "2"} - others - {first[-1]["id"]}) * 2
    assert not token


async def test_pages_go_on_behind_deleted_and_before_new_items(
    sdk: Sdk, rows: str, items: AnyContainer
) -> None:
    first, token = await sdk.page(items, "SELECT VALUE c.id FROM c", rows, 10, None)
    await settle(items.delete_item(first[-1], rows))
    rest: list[Any] = []
    while token:
        page, token = await sdk.page(items, "SELECT VALUE c.id FROM c", rows, 10, token)
        rest += page
    assert sorted(first + rest, key=int) == [str(n) for n in range(30)]


async def test_a_filter_without_index_is_a_charged_scan(sdk: Sdk, rows: str, items: AnyContainer) -> None:
    await sdk.query(items, "SELECT VALUE c.id FROM c WHERE c.n = 1", rows)
    by_index = float(last_headers(items)["x-ms-request-charge"])
    await sdk.query(items, "SELECT VALUE c.id FROM c WHERE c.n = 1 AND NOT IS_DEFINED(c.blob.x)", rows)
    assert float(last_headers(items)["x-ms-request-charge"]) > by_index


async def test_all_items_are_read(sdk: Sdk) -> None:
    container = await sdk.create_container(PartitionKey("/pk"))
    for number in range(3):
        await settle(container.create_item({"id": str(number), "pk": str(number)}))
    found = await collect(container.read_all_items(max_item_count=2))
    assert sorted(item["id"] for item in found) == ["0", "1", "2"]


async def test_a_feed_range_can_be_queried(rows: str, items: AnyContainer) -> None:
    (whole,) = await collect(await settle(items.read_feed_ranges()))
    found = items.query_items(
        "SELECT VALUE c.n FROM c WHERE c.tenantId = @tenant AND c.n < 3",
        parameters=[{"name": "@tenant", "value": rows}],
        feed_range=whole,
    )
    assert sorted(await collect(found)) == [0, 1, 2]
