"""Listens to an entity with sessions: each session's messages in order, several sessions side by side."""

import contextlib

from azure.servicebus import NEXT_AVAILABLE_SESSION
from azure.servicebus.aio import AutoLockRenewer, ServiceBusReceiver
from azure.servicebus.exceptions import OperationTimeoutError, SessionLockLostError

from infra.local.functions.host_json import ServiceBusOptions
from infra.local.functions.servicebus.intake import Intake
from infra.local.functions.servicebus.settlement import MessageHandler
from infra.local.functions.servicebus.source import MessageSource
from infra.local.functions.supervision import Shutdown, opened, side_by_side

_ACCEPT_SECONDS = 30.0


class SessionListener:
    """Holds up to `maxConcurrentSessions` sessions; leaves one that is idle for `sessionIdleTimeout`."""

    def __init__(
        self, source: MessageSource, handler: MessageHandler, options: ServiceBusOptions, *, batches: bool
    ) -> None:
        self._source = source
        self._handler = handler
        self._options = options
        self._batches = batches

    async def run(self, shutdown: Shutdown) -> None:
        """Serve until the host stops; messages that were begun are finished and settled first."""
        count = self._options.max_concurrent_sessions
        await side_by_side((self._serve_sessions(shutdown) for _ in range(count)), shutdown)

    async def _serve_sessions(self, shutdown: Shutdown) -> None:
        renewal = self._options.max_auto_lock_renewal_duration.total_seconds()
        async with AutoLockRenewer(renewal) as renewer:
            while True:
                receiver = await self._source.session_receiver(
                    NEXT_AVAILABLE_SESSION, self._options.prefetch_count, _ACCEPT_SECONDS, renewer
                )
                # No session was there in time, or its lock was lost: on to the next.
                with contextlib.suppress(OperationTimeoutError, SessionLockLostError):
                    async with opened(receiver, shutdown):
                        await self._serve_session(receiver, Intake(receiver, shutdown))

    async def _serve_session(self, receiver: ServiceBusReceiver, intake: Intake) -> None:
        idle = self._options.session_idle_timeout.total_seconds()
        while True:
            if self._batches:
                messages = await intake.batch(self._options.max_message_batch_size, idle)
                if not messages:
                    return
                await self._handler.handle_batch(receiver, messages)
            else:
                # One at a time: after a failure the same message comes first again.
                message = await intake.one(idle)
                if message is None:
                    return
                await self._handler.handle_one(receiver, message, renewer=None)
