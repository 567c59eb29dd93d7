"""Single items: what is refused first, then what works."""

import pytest
from azure.core import MatchConditions
from azure.cosmos.exceptions import CosmosHttpResponseError

from tests.contract.cosmos.driver import AnyContainer, last_headers, refused, settle


async def test_an_item_is_not_found_under_another_key(items: AnyContainer, tenant: str) -> None:
    await settle(items.create_item({"id": "1", "tenantId": tenant}))
    await refused(lambda: items.read_item("1", "somebody else"), 404)
    await refused(lambda: items.delete_item("1", "somebody else"), 404)
    await refused(
        lambda: items.patch_item("1", "somebody else", [{"op": "set", "path": "/a", "value": 1}]), 404
    )
    assert (await settle(items.read_item("1", tenant)))["id"] == "1"


async def test_the_same_id_lives_in_two_partitions(items: AnyContainer, tenant: str) -> None:
    await settle(items.create_item({"id": "1", "tenantId": tenant, "v": 1}))
    await settle(items.create_item({"id": "1", "tenantId": tenant + "x", "v": 2}))
    assert (await settle(items.read_item("1", tenant)))["v"] == 1
    assert (await settle(items.read_item("1", tenant + "x")))["v"] == 2


async def test_a_second_create_of_an_id_conflicts(items: AnyContainer, tenant: str) -> None:
    await settle(items.create_item({"id": "1", "tenantId": tenant}))
    await refused(lambda: items.create_item({"id": "1", "tenantId": tenant}), 409)


@pytest.mark.parametrize("key", ["1", 1, True, None, 1.5, "é", ""])
async def test_keys_of_every_type_are_their_own_partition(
    items: AnyContainer, tenant: str, key: str | float | bool | None
) -> None:
    item_id = f"{tenant}-{type(key).__name__}"
    await settle(items.upsert_item({"id": item_id, "tenantId": key}))
    assert (await settle(items.read_item(item_id, key)))["tenantId"] == key
    await refused(lambda: items.read_item(item_id, tenant), 404)


async def test_a_body_that_contradicts_the_key_is_refused(items: AnyContainer, tenant: str) -> None:
    await settle(items.create_item({"id": "1", "tenantId": tenant}))
    foreign = [("create", ({"id": "2", "tenantId": "other"},))]
    await refused(lambda: items.execute_item_batch(foreign, tenant), 400)
    await refused(
        lambda: items.patch_item("1", tenant, [{"op": "set", "path": "/tenantId", "value": "o"}]), 400
    )
    await refused(lambda: items.replace_item("1", {"id": "2", "tenantId": tenant}), 400)


@pytest.mark.parametrize("item_id", ["", "x" * 1024, 7, None])
async def test_an_illegal_id_is_refused(items: AnyContainer, tenant: str, item_id: object) -> None:
    with pytest.raises((CosmosHttpResponseError, TypeError, ValueError)) as caught:
        await settle(items.create_item({"id": item_id, "tenantId": tenant}))
    assert getattr(caught.value, "status_code", 400) == 400


@pytest.mark.parametrize("item_id", ["a b", "é-ü", "100%", "a+b=c&d", "quote'\"", "{x}", "x" * 1023])
async def test_a_legal_id_survives_the_url(items: AnyContainer, tenant: str, item_id: str) -> None:
    await settle(items.create_item({"id": item_id, "tenantId": tenant}))
    assert (await settle(items.read_item(item_id, tenant)))["id"] == item_id
    await settle(items.delete_item(item_id, tenant))


# aiohttp warns of large bodies that the SDK hands it as bytes.
@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")
async def test_an_item_above_two_megabytes_is_refused(items: AnyContainer, tenant: str) -> None:
    await refused(
        lambda: items.create_item({"id": "1", "tenantId": tenant, "x": "y" * (2 * 1024 * 1024)}), 413
    )
    await settle(items.create_item({"id": "2", "tenantId": tenant, "x": "y" * (2 * 1024 * 1024 - 1000)}))


async def test_stale_etags_are_refused(items: AnyContainer, tenant: str) -> None:
    old = await settle(items.create_item({"id": "1", "tenantId": tenant, "v": 1}))
    new = await settle(items.upsert_item({"id": "1", "tenantId": tenant, "v": 2}))
    assert old["_etag"] != new["_etag"]
    stale = {"etag": old["_etag"], "match_condition": MatchConditions.IfNotModified}
    fresh = {"etag": new["_etag"], "match_condition": MatchConditions.IfNotModified}
    change = [{"op": "incr", "path": "/v", "value": 1}]
    await refused(lambda: items.replace_item("1", {"id": "1", "tenantId": tenant}, **stale), 412)
    await refused(lambda: items.upsert_item({"id": "1", "tenantId": tenant}, **stale), 412)
    await refused(lambda: items.delete_item("1", tenant, **stale), 412)
    await refused(lambda: items.patch_item("1", tenant, change, **stale), 412)
    assert (await settle(items.patch_item("1", tenant, change, **fresh)))["v"] == 3


