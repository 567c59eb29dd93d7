"""Sends messages to queues and topics: one client per process, one link per destination, both kept open."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import Any

from azure.servicebus import ServiceBusMessage
from azure.servicebus.aio import ServiceBusClient
from azure.servicebus.aio import ServiceBusSender as Link
from azure.servicebus.exceptions import (
    MessageSizeExceededError,
    MessagingEntityDisabledError,
    MessagingEntityNotFoundError,
    OperationTimeoutError,
    ServiceBusAuthenticationError,
    ServiceBusAuthorizationError,
    ServiceBusError,
)

from shared.kernel.errors import TooLarge, Unavailable
from shared.messaging.messages import OutgoingMessage
from shared.platform.identity import process_identity
from shared.settings import Endpoint

_RETRIES = 2
_LONGEST_BACKOFF_SECONDS = 5
_MISPLACED = (
    MessagingEntityNotFoundError,
    MessagingEntityDisabledError,
    ServiceBusAuthenticationError,
    ServiceBusAuthorizationError,
)
"""Faults of the deployment, which waiting does not mend: they pass through untranslated."""


class ServiceBusSender:
    """Implements `MessageSender`. Create it anywhere; it reaches out on first use."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._client: ServiceBusClient | None = None
        self._links: dict[str, Link] = {}
        # A link that several tasks open at once fails in the SDK, and sends on one link are serial anyhow.
        self._turns: dict[str, asyncio.Lock] = {}

    async def send(self, messages: Sequence[OutgoingMessage]) -> None:
        """Send all messages in batches by destination, in order within each.

        `TooLarge` for a message that fits into no batch, `Unavailable` when the bus is throttling or out of
        reach; part of `messages` may have been sent then.
        """
        by_destination = sorted(messages, key=_destination)
        for destination, group in groupby(by_destination, key=_destination):
            turn = self._turns.setdefault(destination, asyncio.Lock())
            async with turn:
                with _translated():
                    await self._send_to(destination, list(group))

    async def close(self) -> None:
        """Close the client and its links; a later `send` opens new ones."""
        client, self._client = self._client, None
        # The client only knows its links weakly: they must live until it has closed them.
        links, self._links = self._links, {}
        if client is not None:
            await client.close()
        links.clear()

    async def _send_to(self, destination: str, messages: list[OutgoingMessage]) -> None:
        link = self._link(destination)
        try:
            await _send_batches(link, messages)
        except ServiceBusError:
            # The SDK has used up its retries on this link; the next send starts with a fresh one.
            self._links.pop(destination, None)
            await link.close()
            raise

    def _link(self, destination: str) -> Link:
        if self._client is None:
            self._client = _client(self._endpoint)
        if destination not in self._links:
            self._links[destination] = self._client.get_queue_sender(destination)
        return self._links[destination]


async def _send_batches(link: Link, messages: Sequence[OutgoingMessage]) -> None:
    batch = await link.create_message_batch()
    for message in messages:
        outgoing = _message(message)
        try:
            batch.add_message(outgoing)
        except MessageSizeExceededError:
            # The batch is full: it goes, and this message starts the next.
            if len(batch) == 0:
                raise
            await link.send_messages(batch)
            batch = await link.create_message_batch()
            batch.add_message(outgoing)
    if len(batch) > 0:
        await link.send_messages(batch)


def _message(message: OutgoingMessage) -> ServiceBusMessage:
    return ServiceBusMessage(
        message.body,
        message_id=message.message_id,
        session_id=message.session_id,
        subject=message.event_type,
        correlation_id=message.correlation_id,
        content_type="application/json",
        scheduled_enqueue_time_utc=message.not_before,
    )


def _client(endpoint: Endpoint) -> ServiceBusClient:
    options: dict[str, Any] = {"retry_total": _RETRIES, "retry_backoff_max": _LONGEST_BACKOFF_SECONDS}
    if endpoint.connection_string is not None:
        return ServiceBusClient.from_connection_string(endpoint.connection_string, **options)
    return ServiceBusClient(str(endpoint.address), process_identity(), **options)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except MessageSizeExceededError as error:
        raise TooLarge("a message is larger than the bus carries") from error
    except _MISPLACED:
        raise
    except (ServiceBusError, OperationTimeoutError, OSError) as error:
        raise Unavailable from error


def _destination(message: OutgoingMessage) -> str:
    return message.destination
