"""One interface over both flavours of the SDK, so that each test runs with both, at the same time.

Objects of the asynchronous SDK are typed as their synchronous twins; `do` awaits what they return. Links are
kept open and reused because opening and closing one takes half a second each.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import cast

from azure.servicebus import (
    NEXT_AVAILABLE_SESSION,
    ServiceBusClient,
    ServiceBusMessage,
    ServiceBusReceivedMessage,
    ServiceBusReceiver,
    ServiceBusSender,
)
from azure.servicebus.aio import ServiceBusClient as AsyncServiceBusClient

type _Link = ServiceBusSender | ServiceBusReceiver


class Bus:
    """A client of one flavour; entities are named without the flavour."""

    def __init__(self, flavour: str, connection_string: str) -> None:
        self.flavour = flavour
        self.is_sync = flavour == "sync"
        self.connection_string = connection_string
        self.client = new_client(flavour, connection_string)
        self._links: dict[tuple[str, ...], _Link] = {}

    def name(self, entity: str) -> str:
        """Return the full name of an entity."""
        return f"{self.flavour}-{entity}"

    async def do[**Parameters, Result](
        self, operation: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Result:
        """Call an operation of the SDK, in a thread or awaited, as the flavour needs."""
        if self.is_sync:
            return await asyncio.to_thread(operation, *args, **kwargs)
        return await cast("Awaitable[Result]", operation(*args, **kwargs))

    def sender(self, entity: str) -> ServiceBusSender:
        """Return the sender of a queue."""
        make = self.client.get_queue_sender
        return cast("ServiceBusSender", self._link(("send", entity), lambda: make(self.name(entity))))

    def topic_sender(self, entity: str) -> ServiceBusSender:
        """Return the sender of a topic."""
        make = self.client.get_topic_sender
        return cast("ServiceBusSender", self._link(("send", entity), lambda: make(self.name(entity))))

    def receiver(self, entity: str) -> ServiceBusReceiver:
        """Return a peek-lock receiver of a queue."""
        make = self.client.get_queue_receiver
        return cast("ServiceBusReceiver", self._link(("receive", entity), lambda: make(self.name(entity))))

    def dead_letters(self, entity: str) -> ServiceBusReceiver:
        """Return a peek-lock receiver of a queue's dead-letter queue."""
        make = self.client.get_queue_receiver
        link = self._link(("bury", entity), lambda: make(self.name(entity), sub_queue="deadletter"))
        return cast("ServiceBusReceiver", link)

    def subscription(self, entity: str, subscription: str) -> ServiceBusReceiver:
        """Return a peek-lock receiver of a subscription."""
        make = self.client.get_subscription_receiver
        link = self._link((entity, subscription), lambda: make(self.name(entity), subscription))
        return cast("ServiceBusReceiver", link)

    def _link(self, key: tuple[str, ...], make: Callable[[], _Link]) -> _Link:
        if key not in self._links:
            self._links[key] = make()
        return self._links[key]

    @asynccontextmanager
    async def session(
        self, entity: str, session_id: str | None, *, max_wait_time: float = 5
    ) -> AsyncIterator[ServiceBusReceiver]:
        """Hold a session, or the next available one without an id."""
        wanted = NEXT_AVAILABLE_SESSION if session_id is None else session_id
        receiver = self.client.get_queue_receiver(
            self.name(entity), session_id=wanted, max_wait_time=max_wait_time
        )
        async with self.opened(receiver) as opened:
            yield opened

    @asynccontextmanager
    async def opened(self, receiver: ServiceBusReceiver) -> AsyncIterator[ServiceBusReceiver]:
        """Keep a receiver of one's own open."""
        try:
            await self.do(receiver.__enter__ if self.is_sync else receiver.__aenter__)  # type: ignore[attr-defined] # the twin's
            yield receiver
        finally:
            await self.do(receiver.close)

    async def send(self, entity: str, *messages: ServiceBusMessage) -> None:
        """Send messages to a queue one by one."""
        for message in messages:
            await self.do(self.sender(entity).send_messages, message)

    async def receive(
        self, receiver: ServiceBusReceiver, count: int = 1, max_wait_time: float = 5
    ) -> list[ServiceBusReceivedMessage]:
        """Receive exactly `count` messages; the SDK may bring them in several portions."""
        received: list[ServiceBusReceivedMessage] = []
        while len(received) < count:
            more = await self.do(
                receiver.receive_messages,
                max_message_count=count - len(received),
                max_wait_time=max_wait_time,
            )
            assert more, f"{len(received)} of {count} messages came in {max_wait_time} s"
            received += more
        return received

    async def receive_one(self, receiver: ServiceBusReceiver) -> ServiceBusReceivedMessage:
        """Receive one message."""
        return (await self.receive(receiver))[0]

    async def is_empty(self, receiver: ServiceBusReceiver, max_wait_time: float = 0.4) -> bool:
        """Whether nothing comes for a while."""
        return not await self.do(receiver.receive_messages, max_wait_time=max_wait_time)

    async def complete(self, receiver: ServiceBusReceiver, *messages: ServiceBusReceivedMessage) -> None:
        """Complete messages."""
        for message in messages:
            await self.do(receiver.complete_message, message)

    async def close(self) -> None:
        """Close all links at once, then the client."""
        await asyncio.gather(*(self.do(link.close) for link in self._links.values()))
        await self.do(self.client.close)


def new_client(flavour: str, connection_string: str) -> ServiceBusClient:
    """Return a client that does not retry, so that refusals show at once."""
    kind = ServiceBusClient if flavour == "sync" else AsyncServiceBusClient
    return cast("ServiceBusClient", kind.from_connection_string(connection_string, retry_total=0))


type Scenario = Callable[[Bus], Coroutine[None, None, None]]


def both_flavours(scenario: Scenario) -> Callable[[tuple[Bus, ...]], Coroutine[None, None, None]]:
    """Make a test of a scenario: it runs with both flavours at once, as most of its time is waiting."""

    async def run(bus: Bus) -> None:
        try:
            await scenario(bus)
        except Exception as failure:
            failure.add_note(f"with the {bus.flavour} SDK")
            raise

    async def test(buses: tuple[Bus, ...]) -> None:
        async with asyncio.TaskGroup() as group:
            for bus in buses:
                group.create_task(run(bus))

    # Not functools.wraps: pytest would then look for the fixtures of the scenario.
    test.__name__, test.__qualname__, test.__doc__ = (
        scenario.__name__,
        scenario.__qualname__,
        scenario.__doc__,
    )
    test.__module__ = scenario.__module__
    return test
