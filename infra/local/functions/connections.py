"""SDK clients by connection name: from a connection string in `X`, or an identity with `X__...` settings.

The names follow the Functions documentation, "Configure an identity-based connection". Each SDK is imported
when the first client of its kind is asked for, so an app without listeners loads none.
"""

from __future__ import annotations

import ssl
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any, cast
from urllib.request import getproxies

from infra.local.functions.errors import MissingSetting

if TYPE_CHECKING:
    from azure.core.pipeline.transport import AioHttpTransport
    from azure.cosmos.aio import CosmosClient
    from azure.identity.aio import DefaultAzureCredential
    from azure.servicebus.aio import ServiceBusClient
    from azure.storage.blob.aio import BlobServiceClient

    from infra.local.functions.settings import Settings


def _transport() -> AioHttpTransport:
    """Return a transport that asks for proxies once, not in a thread for each request."""
    from azure.core.pipeline.transport import AioHttpTransport  # noqa: PLC0415 - as the clients

    return AioHttpTransport(use_env_settings=bool(getproxies().keys() & {"http", "https"}))


class Connections:
    """Makes clients; those of Service Bus and Blob Storage are shared by name and closed together."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._shared: dict[tuple[str, str], Any] = {}
        self._open = AsyncExitStack()

    async def service_bus(self, name: str) -> ServiceBusClient:
        """Return the shared Service Bus client of a connection."""
        if ("bus", name) not in self._shared:
            from azure.servicebus.aio import ServiceBusClient  # noqa: PLC0415 - loads with the first listener

            text = self._connection_string(name)
            # Each session has a connection of its own, and for each the SDK would load the system's
            # certificates: 30 ms of computing, also where the broker speaks no TLS.
            trust = ssl.create_default_context()
            client = (
                ServiceBusClient.from_connection_string(text, ssl_context=trust)
                if text
                else ServiceBusClient(
                    self._endpoint(name, "fullyQualifiedNamespace"),
                    await self._identity(name),
                    ssl_context=trust,
                )
            )
            self._shared["bus", name] = await self._open.enter_async_context(client)
        return cast("ServiceBusClient", self._shared["bus", name])

    async def blobs(self, name: str) -> BlobServiceClient:
        """Return the shared blob client of a connection."""
        if ("blobs", name) not in self._shared:
            from azure.storage.blob.aio import BlobServiceClient  # noqa: PLC0415 - loads with the first use

            text = self._connection_string(name)
            client = (
                BlobServiceClient.from_connection_string(text, transport=_transport())
                if text
                else BlobServiceClient(
                    self._endpoint(name, "blobServiceUri"), await self._identity(name), transport=_transport()
                )
            )
            self._shared["blobs", name] = await self._open.enter_async_context(client)
        return cast("BlobServiceClient", self._shared["blobs", name])

    async def cosmos(self, name: str) -> CosmosClient:
        """Make a Cosmos client of the caller's own, which the caller closes."""
        from azure.cosmos.aio import CosmosClient  # noqa: PLC0415 - loads with the first change feed

        text = self._connection_string(name)
        if text:
            return CosmosClient.from_connection_string(text, transport=_transport())
        return CosmosClient(
            self._endpoint(name, "accountEndpoint"), await self._identity(name), transport=_transport()
        )

    async def aclose(self) -> None:
        """Close every client that was made."""
        await self._open.aclose()

    def _connection_string(self, name: str) -> str | None:
        return self._settings.get(name) or self._settings.get(f"AzureWebJobs{name}")

    def _endpoint(self, name: str, suffix: str) -> str:
        endpoint = self._settings.get(f"{name}__{suffix}") or self._settings.get(f"{name}__serviceUri")
        if endpoint is None:
            raise MissingSetting(
                f"the connection {name!r} needs the app setting {name!r} with a connection string, "
                f"or {name}__{suffix} for an identity"
            )
        return endpoint

    async def _identity(self, name: str) -> DefaultAzureCredential:
        from azure.identity.aio import DefaultAzureCredential  # noqa: PLC0415 - connection strings need none

        credential = DefaultAzureCredential(
            managed_identity_client_id=self._settings.get(f"{name}__clientId")
        )
        return await self._open.enter_async_context(credential)
