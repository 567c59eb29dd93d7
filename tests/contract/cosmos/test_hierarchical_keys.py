"""Hierarchical partition keys: whole keys address items, prefixes confine queries."""

import pytest
from azure.core.exceptions import HttpResponseError
from azure.cosmos import PartitionKey

from tests.contract.cosmos.driver import AnyContainer, Sdk, collect, refused, settle


@pytest.fixture
async def courses(levels: AnyContainer, tenant: str) -> str:
    """Two courses of six items, and the same courses of a neighbour."""
    for owner in (tenant, tenant + "x"):
        for n in range(12):
            item = {"id": str(n), "tenantId": owner, "courseId": f"c{n % 2}", "n": n}
            await settle(levels.create_item(item))
    return tenant


async def test_an_item_is_not_found_under_another_level(levels: AnyContainer, courses: str) -> None:
    assert (await settle(levels.read_item("3", [courses, "c1"])))["n"] == 3
    await refused(lambda: levels.read_item("3", [courses, "c0"]), 404)
    await refused(lambda: levels.read_item("3", [courses + "x", "c0"]), 404)


async def test_a_prefix_does_not_address_an_item(levels: AnyContainer, courses: str) -> None:
    await refused(lambda: levels.read_item("3", [courses]), 400)
    await refused(lambda: levels.delete_item("3", [courses]), 400)
    batch = [("create", ({"id": "x", "tenantId": courses, "courseId": "c1"},))]
    await refused(lambda: levels.execute_item_batch(batch, [courses]), 400)


async def test_a_whole_key_sees_its_items_only(sdk: Sdk, levels: AnyContainer, courses: str) -> None:
    assert sorted(await sdk.query(levels, "SELECT VALUE c.n FROM c", [courses, "c1"])) == [1, 3, 5, 7, 9, 11]


async def test_a_prefix_sees_its_tenant_only(sdk: Sdk, levels: AnyContainer, courses: str) -> None:
    found = await sdk.query(levels, "SELECT VALUE c.tenantId FROM c", [courses])
    assert found == [courses] * 12
    order = "SELECT VALUE c.n FROM c ORDER BY c.n DESC"
    assert await sdk.query(levels, order, [courses]) == list(range(11, -1, -1))


async def test_groups_within_a_prefix_are_allowed(sdk: Sdk, levels: AnyContainer, courses: str) -> None:
    text = "SELECT c.courseId, COUNT(1) AS k FROM c GROUP BY c.courseId"
    groups = await sdk.query(levels, text, [courses])
    assert {each["courseId"]: each["k"] for each in groups} == {"c0": 6, "c1": 6}
    with pytest.raises(HttpResponseError) as caught:
        await sdk.query(levels, text)
    assert caught.value.status_code == 400


async def test_read_many_takes_hierarchical_keys_unless_all_are_the_same(
    levels: AnyContainer, courses: str
) -> None:
    wanted = [("1", [courses, "c1"]), ("2", [courses, "c0"]), ("3", [courses + "x", "c1"])]
    assert [each["n"] for each in await settle(levels.read_items(wanted))] == [1, 2, 3]
    # azure-cosmos 4.17.1 compares the first level with the whole key when all items are of one partition.
    assert await settle(levels.read_items([("1", [courses, "c1"]), ("3", [courses, "c1"])])) == []


async def test_a_prefix_pages(sdk: Sdk, levels: AnyContainer, courses: str) -> None:
    pages, token = await sdk.page(levels, "SELECT VALUE c.n FROM c", [courses], 5, None)
    while token:
        page, token = await sdk.page(levels, "SELECT VALUE c.n FROM c", [courses], 5, token)
        pages += page
    assert sorted(pages) == list(range(12))


async def test_batch_patch_and_partition_delete_take_the_whole_key(
    sdk: Sdk, levels: AnyContainer, courses: str
) -> None:
    key = [courses, "c1"]
    new = {"id": "x", "tenantId": courses, "courseId": "c1"}
    results = await settle(levels.execute_item_batch([("create", (new,))], key))
    assert results[0]["statusCode"] == 201
    await settle(levels.patch_item("1", key, [{"op": "incr", "path": "/n", "value": 1}]))
    await settle(levels.delete_all_items_by_partition_key(key))
    assert await sdk.query(levels, "SELECT * FROM c", key) == []
    assert len(await sdk.query(levels, "SELECT * FROM c", [courses])) == 6


async def test_the_change_feed_of_a_prefix_is_confined(levels: AnyContainer, courses: str) -> None:
    changes = await collect(levels.query_items_change_feed(start_time="Beginning", partition_key=[courses]))
    assert {each["tenantId"] for each in changes} == {courses}
    assert len(changes) == 12


async def test_three_levels_work_and_four_do_not(sdk: Sdk, tenant: str) -> None:
    paths = ["/a", "/b/c", "/d"]
    container = await sdk.create_container(PartitionKey(paths, kind="MultiHash"))
    await settle(container.create_item({"id": "1", "a": tenant, "b": {"c": 2}, "d": True}))
    assert await sdk.query(container, "SELECT VALUE c.id FROM c", [tenant, 2]) == ["1"]
    assert (await settle(container.read_item("1", [tenant, 2, True])))["id"] == "1"
    with pytest.raises(HttpResponseError) as caught:
        await sdk.create_container(PartitionKey([*paths, "/e"], kind="MultiHash"))
    assert caught.value.status_code == 400
