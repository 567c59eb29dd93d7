"""The vault under test: the local stand-in, or a real one when `TERMTIDE_TEST_VAULT_URL` names it.

Against a real vault, the credential is whatever `DefaultAzureCredential` finds; names are random, so that
suites do not meet.
"""

import os
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass

import pytest
from azure.identity import DefaultAzureCredential
from azure.identity.aio import DefaultAzureCredential as AsyncDefaultAzureCredential
from azure.keyvault.secrets import SecretClient
from azure.keyvault.secrets.aio import SecretClient as AsyncSecretClient

from tests.fixtures.vault import LocalVault

REAL_VAULT = os.environ.get("TERMTIDE_TEST_VAULT_URL")


@dataclass(frozen=True, slots=True)
class Vault:
    """Where the vault is and how to trust it; `restart` only makes sense for the local one."""

    url: str
    trust: str | bool
    restart: Callable[[], None]


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vault]:
    """A vault, and an environment in which the SDKs find their identity."""
    if REAL_VAULT:
        yield Vault(REAL_VAULT, trust=True, restart=lambda: None)
        return
    local = LocalVault(tmp_path_factory.mktemp("vault"))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in local.environment.items():
            patch.setenv(name, value)
        yield Vault(local.url, str(local.authority), local.restart_after_crash)
    assert local.server.stop() == 0


@pytest.fixture(scope="module")
def client(vault: Vault) -> Iterator[SecretClient]:
    """The synchronous client, which trusts the authority by `REQUESTS_CA_BUNDLE`."""
    with (
        DefaultAzureCredential() as credential,
        SecretClient(vault.url, credential, verify_challenge_resource=bool(REAL_VAULT)) as client,
    ):
        yield client


@pytest.fixture(scope="module")
async def async_client(vault: Vault) -> AsyncIterator[AsyncSecretClient]:
    """The asynchronous client."""
    async with (
        AsyncDefaultAzureCredential() as credential,
        AsyncSecretClient(
            vault.url,
            credential,
            verify_challenge_resource=bool(REAL_VAULT),
            connection_verify=vault.trust,
        ) as client,
    ):
        yield client


@pytest.fixture
def name() -> str:
    """A secret's name that nobody has used."""
    return f"test-{uuid.uuid4().hex}"