async def test_create_only_is_refused_for_what_exists(items: AnyContainer, tenant: str) -> None:
    document = {"id": "1", "tenantId": tenant}
    await settle(items.upsert_item(document, match_condition=MatchConditions.IfMissing))
    await refused(lambda: items.upsert_item(document, match_condition=MatchConditions.IfMissing), 412)


async def test_the_sdk_turns_an_unchanged_read_into_an_empty_dict(items: AnyContainer, tenant: str) -> None:
    item = await settle(items.create_item({"id": "1", "tenantId": tenant}))
    unchanged = await settle(
        items.read_item("1", tenant, etag=item["_etag"], match_condition=MatchConditions.IfModified)
    )
    assert dict(unchanged) == {}


async def test_items_are_addressed_by_self_link(items: AnyContainer, tenant: str) -> None:
    item = await settle(items.create_item({"id": "1", "tenantId": tenant, "v": 1}))
    replaced = await settle(items.replace_item(item, {"id": "1", "tenantId": tenant, "v": 2}))
    assert (replaced["v"], replaced["_rid"]) == (2, item["_rid"])
    assert (await settle(items.read_item(item, tenant)))["v"] == 2
    await settle(items.delete_item(item, tenant))
    await refused(lambda: items.read_item(item, tenant), 404)


async def test_system_properties_are_set_by_the_service(items: AnyContainer, tenant: str) -> None:
    item = await settle(
        items.create_item({"id": "1", "tenantId": tenant, "_etag": "mine", "_ts": 1, "_lsn": 9})
    )
    assert {"_rid", "_self", "_etag", "_ts", "_attachments"} <= item.keys()
    assert item["_etag"] != "mine"
    assert item["_ts"] > 1_700_000_000
    assert "_lsn" not in item


async def test_responses_carry_charge_session_and_activity(items: AnyContainer, tenant: str) -> None:
    await settle(items.create_item({"id": "1", "tenantId": tenant}))
    headers = last_headers(items)
    assert float(headers["x-ms-request-charge"]) > 1
    assert headers["x-ms-session-token"].startswith("0:")
    await settle(items.read_item("1", tenant))
    assert float(last_headers(items)["x-ms-request-charge"]) == pytest.approx(1)
    assert last_headers(items)["x-ms-activity-id"]


async def test_a_write_without_payload_in_the_response(items: AnyContainer, tenant: str) -> None:
    assert not await settle(items.create_item({"id": "1", "tenantId": tenant}, no_response=True))
    assert (await settle(items.read_item("1", tenant)))["id"] == "1"


async def test_read_many_returns_what_exists(items: AnyContainer, tenant: str) -> None:
    for name in "abc":
        await settle(items.create_item({"id": name, "tenantId": tenant}))
        await settle(items.create_item({"id": name, "tenantId": tenant + name}))
    wanted = [("a", tenant), ("missing", tenant), ("b", tenant + "b"), ("b", tenant + "a"), ("c", tenant)]
    found = await settle(items.read_items(wanted))
    assert [(item["id"], item["tenantId"]) for item in found] == [
        ("a", tenant),
        ("b", tenant + "b"),
        ("c", tenant),
    ]


async def test_read_many_takes_hundreds(items: AnyContainer, tenant: str) -> None:
    for number in range(600):
        if number % 100 == 0:
            operations = [("create", ({"id": str(number + at), "tenantId": tenant},)) for at in range(100)]
            await settle(items.execute_item_batch(operations, tenant))
    found = await settle(items.read_items([(str(number), tenant) for number in range(600)]))
    assert [item["id"] for item in found] == [str(number) for number in range(600)]


async def test_delete_by_partition_key_leaves_other_partitions(items: AnyContainer, tenant: str) -> None:
    for name in "abc":
        await settle(items.create_item({"id": name, "tenantId": tenant}))
    await settle(items.create_item({"id": "a", "tenantId": tenant + "x"}))
    await settle(items.delete_all_items_by_partition_key(tenant))
    await refused(lambda: items.read_item("a", tenant), 404)
    assert (await settle(items.read_item("a", tenant + "x")))["id"] == "a"
