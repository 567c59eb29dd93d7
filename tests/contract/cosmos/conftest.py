"""The account under test: COSMOS_ENDPOINT and COSMOS_KEY name a real one, else a server is started."""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import pytest
from azure.cosmos import ContainerProxy, CosmosClient, DatabaseProxy, PartitionKey
from azure.cosmos.aio import CosmosClient as AioCosmosClient

from infra.local.cosmos.authorization import EMULATOR_KEY
from tests.contract.cosmos.driver import AnyContainer, Sdk
from tests.fixtures.cosmos import Account, LocalAccount, local_cosmos
from tests.fixtures.processes import free_port

type Connect = Callable[..., ContainerProxy]

INDEXING = {
    "indexingMode": "consistent",
    "includedPaths": [{"path": "/*"}],
    "excludedPaths": [{"path": "/blob/*"}],
    "compositeIndexes": [[{"path": "/a", "order": "ascending"}, {"path": "/b", "order": "descending"}]],
}


@pytest.fixture(scope="session")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """The account that the contracts are checked against."""
    endpoint = os.environ.get("COSMOS_ENDPOINT")
    if endpoint:
        yield Account(endpoint, os.environ.get("COSMOS_KEY", EMULATOR_KEY))
        return
    with local_cosmos(tmp_path_factory.mktemp("cosmos")) as local:
        yield local.account


@pytest.fixture(scope="session")
def database_name(account: Account) -> Iterator[str]:
    """A database of its own for the test run, with the containers that the tests share."""
    name = f"contract-{uuid4().hex[:12]}"
    with CosmosClient(account.endpoint, account.key) as client:
        database = client.create_database(name)
        database.create_container(
            "items", PartitionKey("/tenantId"), indexing_policy=INDEXING, default_ttl=-1
        )
        database.create_container("levels", PartitionKey(["/tenantId", "/courseId"], kind="MultiHash"))
        yield name
        client.delete_database(name)


@pytest.fixture(scope="session")
def sync_sdk(account: Account, database_name: str) -> Iterator[Sdk]:
    """The sync client."""
    with CosmosClient(account.endpoint, account.key) as client:
        yield Sdk(client, client.get_database_client(database_name))


@pytest.fixture(scope="session")
async def aio_sdk(account: Account, database_name: str) -> AsyncIterator[Sdk]:
    """The aio client."""
    async with AioCosmosClient(account.endpoint, account.key) as client:
        yield Sdk(client, client.get_database_client(database_name))


@pytest.fixture(params=["sync", "aio"])
def sdk(request: pytest.FixtureRequest, sync_sdk: Sdk, aio_sdk: Sdk) -> Sdk:
    """Each client in turn."""
    return sync_sdk if request.param == "sync" else aio_sdk


@pytest.fixture
def items(sdk: Sdk) -> AnyContainer:
    """A container with a single key, an excluded path, a composite index and TTL by item."""
    return sdk.container("items")


@pytest.fixture
def levels(sdk: Sdk) -> AnyContainer:
    """A container with a hierarchical key."""
    return sdk.container("levels")


@pytest.fixture
def tenant() -> str:
    """A partition that no other test uses."""
    return f"t-{uuid4().hex[:12]}"


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[LocalAccount]:
    """A local server for this test alone."""
    with local_cosmos(tmp_path) as local:
        yield local


@pytest.fixture
def connect(own_server: LocalAccount) -> Iterator[Connect]:
    """Opens a new client of the own server and returns its container `d/c`, created when it is not there."""
    with ExitStack() as clients:

        def open_container(default_ttl: int | None = None) -> ContainerProxy:
            account = own_server.account
            client = clients.enter_context(CosmosClient(account.endpoint, account.key, retry_total=0))
            database: DatabaseProxy = client.create_database_if_not_exists("d")
            return database.create_container_if_not_exists("c", PartitionKey("/pk"), default_ttl=default_ttl)

        yield open_container


@pytest.fixture
def unused_port() -> int:
    """A port that nobody listens on."""
    return free_port()
