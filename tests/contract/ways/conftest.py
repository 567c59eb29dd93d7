"""The servers of the ways in as processes over a blob account and a document store."""

import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncssh
import pytest
from azure.storage.blob.aio import BlobServiceClient, ContainerClient

from infra.local.launcher.development_secrets import ensure_secrets
from infra.local.launcher.resources import create_blob_containers, create_cosmos_containers
from infra.local.topology import load_topology
from shared.bootstrap import Services
from shared.kernel.ids import new_id
from shared.settings import Settings
from shared.tenancy.model import Branding, Issuer, SigningAlgorithm, Tenant
from shared.tenancy.ways import SftpKey, WaysIn
from tests.fixtures.azurite import LocalBlobAccount
from tests.fixtures.cosmos import local_cosmos
from tests.fixtures.processes import ROOT, Server, free_port, start_server

STAMP = "sftp-1"
NORTH, SOUTH = "sftp-north", "sftp-south"


@dataclass(frozen=True, slots=True)
class Box:
    """A running server, its environment, and the keys of its tenants."""

    port: int
    server: Server
    environment: Mapping[str, str]
    keys: Mapping[str, asyncssh.SSHKey]

    @asynccontextmanager
    async def log_in(
        self, tenant: str, key: asyncssh.SSHKey | None = None, *, port: int | None = None
    ) -> AsyncIterator[asyncssh.SSHClientConnection]:
        """Connect as a tenant, with its own key or another."""
        async with asyncssh.connect(
            "127.0.0.1",
            port or self.port,
            username=tenant,
            client_keys=[key or self.keys[tenant]],
            known_hosts=None,
            config=None,
            agent_path=None,
        ) as connection:
            yield connection


def tenant_with(tenant_id: str, *keys: SftpKey) -> Tenant:
    """A tenant of the server's stamp."""
    return Tenant(
        id=tenant_id,
        name=tenant_id,
        home_stamp=STAMP,
        issuers=(Issuer(url="https://x.example", algorithms=frozenset({SigningAlgorithm.ES256})),),
        branding=Branding(name=tenant_id),
        ways=WaysIn(sftp_keys=keys),
    )


def public(key: asyncssh.SSHKey, name: str = "nightly") -> SftpKey:
    """The key as a tenant's record lists it."""
    return SftpKey(name=name, public=key.export_public_key().decode())


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of a function app over stores of this run."""
    secrets = tmp_path_factory.mktemp("secrets") / "secrets.json"
    ensure_secrets(secrets)
    blobs = LocalBlobAccount(tmp_path_factory.mktemp("blob"))
    with local_cosmos(tmp_path_factory.mktemp("cosmos")) as cosmos:
        yield {
            "TERMTIDE_STAMP": STAMP,
            "APP_ROLES": "ingest",
            "Storage": blobs.connection,
            "Cosmos": f"AccountEndpoint={cosmos.account.endpoint};AccountKey={cosmos.account.key};",
            "ServiceBus": "Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=n;SharedAccessKey=k;",
            "Secrets": f"file:{secrets}",
            "TOKEN_AUDIENCE": "api://termtide",
            "SIGN_IN_ISSUER": "http://127.0.0.1:1",
            "SIGN_IN_CLIENT_ID": "page",
            "DROP_PATIENCE_SECONDS": "1",
        }
    assert blobs.server.stop() == 0


@pytest.fixture(scope="session")
async def services(environment: dict[str, str]) -> AsyncIterator[Services]:
    """The application's services, with everything that the topology names."""
    topology = load_topology(ROOT / "infra" / "topology.json")
    await create_blob_containers(environment["Storage"], topology.blob)
    await create_cosmos_containers(environment["Cosmos"], topology.cosmos)
    services = Services(Settings.from_environment(environment))
    yield services
    await services.close()


@pytest.fixture(scope="session")
async def box(
    services: Services, environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Box]:
    """The server, with a key each for two tenants."""
    kinds = {NORTH: "ssh-ed25519", SOUTH: "ecdsa-sha2-nistp256"}
    keys = {tenant: asyncssh.generate_private_key(kind) for tenant, kind in kinds.items()}
    for tenant, key in keys.items():
        await services.tenancy.onboard(tenant_with(tenant, public(key)), [], "test", new_id())
    port, data = free_port(), tmp_path_factory.mktemp("sftp")
    server = start_server(sftp_command(port, data), port, env=environment)
    yield Box(port, server, environment, keys)
    assert server.stop() == 0


def sftp_command(port: int, data: Path) -> list[str]:
    """The command line of the server."""
    return [sys.executable, "-m", "infra.local.sftp", "--port", str(port), "--data", str(data)]


@pytest.fixture
async def drops(environment: dict[str, str], box: Box) -> AsyncIterator[ContainerClient]:
    """The container that the server writes to, empty."""
    async with BlobServiceClient.from_connection_string(environment["Storage"]) as client:
        container = client.get_container_client("drops")
        async for blob in container.list_blobs():
            await container.delete_blob(blob.name)
        yield container
