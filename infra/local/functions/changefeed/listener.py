"""Listens to the change feed of a container and hands changed documents to the function.

Unpleasant, and as in the cloud: a batch whose function fails is dropped, unless a retry policy keeps it.
"""

import asyncio
import contextlib
import hashlib
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from azure.core.exceptions import AzureError
from azure.cosmos import PartitionKey
from azure.cosmos.aio import ContainerProxy, CosmosClient
from azure.cosmos.exceptions import CosmosResourceExistsError

from infra.local.functions.changefeed.feed import ChangeFeed, Document, Page
from infra.local.functions.changefeed.leases import FeedLease, LeaseLost
from infra.local.functions.changefeed.options import FeedOptions
from infra.local.functions.connections import Connections
from infra.local.functions.definitions import FunctionDefinition
from infra.local.functions.engine import Call, as_json
from infra.local.functions.invocations import Invoker
from infra.local.functions.retries import run_with_retries
from infra.local.functions.supervision import Shutdown, opened, side_by_side

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reading:
    """A range of a feed to be read. One that is `alone` may be waited for: no other is kept from its turn."""

    feed: ChangeFeed
    part: Document
    alone: bool

    async def page(self, position: str | None) -> Page:
        """Return the page behind a position, or the first."""
        return await self.feed.page(self.part, position, may_wait=self.alone)


class ChangeFeedListener:
    """Serves one Cosmos trigger: a reader for each range of the container, each under its lease."""

    def __init__(
        self,
        function: FunctionDefinition,
        options: FeedOptions,
        connections: Connections,
        invoker: Invoker,
        instance: str,
    ) -> None:
        self._function = function
        self._options = options
        self._connections = connections
        self._invoker = invoker
        # Not the process id: the successor of a process that was killed need not wait until its lease lapses.
        self._owner = f"{instance}:{function.name}"

    async def run(self, shutdown: Shutdown) -> None:
        """Serve until the host stops; a batch that was begun is finished and noted first."""
        trigger = self._function.trigger
        connection = trigger.option("connection")
        lease_connection = trigger.option("leaseConnection", connection)
        async with (
            opened(await self._connections.cosmos(connection), shutdown) as client,
            opened(await self._connections.cosmos(lease_connection), shutdown) as lease_client,
        ):
            leases = await shutdown.wait_for(self._lease_container(lease_client))
            database = client.get_database_client(self._options.database)
            container = database.get_container_client(self._options.container)
            wait = int(self._options.times.expiration.total_seconds())
            feed = ChangeFeed(container, self._options.start, self._options.at_most, wait)
            parts = await shutdown.wait_for(feed.ranges())
            await side_by_side(
                (self._serve(Reading(feed, part, alone=len(parts) == 1), leases, shutdown) for part in parts),
                shutdown,
            )

    async def _lease_container(self, client: CosmosClient) -> ContainerProxy:
        database = client.get_database_client(self._options.lease_database)
        name = self._options.lease_container
        if self._options.creates_lease_container:
            # Another trigger may make it at the same moment.
            with contextlib.suppress(CosmosResourceExistsError):
                await database.create_container_if_not_exists(name, PartitionKey("/id"))
        return database.get_container_client(name)

    async def _serve(self, reading: Reading, leases: ContainerProxy, shutdown: Shutdown) -> None:
        lease = FeedLease(leases, self._lease_id(reading.part), self._owner, self._options.times)
        while True:
            if not await shutdown.wait_for(lease.acquire()):
                await shutdown.sleep(self._options.times.acquisition.total_seconds())
                continue
            with contextlib.suppress(LeaseLost):
                async with _held(lease) as keeper:
                    await self._read(reading, lease, keeper, shutdown)

    async def _read(
        self, reading: Reading, lease: FeedLease, keeper: asyncio.Task[None], shutdown: Shutdown
    ) -> None:
        position = lease.continuation
        clock = asyncio.get_running_loop()
        while not keeper.done():
            asked = clock.time()
            page = await shutdown.wait_for(reading.page(position))
            if page.documents:
                await self._handle(page.documents, shutdown)
            # The first position counts even without documents: changes after it must not be missed when the
            # host stops before it has seen any.
            if page.documents or position is None:
                await lease.store(page.continuation)
            position = page.continuation
            if not page.documents:
                # What the server has held was no poll: it is asked again at once.
                pause = self._options.poll_delay.total_seconds() - (clock.time() - asked)
                await shutdown.sleep(max(pause, 0.0))

    async def _handle(self, documents: tuple[Document, ...], shutdown: Shutdown) -> None:
        outcome = await run_with_retries(self._invoker, Call(self._function, as_json(documents)), shutdown)
        if outcome.error is not None:
            _log.error(
                "a batch of %d changed documents is dropped, as in the cloud",
                len(documents),
                extra={"function": self._function.name},
            )

    def _lease_id(self, part: Document) -> str:
        digest = hashlib.sha256(json.dumps(part, sort_keys=True).encode()).hexdigest()[:16]
        options = self._options
        return f"{options.lease_prefix}{options.database}_{options.container}..{digest}"


@asynccontextmanager
async def _held(lease: FeedLease) -> AsyncIterator[asyncio.Task[None]]:
    """Renew the lease during the block, in a task that ends when it is lost, and release it afterwards."""
    keeper = asyncio.create_task(lease.keep())
    try:
        yield keeper
    finally:
        keeper.cancel()
        await asyncio.gather(keeper, return_exceptions=True)
        # A lease that is lost or out of reach needs no release: it lapses.
        with contextlib.suppress(LeaseLost, AzureError):
            await lease.release()
