"""The vault's secrets in memory: asked for once in a while, by one caller, and usable through a fault."""

import asyncio
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import cast

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError, ServiceRequestError
from azure.keyvault.secrets.aio import SecretClient

from shared.kernel.errors import Unavailable
from shared.platform.keyvault.vault import LIFETIME_SECONDS, VaultSecrets


@dataclass(slots=True)
class Client:
    """Answers with the number of the question, or raises."""

    asked: int = 0
    fault: Exception | None = None
    now: float = 0.0
    secrets: VaultSecrets = field(init=False)

    def __post_init__(self) -> None:
        self.secrets = VaultSecrets(cast("SecretClient", self), lambda: self.now)

    async def get_secret(self, name: str) -> SimpleNamespace:
        self.asked += 1
        await asyncio.sleep(0)
        if self.fault is not None:
            raise self.fault
        return SimpleNamespace(value=None if name == "empty" else f"{name}-{self.asked}")


async def test_a_secret_is_asked_for_once_in_its_lifetime() -> None:
    client = Client()
    assert await client.secrets.get("key") == "key-1"
    client.now = LIFETIME_SECONDS - 1
    assert await client.secrets.get("key") == "key-1"
    client.now = LIFETIME_SECONDS
    assert await client.secrets.get("key") == "key-2"


async def test_callers_at_the_same_time_share_one_question() -> None:
    client = Client()
    values = await asyncio.gather(*(client.secrets.get("key") for _ in range(10)))
    assert set(values) == {"key-1"}


async def test_a_known_secret_outlives_a_fault_of_the_vault() -> None:
    client = Client()
    await client.secrets.get("key")
    client.now, client.fault = LIFETIME_SECONDS * 9, ServiceRequestError("away")
    assert await client.secrets.get("key") == "key-1"


@pytest.mark.parametrize(
    "fault", [ServiceRequestError("away"), HttpResponseError("403"), ResourceNotFoundError("no")]
)
async def test_an_unknown_secret_does_not(fault: Exception) -> None:
    client = Client(fault=fault)
    with pytest.raises(Unavailable, match="key"):
        await client.secrets.get("key")


async def test_a_secret_that_was_deleted_is_gone_when_its_time_is_over() -> None:
    client = Client()
    await client.secrets.get("key")
    client.now, client.fault = LIFETIME_SECONDS, ResourceNotFoundError("deleted")
    with pytest.raises(Unavailable):
        await client.secrets.get("key")


async def test_an_empty_secret_is_none() -> None:
    with pytest.raises(Unavailable, match="empty"):
        await Client().secrets.get("empty")
