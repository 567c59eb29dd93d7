"""Databases, containers and their settings."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from azure.core.exceptions import HttpResponseError
from azure.cosmos import PartitionKey, ThroughputProperties

from tests.contract.cosmos.driver import Sdk, collect, refused, settle

KEY = PartitionKey("/pk")


@pytest.mark.parametrize("name", ["a/b", "a#b", "a?b", "", "x" * 256, "trailing "])
async def test_an_illegal_name_is_refused(sdk: Sdk, name: str) -> None:
    with pytest.raises((HttpResponseError, ValueError)) as caught:
        await settle(sdk.database.create_container(name, KEY))
    assert getattr(caught.value, "status_code", 400) == 400


@pytest.mark.parametrize(
    "settings",
    [
        {"default_ttl": 0},
        {"default_ttl": -2},
        {"offer_throughput": 100},
        {"offer_throughput": 450},
        {"indexing_policy": {"includedPaths": [{"path": "/a"}]}},
        {"indexing_policy": {"includedPaths": [{"path": "/a/?"}]}},
        {"indexing_policy": {"indexingMode": "sometimes"}},
        {"indexing_policy": {"compositeIndexes": [[{"path": "/a", "order": "ascending"}]]}},
        {"unique_key_policy": {"uniqueKeys": [{"paths": ["email"]}]}},
    ],
    ids=str,
)
async def test_faulty_settings_are_refused(sdk: Sdk, settings: dict[str, Any]) -> None:
    with pytest.raises(HttpResponseError) as caught:
        await sdk.create_container(KEY, **settings)
    assert caught.value.status_code == 400


async def test_a_container_cannot_be_created_twice(sdk: Sdk) -> None:
    container = await sdk.create_container(KEY)
    await refused(lambda: sdk.database.create_container(container.id, KEY), 409)
    again = await settle(sdk.database.create_container_if_not_exists(container.id, KEY))
    assert again.id == container.id


async def test_the_key_of_a_container_cannot_change(sdk: Sdk) -> None:
    container = await sdk.create_container(KEY)
    await refused(lambda: sdk.database.replace_container(container.id, PartitionKey("/other")), 400)


async def test_a_deleted_container_takes_its_items_along(sdk: Sdk) -> None:
    container = await sdk.create_container(KEY)
    await settle(container.create_item({"id": "1", "pk": "p"}))
    await settle(sdk.database.delete_container(container.id))
    await refused(lambda: container.read_item("1", "p"), 404)
    again = await settle(sdk.database.create_container(container.id, KEY))
    assert await collect(again.read_all_items()) == []


async def test_settings_are_kept_and_replaced(sdk: Sdk) -> None:
    policy = {
        "indexingMode": "consistent",
        "includedPaths": [{"path": "/a/?"}],
        "excludedPaths": [{"path": "/*"}],
    }
    container = await sdk.create_container(KEY, indexing_policy=policy, default_ttl=60)
    read = await settle(container.read())
    assert (read["defaultTtl"], read["partitionKey"]["paths"]) == (60, ["/pk"])
    assert {"path": "/*"} in read["indexingPolicy"]["excludedPaths"]
    await settle(sdk.database.replace_container(container.id, KEY, default_ttl=-1))
    assert (await settle(container.read()))["defaultTtl"] == -1


async def test_unique_keys_survive_a_replacement(sdk: Sdk) -> None:
    container = await sdk.create_container(KEY, unique_key_policy={"uniqueKeys": [{"paths": ["/email"]}]})
    await settle(sdk.database.replace_container(container.id, KEY, default_ttl=60))
    await settle(container.create_item({"id": "1", "pk": "p", "email": "a"}))
    await refused(lambda: container.create_item({"id": "2", "pk": "p", "email": "a"}), 409)


async def test_unique_keys_hold_within_a_partition(sdk: Sdk) -> None:
    container = await sdk.create_container(KEY, unique_key_policy={"uniqueKeys": [{"paths": ["/a", "/b"]}]})
    await settle(container.create_item({"id": "1", "pk": "p", "a": 1, "b": 1}))
    await refused(lambda: container.create_item({"id": "2", "pk": "p", "a": 1, "b": 1}), 409)
    await settle(container.create_item({"id": "2", "pk": "p", "a": 1, "b": 2}))
    await settle(container.create_item({"id": "2", "pk": "q", "a": 1, "b": 1}))
    change = [{"op": "set", "path": "/b", "value": 1}]
    await refused(lambda: container.patch_item("2", "p", change), 409)
    await settle(container.delete_item("1", "p"))
    await settle(container.patch_item("2", "p", change))


async def test_missing_unique_values_are_one_value(sdk: Sdk) -> None:
    container = await sdk.create_container(KEY, unique_key_policy={"uniqueKeys": [{"paths": ["/email"]}]})
    await settle(container.create_item({"id": "1", "pk": "p"}))
    await refused(lambda: container.create_item({"id": "2", "pk": "p"}), 409)


async def test_expired_items_are_gone_at_once(aio_sdk: Sdk) -> None:
    container = await aio_sdk.create_container(
        KEY, default_ttl=1, unique_key_policy={"uniqueKeys": [{"paths": ["/email"]}]}
    )
    await settle(container.create_item({"id": "short", "pk": "p", "email": "a"}))
    await settle(container.create_item({"id": "kept", "pk": "p", "ttl": -1, "email": "b"}))
    await refused(lambda: container.create_item({"id": "0", "pk": "p", "ttl": 0, "email": "c"}), 400)
    await asyncio.sleep(2.1)
    await refused(lambda: container.read_item("short", "p"), 404)
    await refused(lambda: container.delete_item("short", "p"), 404)
    assert await aio_sdk.query(container, "SELECT VALUE c.id FROM c", "p") == ["kept"]
    changes = await collect(container.query_items_change_feed(start_time="Beginning"))
    assert [each["id"] for each in changes] == ["kept"]
    await settle(container.create_item({"id": "short", "pk": "p", "email": "a"}))


async def test_a_new_default_ttl_applies_to_what_is_there(sync_sdk: Sdk) -> None:
    container = await sync_sdk.create_container(KEY, default_ttl=1000)
    await settle(container.create_item({"id": "1", "pk": "p"}))
    await settle(container.create_item({"id": "2", "pk": "p", "ttl": 1000}))
    await settle(sync_sdk.database.replace_container(container.id, KEY, default_ttl=1))
    await asyncio.sleep(2.1)
    assert await sync_sdk.query(container, "SELECT VALUE c.id FROM c", "p") == ["2"]


async def test_throughput_is_kept(sdk: Sdk) -> None:
    container = await sdk.create_container(KEY, offer_throughput=500)
    assert (await settle(container.get_throughput())).offer_throughput == 500
    await settle(container.replace_throughput(600))
    assert (await settle(container.get_throughput())).offer_throughput == 600
    await refused(lambda: container.replace_throughput(10), 400)


async def test_autoscale_throughput_is_kept(sdk: Sdk) -> None:
    scaling = ThroughputProperties(auto_scale_max_throughput=4000)
    container = await sdk.create_container(KEY, offer_throughput=scaling)
    assert (await settle(container.get_throughput())).auto_scale_max_throughput == 4000


async def test_databases_and_containers_are_listed_and_queried(sdk: Sdk) -> None:
    container = await sdk.create_container(KEY)
    listed = await collect(sdk.database.list_containers())
    assert container.id in [each["id"] for each in listed]
    by_id = [{"name": "@id", "value": container.id}]
    found = await collect(sdk.database.query_containers("SELECT * FROM c WHERE c.id = @id", parameters=by_id))
    assert [each["id"] for each in found] == [container.id]
    assert sdk.database.id in [each["id"] for each in await collect(sdk.client.list_databases())]


async def test_a_database_is_created_read_and_deleted(sdk: Sdk) -> None:
    name = f"own-{uuid4().hex[:12]}"
    database = await settle(sdk.client.create_database(name))
    await refused(lambda: sdk.client.create_database(name), 409)
    await settle(database.create_container("c", KEY))
    assert (await settle(database.read()))["id"] == name
    await settle(sdk.client.delete_database(name))
    await refused(database.read, 404)
    await refused(lambda: sdk.client.delete_database(name), 404)
