"""The adapters of ingestion over the real SDKs: a blob account and a document store for the run."""

import os
from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import pytest
from azure.storage.blob import BlobServiceClient

from infra.local.launcher.resources import create_cosmos_containers
from infra.local.topology import load_topology
from shared.kernel.errors import TenantBreach
from shared.kernel.scope import TenantScope
from shared.platform.blob.account import BlobAccount
from shared.platform.cosmos.client import CosmosConnection
from shared.platform.cosmos.ingests import CosmosIngests
from shared.platform.cosmos.scoped import ScopedContainer
from shared.settings import Endpoint
from tests.fixtures.azurite import LocalBlobAccount
from tests.fixtures.cosmos import local_cosmos
from tests.fixtures.messaging import tenant_scope
from tests.fixtures.processes import ROOT

TOPOLOGY = load_topology(ROOT / "infra" / "topology.json")


@pytest.fixture(scope="session")
def blob_connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A connection string: of the account that the environment names, or of a local one."""
    real = os.environ.get("TERMTIDE_TEST_BLOB_CONNECTION")
    local = None if real else LocalBlobAccount(tmp_path_factory.mktemp("blob"))
    connection = real or (local.connection if local else "")
    with BlobServiceClient.from_connection_string(connection) as client:
        landing = client.get_container_client("landing")
        if not landing.exists():
            landing.create_container()
    yield connection
    assert local is None or local.server.stop() == 0


@pytest.fixture(scope="session")
async def account(blob_connection: str) -> AsyncIterator[BlobAccount]:
    """The process-wide blob client."""
    account = BlobAccount(Endpoint(connection_string=blob_connection))
    yield account
    await account.close()


@pytest.fixture(scope="session")
async def documents(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[CosmosConnection]:
    """The process-wide document client."""
    real = os.environ.get("COSMOS_CONNECTION_STRING")
    if real:
        connection = CosmosConnection(Endpoint(connection_string=real), TOPOLOGY.cosmos.database)
        await create_cosmos_containers(real, TOPOLOGY.cosmos)
        yield connection
        await connection.close()
        return
    with local_cosmos(tmp_path_factory.mktemp("cosmos")) as local:
        text = f"AccountEndpoint={local.account.endpoint};AccountKey={local.account.key};"
        await create_cosmos_containers(text, TOPOLOGY.cosmos)
        connection = CosmosConnection(Endpoint(connection_string=text), TOPOLOGY.cosmos.database)
        yield connection
        await connection.close()


@pytest.fixture
def scoped(documents: CosmosConnection) -> ScopedContainer:
    """The container of ingests."""

    async def report(scope: TenantScope, breach: TenantBreach) -> None:
        raise AssertionError(f"breach of {scope.tenant_id}") from breach

    return ScopedContainer(documents.opener("ingests"), "ingestId", on_breach=report)


@pytest.fixture
def ingests(scoped: ScopedContainer) -> CosmosIngests:
    """The repository of ingests."""
    return CosmosIngests(scoped)


@pytest.fixture
def scope() -> TenantScope:
    """A tenant that no other test uses."""
    return tenant_scope(f"t-{uuid4().hex[:12]}")


@pytest.fixture
def other() -> TenantScope:
    """Another tenant that no other test uses."""
    return tenant_scope(f"t-{uuid4().hex[:12]}")
