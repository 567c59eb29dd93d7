"""Delivers written blobs to one function, each version until it succeeds or is poison."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from azure.core.exceptions import AzureError

from infra.local.functions.blobs.events import WrittenBlob
from infra.local.functions.blobs.listing import BlobWatch
from infra.local.functions.blobs.receipts import CLAIM_SECONDS, Delivery, Receipts
from infra.local.functions.host_json import BlobOptions
from infra.local.functions.supervision import Shutdown, side_by_side

_log = logging.getLogger(__name__)
_LOOK_AGAIN_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Subscriber:
    """The function behind a subscription: which blobs it takes, how it is run, where its poison goes."""

    function: str
    takes: Callable[[WrittenBlob], bool]
    run: Callable[[WrittenBlob], Awaitable[bool]]
    record_poison: Callable[[Delivery], Awaitable[None]]


class BlobListener:
    """Notes new blobs, and runs the function on up to `maxDegreeOfParallelism` of them at a time."""

    def __init__(
        self, subscriber: Subscriber, watch: BlobWatch, receipts: Receipts, options: BlobOptions
    ) -> None:
        self._subscriber = subscriber
        self._watch = watch
        self._receipts = receipts
        self._options = options
        self._noted = asyncio.Event()
        self._running: dict[int, asyncio.Task[None]] = {}

    async def run(self, shutdown: Shutdown) -> None:
        """Serve until the host stops; deliveries that were begun are finished first."""
        try:
            await side_by_side((self._note_changes(shutdown), self._deliver_waiting(shutdown)), shutdown)
        finally:
            await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _note_changes(self, shutdown: Shutdown) -> None:
        async for blobs in self._watch.changes(shutdown):
            taken = [blob for blob in blobs if self._subscriber.takes(blob)]
            self._receipts.note(self._subscriber.function, taken)
            self._noted.set()

    async def _deliver_waiting(self, shutdown: Shutdown) -> None:
        while True:
            self._noted.clear()
            free = self._options.max_degree_of_parallelism - len(self._running)
            for delivery in self._receipts.claim(self._subscriber.function, free, self._running):
                task = asyncio.create_task(self._deliver(delivery))
                self._running[delivery.id] = task
            # Besides being told, look again now and then: the claim of a process that died may have lapsed.
            with contextlib.suppress(TimeoutError):
                await shutdown.wait_for(asyncio.wait_for(self._noted.wait(), _LOOK_AGAIN_SECONDS))

    async def _deliver(self, delivery: Delivery) -> None:
        try:
            async with self._claim_kept(delivery):
                succeeded = await self._subscriber.run(delivery.blob)
                await self._settle(delivery, succeeded=succeeded)
        finally:
            del self._running[delivery.id]
            self._noted.set()

    async def _settle(self, delivery: Delivery, *, succeeded: bool) -> None:
        if succeeded:
            self._receipts.finish(delivery)
        elif delivery.attempt < self._options.poison_blob_threshold:
            self._receipts.release(delivery)
        else:
            await self._give_up(delivery)

    async def _give_up(self, delivery: Delivery) -> None:
        name, function = f"{delivery.blob.container}/{delivery.blob.name}", self._subscriber.function
        try:
            await self._subscriber.record_poison(delivery)
        except AzureError as failure:
            # The delivery stays in the queue, so nothing is lost: its claim lapses and it is tried once more.
            _log.warning(
                "%s could not be recorded as poison: %s", name, failure, extra={"function": function}
            )
            return
        self._receipts.poison(delivery)
        _log.error("%s is poison after %d attempts", name, delivery.attempt, extra={"function": function})

    @asynccontextmanager
    async def _claim_kept(self, delivery: Delivery) -> AsyncIterator[None]:
        keeper = asyncio.create_task(self._keep_claim(delivery))
        try:
            yield
        finally:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)

    async def _keep_claim(self, delivery: Delivery) -> None:
        while True:
            await asyncio.sleep(CLAIM_SECONDS / 3)
            self._receipts.renew(delivery)
