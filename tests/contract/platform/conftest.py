"""Our adapters over the real SDKs: one document store and one bus for the run, made from the topology."""

import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest

from infra.local.launcher.resources import create_cosmos_containers
from infra.local.topology import load_topology
from shared.kernel.errors import TenantBreach
from shared.kernel.scope import TenantScope
from shared.platform.cosmos.client import CosmosConnection
from shared.platform.cosmos.scoped import ScopedContainer
from shared.settings import Endpoint
from tests.fixtures.cosmos import local_cosmos
from tests.fixtures.messaging import tenant_scope
from tests.fixtures.processes import ROOT

TOPOLOGY = load_topology(ROOT / "infra" / "topology.json")

type Open = Callable[[str, str], Awaitable[ScopedContainer]]
type Breaches = list[tuple[str, str]]


@pytest.fixture(scope="session")
async def cosmos_endpoint(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """A connection string: of the account that `COSMOS_CONNECTION_STRING` names, or of a local server."""
    real = os.environ.get("COSMOS_CONNECTION_STRING")
    if real:
        await create_cosmos_containers(real, TOPOLOGY.cosmos)
        yield real
        return
    with local_cosmos(tmp_path_factory.mktemp("cosmos")) as local:
        text = f"AccountEndpoint={local.account.endpoint};AccountKey={local.account.key};"
        await create_cosmos_containers(text, TOPOLOGY.cosmos)
        yield text


@pytest.fixture(scope="session")
async def cosmos(cosmos_endpoint: str) -> AsyncIterator[CosmosConnection]:
    """The process-wide connection."""
    connection = CosmosConnection(Endpoint(connection_string=cosmos_endpoint), TOPOLOGY.cosmos.database)
    yield connection
    await connection.close()


@pytest.fixture
def breaches() -> Breaches:
    """Tenant and container of every breach that was reported."""
    return []


@pytest.fixture
def opened(cosmos: CosmosConnection, breaches: Breaches) -> Open:
    """Opens a scoped container by name and second level."""

    async def report(scope: TenantScope, breach: TenantBreach) -> None:
        breaches.append((scope.tenant_id, breach.container))

    async def open_scoped(name: str, second_level: str) -> ScopedContainer:
        return ScopedContainer(cosmos.opener(name), second_level, on_breach=report)

    return open_scoped


@pytest.fixture
def scope() -> TenantScope:
    """A tenant that no other test uses."""
    return tenant_scope(f"t-{uuid4().hex[:12]}")


@pytest.fixture
def other() -> TenantScope:
    """Another tenant that no other test uses."""
    return tenant_scope(f"t-{uuid4().hex[:12]}")


@pytest.fixture
def throttle(cosmos_endpoint: str) -> Iterator[Callable[[str, int, int], None]]:
    """Makes the local server refuse the next requests of a container: `(container, status, count)`."""
    base = cosmos_endpoint.split(";", maxsplit=1)[0].removeprefix("AccountEndpoint=")

    def refuse(container: str, status: int, count: int) -> None:
        rule = {
            "database": TOPOLOGY.cosmos.database,
            "container": container,
            "status": status,
            "count": count,
        }
        _control(base, "POST", rule)

    yield refuse
    _control(base, "DELETE", None)


def _control(base: str, method: str, body: object) -> None:
    data = None if body is None else json.dumps(body).encode()
    request = Request(  # noqa: S310 - the local server's own address
        f"{base}/_local/faults", data, {"Content-Type": "application/json"}, method=method
    )
    with urlopen(request, timeout=5):  # noqa: S310 - as above
        pass


@pytest.fixture
def secrets_file(tmp_path: Path) -> Path:
    """Where a test keeps its secrets."""
    return tmp_path / "secrets.json"
