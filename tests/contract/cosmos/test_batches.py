"""Transactional batches: all or none."""

import pytest
from azure.cosmos import PartitionKey
from azure.cosmos.exceptions import CosmosBatchOperationError

from tests.contract.cosmos.driver import AnyContainer, Sdk, refused, settle


def create(tenant: str, item_id: str, **more: object) -> tuple[str, tuple[dict[str, object]]]:
    return ("create", ({"id": item_id, "tenantId": tenant, **more},))


async def test_a_failing_operation_leaves_nothing_behind(sdk: Sdk, items: AnyContainer, tenant: str) -> None:
    await settle(items.create_item({"id": "kept", "tenantId": tenant, "v": 1}))
    with pytest.raises(CosmosBatchOperationError) as caught:
        await settle(
            items.execute_item_batch(
                [
                    create(tenant, "new"),
                    ("patch", ("kept", [{"op": "incr", "path": "/v", "value": 1}])),
                    ("delete", ("kept",)),
                    create(tenant, "new"),
                    ("read", ("kept",)),
                ],
                tenant,
            )
        )
    assert [each["statusCode"] for each in caught.value.operation_responses] == [424, 424, 424, 409, 424]
    assert (caught.value.status_code, caught.value.error_index) == (409, 3)
    assert await sdk.query(items, "SELECT c.id, c.v FROM c", tenant) == [{"id": "kept", "v": 1}]


async def test_unique_values_are_free_again_after_a_rollback(
    sdk: Sdk, tenant: str, unique: AnyContainer
) -> None:
    batch = [create(tenant, "1", email="a"), create(tenant, "1", email="b")]
    await refused(lambda: unique.execute_item_batch(batch, tenant), 409)
    await settle(unique.create_item({"id": "2", "tenantId": tenant, "email": "a"}))


async def test_more_than_a_hundred_operations_are_refused(items: AnyContainer, tenant: str) -> None:
    await refused(lambda: items.execute_item_batch([create(tenant, str(n)) for n in range(101)], tenant), 400)


# aiohttp warns of large bodies that the SDK hands it as bytes.
@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")
async def test_more_than_two_megabytes_are_refused(items: AnyContainer, tenant: str) -> None:
    batch = [create(tenant, str(number), x="y" * 1_100_000) for number in range(2)]
    await refused(lambda: items.execute_item_batch(batch, tenant), 413)


async def test_every_operation_answers_in_order(items: AnyContainer, tenant: str) -> None:
    results = await settle(
        items.execute_item_batch(
            [
                create(tenant, "1"),
                ("upsert", ({"id": "2", "tenantId": tenant},)),
                ("read", ("1",)),
                ("replace", ("1", {"id": "1", "tenantId": tenant, "v": 2})),
                ("patch", ("1", [{"op": "incr", "path": "/v", "value": 1}])),
                ("delete", ("2",)),
            ],
            tenant,
        )
    )
    assert [each["statusCode"] for each in results] == [201, 201, 200, 200, 200, 204]
    assert results[4]["resourceBody"]["v"] == 3
    assert results[4]["eTag"] == results[4]["resourceBody"]["_etag"]


async def test_stale_etags_inside_a_batch_fail_it(items: AnyContainer, tenant: str) -> None:
    await settle(items.create_item({"id": "1", "tenantId": tenant}))
    stale = ("replace", ("1", {"id": "1", "tenantId": tenant}), {"if_match_etag": '"old"'})
    await refused(lambda: items.execute_item_batch([create(tenant, "2"), stale], tenant), 412)
    await refused(lambda: items.read_item("2", tenant), 404)


async def test_a_patch_filter_inside_a_batch_fails_it(items: AnyContainer, tenant: str) -> None:
    await settle(items.create_item({"id": "1", "tenantId": tenant, "v": 1}))
    change = (
        "patch",
        ("1", [{"op": "set", "path": "/v", "value": 9}]),
        {"filter_predicate": "FROM c WHERE c.v > 1"},
    )
    await refused(lambda: items.execute_item_batch([change], tenant), 412)


@pytest.fixture
async def unique(sdk: Sdk) -> AnyContainer:
    """A container in which an e-mail address occurs once per tenant."""
    return await sdk.create_container(
        PartitionKey("/tenantId"), unique_key_policy={"uniqueKeys": [{"paths": ["/email"]}]}
    )


async def test_who_wants_no_response_is_told_of_no_document_but_those_read(
    items: AnyContainer, tenant: str
) -> None:
    batch = [create(tenant, "1"), ("read", ("1",)), ("delete", ("1",))]
    created, read, deleted = await settle(items.execute_item_batch(batch, tenant, no_response=True))
    assert (created["statusCode"], read["resourceBody"]["id"], deleted["statusCode"]) == (201, "1", 204)
    assert created["eTag"] == read["eTag"]
    assert "resourceBody" not in created
