"""Listens to a queue or a subscription without sessions and hands its messages to the function."""

import asyncio

from azure.servicebus.aio import AutoLockRenewer, ServiceBusReceiver

from infra.local.functions.host_json import ServiceBusOptions
from infra.local.functions.servicebus.intake import Intake
from infra.local.functions.servicebus.settlement import MessageHandler
from infra.local.functions.servicebus.source import MessageSource
from infra.local.functions.supervision import Shutdown, opened

_WAIT_SECONDS = 30.0


class SingleListener:
    """Runs the function once per message, up to `maxConcurrentCalls` at a time."""

    def __init__(self, source: MessageSource, handler: MessageHandler, options: ServiceBusOptions) -> None:
        self._source = source
        self._handler = handler
        self._options = options

    async def run(self, shutdown: Shutdown) -> None:
        """Serve until the host stops; messages that were begun are finished and settled first."""
        renewer = AutoLockRenewer()
        running: set[asyncio.Task[None]] = set()
        receiver = await self._source.receiver(self._options.prefetch_count)
        async with renewer, opened(receiver, shutdown):
            try:
                await self._serve(receiver, shutdown, renewer, running)
            finally:
                await asyncio.gather(*running, return_exceptions=True)

    async def _serve(
        self,
        receiver: ServiceBusReceiver,
        shutdown: Shutdown,
        renewer: AutoLockRenewer,
        running: set[asyncio.Task[None]],
    ) -> None:
        intake = Intake(receiver, shutdown)
        while True:
            if len(running) >= self._options.max_concurrent_calls:
                await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            message = await intake.one(_WAIT_SECONDS)
            if message is not None:
                task = asyncio.create_task(self._handler.handle_one(receiver, message, renewer))
                running.add(task)
                task.add_done_callback(running.discard)


class BatchListener:
    """Runs the function on up to `maxMessageBatchSize` messages at once, one batch after the other."""

    def __init__(self, source: MessageSource, handler: MessageHandler, options: ServiceBusOptions) -> None:
        self._source = source
        self._handler = handler
        self._options = options

    async def run(self, shutdown: Shutdown) -> None:
        """Serve until the host stops; a batch that was begun is finished and settled first."""
        receiver = await self._source.receiver(self._options.prefetch_count)
        async with opened(receiver, shutdown):
            intake = Intake(receiver, shutdown)
            while True:
                messages = await intake.batch(self._options.max_message_batch_size, _WAIT_SECONDS)
                if messages:
                    await self._handler.handle_batch(receiver, messages)
