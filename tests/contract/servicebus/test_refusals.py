"""What Service Bus refuses, seen through the SDK's exceptions."""

import pytest
from azure.servicebus import ServiceBusMessage
from azure.servicebus.exceptions import (
    MessageNotFoundError,
    MessageSizeExceededError,
    MessagingEntityNotFoundError,
    ServiceBusAuthenticationError,
    ServiceBusError,
)

from tests.contract.servicebus.bus import Bus, both_flavours, new_client

NOT_THERE = 987_654_321


@both_flavours
async def test_a_wrong_key_is_refused(bus: Bus) -> None:
    forged = bus.connection_string.replace("SharedAccessKey=", "SharedAccessKey=not-")
    client = new_client(bus.flavour, forged)
    sender = client.get_queue_sender(bus.name("plain"))
    with pytest.raises(ServiceBusAuthenticationError):
        await bus.do(sender.send_messages, ServiceBusMessage("x"))
    await bus.do(sender.close)
    await bus.do(client.close)


@both_flavours
async def test_an_unknown_queue_is_not_found(bus: Bus) -> None:
    sender = bus.client.get_queue_sender("no-such-queue")
    with pytest.raises(MessagingEntityNotFoundError):
        await bus.do(sender.send_messages, ServiceBusMessage("x"))
    await bus.do(sender.close)


@both_flavours
async def test_an_unknown_subscription_is_not_found(bus: Bus) -> None:
    receiver = bus.client.get_subscription_receiver(bus.name("events"), "nobody")
    with pytest.raises(MessagingEntityNotFoundError):
        await bus.do(receiver.receive_messages, max_wait_time=10)
    await bus.do(receiver.close)


@both_flavours
async def test_a_message_above_256_kb_is_refused_and_the_sender_still_works(bus: Bus) -> None:
    with pytest.raises(MessageSizeExceededError):
        await bus.send("plain", ServiceBusMessage(b"x" * 262_144))
    await bus.send("plain", ServiceBusMessage("small"))
    receiver = bus.receiver("plain")
    message = await bus.receive_one(receiver)
    assert str(message) == "small"
    await bus.complete(receiver, message)


@both_flavours
async def test_a_list_that_does_not_fit_into_one_batch_is_refused(bus: Bus) -> None:
    with pytest.raises(MessageSizeExceededError):
        await bus.do(bus.sender("plain").send_messages, [ServiceBusMessage(b"x" * 100_000)] * 3)


@both_flavours
async def test_a_message_without_session_is_refused_by_a_queue_that_requires_one(bus: Bus) -> None:
    with pytest.raises(ServiceBusError, match="SessionId"):
        await bus.send("sessions", ServiceBusMessage("x"))


@both_flavours
async def test_a_batch_with_one_message_without_session_is_refused_as_a_whole(bus: Bus) -> None:
    messages = [ServiceBusMessage("in", session_id="whole"), ServiceBusMessage("out")]
    with pytest.raises(ServiceBusError, match="SessionId"):
        await bus.do(bus.sender("sessions").send_messages, messages)
    async with bus.session("sessions", "whole") as receiver:
        assert await bus.is_empty(receiver)


@both_flavours
async def test_a_receiver_without_session_is_refused_by_a_queue_that_requires_one(bus: Bus) -> None:
    receiver = bus.client.get_queue_receiver(bus.name("sessions"))
    with pytest.raises(ServiceBusError, match="session"):
        await bus.do(receiver.receive_messages, max_wait_time=10)
    await bus.do(receiver.close)


@both_flavours
async def test_a_session_is_refused_by_a_queue_that_has_none(bus: Bus) -> None:
    receiver = bus.client.get_queue_receiver(bus.name("plain"), session_id="s")
    with pytest.raises(ServiceBusError, match="session"):
        await bus.do(receiver.receive_messages, max_wait_time=10)
    await bus.do(receiver.close)


@both_flavours
async def test_cancelling_what_is_not_scheduled_is_an_error(bus: Bus) -> None:
    with pytest.raises(MessageNotFoundError):
        await bus.do(bus.sender("plain").cancel_scheduled_messages, NOT_THERE)


@both_flavours
async def test_receiving_a_deferred_message_that_is_none_is_an_error(bus: Bus) -> None:
    with pytest.raises(MessageNotFoundError):
        await bus.do(bus.receiver("plain").receive_deferred_messages, NOT_THERE)


@both_flavours
async def test_a_message_that_was_settled_is_not_settled_again(bus: Bus) -> None:
    receiver = bus.receiver("plain")
    await bus.send("plain", ServiceBusMessage("once"))
    message = await bus.receive_one(receiver)
    token = message.lock_token
    await bus.complete(receiver, message)
    with pytest.raises(ServiceBusError, match="message-lock-lost"):
        await bus.do(receiver._renew_locks, token)  # type: ignore[arg-type] # the lock is not the SDK's to refuse
