"""The process-wide Cosmos client: from settings, opened on first use, shared by every repository."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from azure.cosmos.aio import ContainerProxy, CosmosClient

from shared.kernel.errors import NotFound, Unavailable
from shared.platform.cosmos.errors import translated
from shared.platform.identity import process_identity
from shared.platform.transport import transport
from shared.settings import Endpoint

type OpenContainer = Callable[[], Awaitable[ContainerProxy]]
"""Opens a container; adapters call it at each use, so that wiring them reaches out to nothing."""

_CONNECT_SECONDS = 5
_RETRIES = 3
_LONGEST_BACKOFF_SECONDS = 5
"""What the SDK may spend on throttling before the caller hears `Unavailable` and can still answer."""


class CosmosConnection:
    """The connection of one process to one database. Create it anywhere; it reaches out on first use."""

    def __init__(self, endpoint: Endpoint, database: str) -> None:
        self._endpoint = endpoint
        self._database = database
        self._client: CosmosClient | None = None
        self._containers: dict[str, ContainerProxy] = {}
        self._opening = asyncio.Lock()

    def opener(self, name: str) -> OpenContainer:
        """Return what opens the container `name` when it is first needed."""
        return partial(self.container, name)

    async def container(self, name: str) -> ContainerProxy:
        """Return the container `name`; `Unavailable` when the store is away or lacks it.

        The first call opens the client. Each name is looked up once, which the SDK needs for its keys anyway:
        later, a missing container could not be told from a missing document.
        """
        known = self._containers.get(name)
        return known if known is not None else await self._looked_up(name)

    async def close(self) -> None:
        """Close the client, if one was opened; a later `container` opens a new one."""
        client, self._client = self._client, None
        self._containers.clear()
        if client is not None:
            await client.close()

    async def _looked_up(self, name: str) -> ContainerProxy:
        client = await self._open()
        container = client.get_database_client(self._database).get_container_client(name)
        try:
            with translated():
                await container.read()
        except NotFound as error:
            raise Unavailable(f"the database has no container {name}") from error
        if client is self._client:  # which is another, or none, when it was closed meanwhile
            self._containers[name] = container
        return container

    async def _open(self) -> CosmosClient:
        async with self._opening:
            if self._client is None:
                self._client = await _entered(_client(self._endpoint))
        return self._client


async def _entered(client: CosmosClient) -> CosmosClient:
    """Read the account: without it a client keeps no session tokens and may not read its own writes."""
    try:
        with translated():
            return await client.__aenter__()
    except BaseException:
        await client.close()
        raise


def _client(endpoint: Endpoint) -> CosmosClient:
    options: dict[str, Any] = {
        "connection_timeout": _CONNECT_SECONDS,
        "retry_total": _RETRIES,
        "retry_backoff_max": _LONGEST_BACKOFF_SECONDS,
        "transport": transport(),
    }
    if endpoint.connection_string is not None:
        return CosmosClient.from_connection_string(endpoint.connection_string, **options)
    return CosmosClient(str(endpoint.address), credential=process_identity(), **options)
