"""One way to call the sync and the aio client, so that each contract is stated once and holds for both."""

from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from azure.core.exceptions import HttpResponseError
from azure.cosmos import ContainerProxy, CosmosClient, DatabaseProxy, PartitionKey
from azure.cosmos.aio import ContainerProxy as AioContainerProxy
from azure.cosmos.aio import CosmosClient as AioCosmosClient
from azure.cosmos.aio import DatabaseProxy as AioDatabaseProxy

type AnyContainer = ContainerProxy | AioContainerProxy
type AnyDatabase = DatabaseProxy | AioDatabaseProxy


async def settle(result: object) -> Any:  # noqa: ANN401 - whatever the call gives
    """Return what a call of either client gives in the end."""
    return await result if isinstance(result, Awaitable) else result


async def collect(results: Iterable[Any] | AsyncIterable[Any]) -> list[Any]:
    """Return all results of a feed of either client."""
    if isinstance(results, AsyncIterable):
        return [each async for each in results]
    return list(results)


async def refused(call: Callable[[], Any], status: int) -> HttpResponseError:
    """Make a call of either client and return its error, which must have this status."""
    with pytest.raises(HttpResponseError) as caught:
        result = call()
        await (collect(result) if isinstance(result, (Iterable, AsyncIterable)) else settle(result))
    assert caught.value.status_code == status, caught.value
    return caught.value


@dataclass(frozen=True, slots=True)
class Sdk:
    """One of the two clients with the database of the test run."""

    client: CosmosClient | AioCosmosClient
    database: AnyDatabase

    @property
    def crossing(self) -> dict[str, bool]:
        """What the client needs to be told to query across partitions: aio always does it."""
        return {"enable_cross_partition_query": True} if isinstance(self.client, CosmosClient) else {}

    def container(self, name: str) -> AnyContainer:
        """Return a container of the test database."""
        return self.database.get_container_client(name)

    async def query(
        self, container: AnyContainer, text: str, key: object = None, /, **parameters: object
    ) -> list[Any]:
        """Run a query in a partition, or across partitions without a key."""
        scope: dict[str, Any] = self.crossing if key is None else {"partition_key": key}
        given = [{"name": f"@{name}", "value": value} for name, value in parameters.items()]
        return await collect(container.query_items(text, parameters=given, **scope))

    async def page(
        self, container: AnyContainer, text: str, key: object, size: int, token: str | None
    ) -> tuple[list[Any], str | None]:
        """Return one page of a query and the continuation."""
        scope: dict[str, Any] = self.crossing if key is None else {"partition_key": key}
        pages: Any = container.query_items(text, max_item_count=size, **scope).by_page(token)
        first = await anext(pages) if isinstance(self.client, AioCosmosClient) else next(pages)
        return await collect(first), pages.continuation_token

    async def create_container(self, key: PartitionKey, **settings: object) -> AnyContainer:
        """Create a container with a name of its own."""
        create: Callable[..., Any] = self.database.create_container
        created: AnyContainer = await settle(create(f"c-{uuid4().hex[:12]}", key, **settings))
        return created


def last_headers(container: AnyContainer) -> Mapping[str, str]:
    """Return the headers of the last response that the client of a container got."""
    headers: Mapping[str, str] = container.client_connection.last_response_headers
    return headers
