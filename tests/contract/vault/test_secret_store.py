"""Our secret store over the real client and a vault that speaks TLS."""

import pytest
from azure.keyvault.secrets.aio import SecretClient

from shared.kernel.errors import Unavailable
from shared.kernel.secrets import keyring
from shared.platform.keyvault.vault import VaultSecrets


async def test_a_secret_of_the_vault_is_read(async_client: SecretClient, name: str) -> None:
    await async_client.set_secret(name, "value")
    assert await VaultSecrets(async_client).get(name) == "value"


async def test_a_secret_that_the_vault_lacks_is_unavailable(async_client: SecretClient, name: str) -> None:
    with pytest.raises(Unavailable, match=name):
        await VaultSecrets(async_client).get(name)


async def test_a_ring_of_keys_is_read_from_the_vault(async_client: SecretClient, name: str) -> None:
    for suffix, value in (("current", "2,1"), ("1", "a" * 32), ("2", "b" * 32)):
        await async_client.set_secret(f"{name}-{suffix}", value)
    ring = await keyring(VaultSecrets(async_client), name)
    assert (ring.current, ring.signing) == ("2", b"b" * 32)
