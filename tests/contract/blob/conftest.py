"""The blob account under test: Azurite, or a real one named by the environment.

`TERMTIDE_TEST_BLOB_CONNECTION` is a connection string with an account key; `TERMTIDE_TEST_BLOB_URL` names an
account that `DefaultAzureCredential` may write to and may ask for user delegation keys.
"""

import os
import uuid
from collections.abc import AsyncIterator, Iterator

import pytest
from azure.identity import DefaultAzureCredential
from azure.storage.blob import BlobServiceClient, ContainerClient
from azure.storage.blob.aio import BlobServiceClient as AsyncBlobServiceClient

from infra.local.vault.certificates import ensure_certificates
from tests.fixtures.azurite import LocalBlobAccount
from tests.fixtures.vault import LocalVault

REAL_CONNECTION = os.environ.get("TERMTIDE_TEST_BLOB_CONNECTION")
REAL_URL = os.environ.get("TERMTIDE_TEST_BLOB_URL")


@pytest.fixture(scope="module")
def key_account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The connection string of the profile of daily work: HTTP and account key."""
    if REAL_CONNECTION:
        yield REAL_CONNECTION
        return
    local = LocalBlobAccount(tmp_path_factory.mktemp("blob"))
    yield local.connection
    assert local.server.stop() == 0


@pytest.fixture(scope="module")
def client(key_account: str) -> Iterator[BlobServiceClient]:
    """The synchronous client with the account key."""
    with BlobServiceClient.from_connection_string(key_account) as client:
        yield client


@pytest.fixture(scope="module")
async def async_client(key_account: str) -> AsyncIterator[AsyncBlobServiceClient]:
    """The asynchronous client with the account key."""
    async with AsyncBlobServiceClient.from_connection_string(key_account) as client:
        yield client


@pytest.fixture(scope="module")
def container(client: BlobServiceClient) -> Iterator[ContainerClient]:
    """A container of this run's own."""
    with client.create_container(f"test-{uuid.uuid4().hex}") as container:
        yield container
        container.delete_container()


@pytest.fixture(scope="module")
def identity_client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BlobServiceClient]:
    """A client without a key: TLS and the tokens of a managed identity."""
    if REAL_URL:
        with DefaultAzureCredential() as credential, BlobServiceClient(REAL_URL, credential) as client:
            yield client
        return
    vault = LocalVault(tmp_path_factory.mktemp("vault"))
    account = LocalBlobAccount(tmp_path_factory.mktemp("blob-tls"), ensure_certificates(vault.data))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in vault.environment.items():
            patch.setenv(name, value)
        with (
            DefaultAzureCredential() as credential,
            BlobServiceClient(account.tls_url, credential) as client,
        ):
            yield client
    assert (account.server.stop(), vault.server.stop()) == (0, 0)


@pytest.fixture
def name() -> str:
    """A blob's name that nobody has used."""
    return f"{uuid.uuid4().hex}.bin"
