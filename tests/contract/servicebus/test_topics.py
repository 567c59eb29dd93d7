"""Topics and subscriptions through the SDK."""

from datetime import UTC, datetime, timedelta

import pytest
from azure.servicebus import ServiceBusMessage
from azure.servicebus.exceptions import ServiceBusError
from azure.servicebus.management import SqlRuleFilter

from tests.contract.servicebus.bus import Bus, both_flavours


async def _publish(bus: Bus, *messages: ServiceBusMessage) -> None:
    await bus.do(bus.topic_sender("events").send_messages, list(messages))


async def _drain(bus: Bus, subscription: str, count: int) -> list[str]:
    receiver = bus.subscription("events", subscription)
    messages = await bus.receive(receiver, count)
    await bus.complete(receiver, *messages)
    assert await bus.is_empty(receiver)
    return [str(message) for message in messages]


async def _drain_session(bus: Bus, session_id: str, count: int) -> list[str]:
    receiver = bus.client.get_subscription_receiver(bus.name("events"), "by-session", session_id=session_id)
    async with bus.opened(receiver):
        messages = await bus.receive(receiver, count)
        await bus.complete(receiver, *messages)
    return [str(message) for message in messages]


@both_flavours
async def test_each_subscription_gets_what_its_rules_match(bus: Bus) -> None:
    await _publish(
        bus,
        ServiceBusMessage("a", application_properties={"subject": "maths"}, session_id="z"),
        ServiceBusMessage("b", application_properties={"subject": "art"}, session_id="z"),
        ServiceBusMessage("c", subject="numbers", session_id="z"),
        ServiceBusMessage("d", application_properties={"subject": "Maths"}, session_id="z"),
    )
    assert await _drain(bus, "all", 4) == ["a", "b", "c", "d"]
    assert await _drain(bus, "maths", 2) == ["a", "c"]
    assert await _drain_session(bus, "z", 4) == ["a", "b", "c", "d"]


@both_flavours
async def test_a_message_without_session_is_a_dead_letter_of_a_subscription_that_requires_one(
    bus: Bus,
) -> None:
    await _publish(bus, ServiceBusMessage("lonely"))
    assert await _drain(bus, "all", 1) == ["lonely"]
    name = bus.name("events")
    buried = bus.client.get_subscription_receiver(name, "by-session", sub_queue="deadletter")
    async with bus.opened(buried):
        message = await bus.receive_one(buried)
        assert message.dead_letter_reason == "Session ID is null"
        await bus.complete(buried, message)


@both_flavours
async def test_a_message_scheduled_on_a_topic_is_copied_when_it_is_due(bus: Bus) -> None:
    due = datetime.now(UTC) + timedelta(seconds=1)
    sender = bus.topic_sender("events")
    messages = [ServiceBusMessage(body, session_id="due") for body in ("kept", "cancelled")]
    numbers = await bus.do(sender.schedule_messages, messages, due)
    await bus.do(sender.cancel_scheduled_messages, numbers[1])
    assert await _drain(bus, "all", 1) == ["kept"]
    assert datetime.now(UTC) >= due
    assert await _drain_session(bus, "due", 1) == ["kept"]


@both_flavours
async def test_a_rule_that_the_broker_can_not_keep_is_refused_by_name(bus: Bus) -> None:
    manager_of = getattr(bus.client, "get_subscription_rule_manager", None)
    assert manager_of is None, "the SDK can change rules now: prove that it is refused"
    assert SqlRuleFilter("1=1").sql_expression == "1=1"
    with pytest.raises(ServiceBusError, match="add-rule"):
        await bus.do(
            bus.subscription("events", "all")._mgmt_request_response,
            b"com.microsoft:add-rule",
            {"rule-name": "r"},
            _expect_success,
        )


def _expect_success(status: int, message: object, description: bytes, **_: object) -> None:
    if status != 200:
        raise ServiceBusError(description)
