"""Runs a function on received messages and settles them: complete on success, abandon on error.

Abandoning makes the broker deliver again at once and counts the delivery, as in the cloud.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from azure.servicebus import ServiceBusReceivedMessage
from azure.servicebus.aio import AutoLockRenewer, ServiceBusReceiver
from azure.servicebus.exceptions import ServiceBusError

from infra.local.functions.definitions import FunctionDefinition
from infra.local.functions.engine import Call
from infra.local.functions.host_json import ServiceBusOptions
from infra.local.functions.invocations import Invoker
from infra.local.functions.servicebus.messages import (
    UnreadableBody,
    batch_metadata,
    batch_value,
    one_metadata,
    one_value,
    trace_parent_of,
)

_log = logging.getLogger(__name__)
_RENEW_AFTER_SECONDS = 1.0

type Messages = Sequence[ServiceBusReceivedMessage]


class MessageHandler:
    """Handles the messages of one function."""

    def __init__(self, function: FunctionDefinition, invoker: Invoker, options: ServiceBusOptions) -> None:
        self._function = function
        self._invoker = invoker
        self._completes = options.auto_complete_messages
        self._renewal = options.max_auto_lock_renewal_duration

    async def handle_one(
        self,
        receiver: ServiceBusReceiver,
        message: ServiceBusReceivedMessage,
        renewer: AutoLockRenewer | None,
    ) -> None:
        """Run the function on one message and settle it. With a renewer the message's lock is kept."""
        loop = asyncio.get_running_loop()
        # Most invocations end long before their lock does: only those that go on get a renewal task.
        keeper = (
            loop.call_later(_RENEW_AFTER_SECONDS, self._keep_lock, renewer, receiver, message)
            if renewer is not None and self._renewal > timedelta(0)
            else None
        )
        try:
            succeeded = await self._run(lambda: self._call_for_one(message))
            await self._settle(receiver, [message], succeeded=succeeded)
        finally:
            if keeper is not None:
                keeper.cancel()

    async def handle_batch(self, receiver: ServiceBusReceiver, messages: Messages) -> None:
        """Run the function on a batch and settle it as a whole. Locks of a batch are not renewed."""
        succeeded = await self._run(lambda: self._call_for_batch(messages))
        await self._settle(receiver, messages, succeeded=succeeded)

    def _call_for_one(self, message: ServiceBusReceivedMessage) -> Call:
        value, metadata = one_value(message), one_metadata(message)
        return Call(self._function, value, metadata, trace_parent=trace_parent_of(message))

    def _call_for_batch(self, messages: Messages) -> Call:
        return Call(self._function, batch_value(messages), batch_metadata(messages))

    async def _run(self, build: Callable[[], Call]) -> bool:
        try:
            call = build()
        except UnreadableBody as unreadable:
            _log.error("%s", unreadable, extra={"function": self._function.name})
            return False
        outcome = await self._invoker.run(call)
        return outcome.error is None

    async def _settle(self, receiver: ServiceBusReceiver, messages: Messages, *, succeeded: bool) -> None:
        if succeeded and not self._completes:
            return
        settle: Callable[[ServiceBusReceivedMessage], Awaitable[None]] = (
            receiver.complete_message if succeeded else receiver.abandon_message
        )
        for message in messages:
            try:
                await settle(message)
            except ServiceBusError as lost:
                _log.warning(
                    "message %s was not settled and will come again: %s",
                    message.message_id,
                    lost,
                    extra={"function": self._function.name},
                )

    def _keep_lock(
        self, renewer: AutoLockRenewer, receiver: ServiceBusReceiver, message: ServiceBusReceivedMessage
    ) -> None:
        renewer.register(receiver, message, self._renewal.total_seconds())
