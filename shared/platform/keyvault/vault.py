"""Secrets in Key Vault, kept in memory for a few minutes."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from azure.core.exceptions import HttpResponseError, ResourceNotFoundError, ServiceRequestError
from azure.keyvault.secrets.aio import SecretClient

from shared.kernel.errors import Unavailable
from shared.platform.identity import process_identity

LIFETIME_SECONDS = 300.0
"""How long a value is used without asking again; a rotation waits this long before its next step."""


@dataclass(frozen=True, slots=True)
class _Known:
    value: str
    until: float


class VaultSecrets:
    """Implements `SecretStore` over a `SecretClient`; one call at a time asks for a name, the others wait."""

    def __init__(self, client: SecretClient, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._monotonic = monotonic
        self._known: dict[str, _Known] = {}
        self._turns: dict[str, asyncio.Lock] = {}

    async def get(self, name: str) -> str:
        """Return the secret; `Unavailable` when the vault cannot be reached, or does not show it to us.

        A value that has outlived its time is still used while the vault is out of reach.
        """
        async with self._turns.setdefault(name, asyncio.Lock()):
            known = self._known.get(name)
            if known is not None and self._monotonic() < known.until:
                return known.value
            return await self._ask(name, known)

    async def close(self) -> None:
        """Close the client."""
        await self._client.close()

    async def _ask(self, name: str, known: _Known | None) -> str:
        try:
            value = (await self._client.get_secret(name)).value
        except ResourceNotFoundError as error:
            raise Unavailable(f"no secret {name} in the vault") from error
        except (HttpResponseError, ServiceRequestError) as error:
            if known is None:
                raise Unavailable(f"the vault did not give the secret {name}") from error
            return known.value
        if value is None:
            raise Unavailable(f"the secret {name} is empty")
        self._known[name] = _Known(value, self._monotonic() + LIFETIME_SECONDS)
        return value


def vault_secrets(address: str) -> VaultSecrets:
    """Return the secrets of the vault at `address`, reached by the identity of the process."""
    return VaultSecrets(SecretClient(address, process_identity()))
