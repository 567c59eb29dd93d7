"""Keys, protocol and the features that only the cloud has."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError
from azure.cosmos import CosmosClient
from azure.cosmos.aio import CosmosClient as AioCosmosClient

from tests.contract.cosmos.driver import Sdk, collect, refused
from tests.fixtures.cosmos import Account

WRONG = base64.b64encode(b"wrong" * 10).decode()


def test_a_wrong_key_opens_nothing(account: Account) -> None:
    with pytest.raises(HttpResponseError) as caught, CosmosClient(account.endpoint, WRONG) as client:
        list(client.list_databases())
    assert caught.value.status_code == 401


async def test_a_wrong_key_opens_nothing_for_aio(account: Account) -> None:
    client = AioCosmosClient(account.endpoint, WRONG)
    try:
        with pytest.raises(HttpResponseError) as caught:
            await collect(client.list_databases())
    finally:
        await client.close()
    assert caught.value.status_code == 401


SCRIPT = {"id": "x", "body": "function () {}"}
CLOUD_ONLY: dict[str, Callable[[Any, Any], Any]] = {
    "stored procedures": lambda _, container: container.scripts.create_stored_procedure(SCRIPT),
    "user-defined functions": lambda _, container: container.scripts.create_user_defined_function(SCRIPT),
    "triggers": lambda _, container: container.scripts.create_trigger(
        {**SCRIPT, "triggerType": "Pre", "triggerOperation": "All"}
    ),
    "users": lambda database, _: database.create_user({"id": "u"}),
    "the function ST_DISTANCE": lambda _, container: container.query_items(
        "SELECT VALUE ST_DISTANCE(c.a, c.b) FROM c", partition_key="t"
    ),
}


@pytest.mark.parametrize("feature", CLOUD_ONLY)
async def test_what_is_not_implemented_says_so_by_name(sdk: Sdk, feature: str) -> None:
    call = CLOUD_ONLY[feature]
    error = await refused(lambda: call(sdk.database, sdk.container("items")), 501)
    assert f"does not implement {feature}." in error.message
