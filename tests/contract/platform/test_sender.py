"""The sender over the real SDK: batches, sessions, delays, ids; one link per queue whoever sends."""

import asyncio
import gc
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from azure.servicebus import ServiceBusReceivedMessage
from azure.servicebus.aio import ServiceBusClient, ServiceBusReceiver
from azure.servicebus.exceptions import MessagingEntityNotFoundError

from shared.kernel.errors import TooLarge, Unavailable
from shared.messaging.envelope import open_envelope, seal
from shared.messaging.messages import OutgoingMessage
from shared.platform.servicebus.sender import ServiceBusSender
from shared.settings import Endpoint
from tests.fixtures.messaging import RING, STAMP, an_event
from tests.fixtures.processes import free_port
from tests.fixtures.servicebus import LocalBroker, config, connection_string, queue

ENTITIES = config(
    [
        queue("plain", LockDuration="PT1M"),
        queue("sessions", LockDuration="PT1M", RequiresSession=True),
        queue("once", LockDuration="PT1M", RequiresDuplicateDetection=True),
    ]
)


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalBroker]:
    broker = LocalBroker(tmp_path_factory.mktemp("bus"), ENTITIES)
    yield broker
    broker.server.stop()


@pytest.fixture(scope="module")
async def sender(broker: LocalBroker) -> AsyncIterator[ServiceBusSender]:
    sender = ServiceBusSender(Endpoint(connection_string=broker.connection_string))
    yield sender
    await sender.close()


@pytest.fixture(scope="module")
async def receiver(broker: LocalBroker) -> AsyncIterator[ServiceBusReceiver]:
    async with (
        ServiceBusClient.from_connection_string(broker.connection_string) as client,
        client.get_queue_receiver("plain", prefetch_count=0) as receiver,
    ):
        yield receiver


def a_message(destination: str = "plain", **members: object) -> OutgoingMessage:
    event = an_event(number=1)
    message = OutgoingMessage(
        destination, event.id, seal(event, STAMP, RING), event.type, event.correlation_id
    )
    for name, value in members.items():
        object.__setattr__(message, name, value)
    return message


async def received(receiver: ServiceBusReceiver, count: int) -> list[ServiceBusReceivedMessage]:
    """Receive and complete `count` messages."""
    messages: list[ServiceBusReceivedMessage] = []
    while len(messages) < count:
        some = await receiver.receive_messages(count - len(messages), max_wait_time=5)
        assert some, f"{len(messages)} of {count} messages arrived"
        for message in some:
            await receiver.complete_message(message)
        messages += some
    return messages


def body_of(message: ServiceBusReceivedMessage) -> bytes:
    return b"".join(bytes(part) for part in message.body)


async def test_a_message_arrives_with_its_id_and_opens(
    sender: ServiceBusSender, receiver: ServiceBusReceiver
) -> None:
    message = a_message()
    await sender.send([message])
    (arrived,) = await received(receiver, 1)
    assert (arrived.message_id, arrived.subject) == (message.message_id, "ingestion.landed")
    assert (arrived.correlation_id, arrived.content_type) == ("correlation-1", "application/json")
    assert open_envelope(body_of(arrived), STAMP, RING)[1].id == message.message_id


async def test_more_than_one_batch_arrives_whole_and_in_order(
    sender: ServiceBusSender, receiver: ServiceBusReceiver
) -> None:
    messages = [a_message(body=b"x" * 100_000) for _ in range(7)]
    await sender.send(messages)
    arrived = await received(receiver, 7)
    assert [message.message_id for message in arrived] == [message.message_id for message in messages]


async def test_many_tasks_may_send_their_first_message_at_once(
    broker: LocalBroker, receiver: ServiceBusReceiver
) -> None:
    fresh = ServiceBusSender(Endpoint(connection_string=broker.connection_string))
    await asyncio.gather(*(fresh.send([a_message()]) for _ in range(8)))
    await received(receiver, 8)
    await fresh.close()


async def test_a_message_is_held_back_until_its_moment(
    sender: ServiceBusSender, receiver: ServiceBusReceiver
) -> None:
    due = datetime.now(UTC) + timedelta(seconds=1)
    await sender.send([a_message(not_before=due), a_message(message_id="now")])
    first, second = await received(receiver, 2)
    assert first.message_id == "now"
    assert second.enqueued_time_utc is not None
    assert second.enqueued_time_utc >= due - timedelta(milliseconds=50)


async def test_a_sessions_message_carries_its_session(sender: ServiceBusSender, broker: LocalBroker) -> None:
    session = uuid4().hex
    await sender.send([a_message("sessions", session_id=session)])
    async with (
        ServiceBusClient.from_connection_string(broker.connection_string) as client,
        client.get_queue_receiver("sessions", session_id=session) as receiver,
    ):
        (arrived,) = await received(receiver, 1)
    assert arrived.session_id == session


async def test_what_is_sent_twice_under_one_id_arrives_once(
    sender: ServiceBusSender, broker: LocalBroker
) -> None:
    message, last = a_message("once"), a_message("once")
    await sender.send([message])
    await sender.send([message, last])
    async with (
        ServiceBusClient.from_connection_string(broker.connection_string) as client,
        client.get_queue_receiver("once") as receiver,
    ):
        arrived = await received(receiver, 2)
    assert [m.message_id for m in arrived] == [message.message_id, last.message_id]


async def test_a_message_that_no_batch_can_hold_is_too_large(sender: ServiceBusSender) -> None:
    with pytest.raises(TooLarge):
        await sender.send([a_message(body=b"x" * 300_000)])


async def test_a_queue_that_does_not_exist_is_a_fault_of_the_deployment(sender: ServiceBusSender) -> None:
    with pytest.raises(MessagingEntityNotFoundError):
        await sender.send([a_message("nowhere")])


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # the SDK drops the dead connection unclosed
async def test_sending_goes_on_after_the_bus_was_restarted(tmp_path: Path) -> None:
    broker = LocalBroker(tmp_path, ENTITIES)
    sender = ServiceBusSender(Endpoint(connection_string=broker.connection_string))
    await sender.send([a_message(message_id="before")])
    broker.restart_after_crash()
    await sender.send([a_message(message_id="after")])
    async with (
        ServiceBusClient.from_connection_string(broker.connection_string) as client,
        client.get_queue_receiver("plain") as receiver,
    ):
        assert [m.message_id for m in await received(receiver, 2)] == ["before", "after"]
    await sender.close()
    broker.server.stop()
    gc.collect()


async def test_a_bus_that_is_away_is_unavailable() -> None:
    nowhere = ServiceBusSender(Endpoint(connection_string=connection_string(free_port())))
    with pytest.raises(Unavailable):
        await nowhere.send([a_message()])
    await nowhere.close()
