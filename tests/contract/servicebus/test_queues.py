"""Queues through the SDK: sending, locking, settling, browsing."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from azure.servicebus import AutoLockRenewer, ServiceBusMessage, ServiceBusMessageState, ServiceBusReceiver
from azure.servicebus.aio import AutoLockRenewer as AsyncAutoLockRenewer
from azure.servicebus.exceptions import MessageLockLostError, MessageNotFoundError

from tests.contract.servicebus.bus import Bus, both_flavours


@both_flavours
async def test_a_message_arrives_as_it_was_sent(bus: Bus) -> None:
    sent = ServiceBusMessage(
        b"\x00\xffbody",
        application_properties={"tenant": "t1", "rows": 5, "ratio": 0.5, "last": True},
        message_id="m1",
        subject="subject",
        correlation_id="c1",
        content_type="application/json",
        reply_to="answers",
        to="somebody",
        time_to_live=timedelta(hours=1),
        partition_key="p",
    )
    await bus.send("plain", sent)
    receiver = bus.receiver("plain")
    got = await bus.receive_one(receiver)
    assert b"".join(got.body) == b"\x00\xffbody"
    assert got.application_properties == {b"tenant": b"t1", b"rows": 5, b"ratio": 0.5, b"last": True}
    assert (got.message_id, got.subject, got.correlation_id) == ("m1", "subject", "c1")
    assert (got.content_type, got.reply_to, got.to) == ("application/json", "answers", "somebody")
    assert (got.time_to_live, got.partition_key) == (timedelta(hours=1), "p")
    assert got.delivery_count == 0
    assert got.state is ServiceBusMessageState.ACTIVE
    assert got.enqueued_time_utc is not None
    assert abs(got.enqueued_time_utc - datetime.now(UTC)) < timedelta(seconds=30)
    assert got.locked_until_utc is not None
    assert got.locked_until_utc > datetime.now(UTC)
    await bus.complete(receiver, got)


@both_flavours
async def test_a_batch_keeps_its_order(bus: Bus) -> None:
    batch = await bus.do(bus.sender("plain").create_message_batch)
    for number in range(50):
        batch.add_message(ServiceBusMessage(str(number)))
    await bus.do(bus.sender("plain").send_messages, batch)
    await bus.do(bus.sender("plain").send_messages, [ServiceBusMessage(str(n)) for n in range(50, 60)])
    receiver = bus.receiver("plain")
    messages = await bus.receive(receiver, 60)
    assert [str(message) for message in messages] == [str(number) for number in range(60)]
    sequences = [message.sequence_number or 0 for message in messages]
    assert sequences == sorted(set(sequences))
    await bus.complete(receiver, *messages)


@both_flavours
async def test_the_largest_message_of_the_tier_passes_in_many_frames(bus: Bus) -> None:
    body = bytes(range(256)) * 1000
    await bus.send("plain", ServiceBusMessage(body))
    receiver = bus.receiver("plain")
    message = await bus.receive_one(receiver)
    assert b"".join(message.body) == body
    await bus.complete(receiver, message)


@both_flavours
async def test_receive_and_delete_leaves_nothing(bus: Bus) -> None:
    await bus.send("once", ServiceBusMessage("gone"))
    reader = bus.client.get_queue_receiver(
        bus.name("once"), receive_mode="receiveanddelete", prefetch_count=10
    )
    async with bus.opened(reader):
        assert str(await bus.receive_one(reader)) == "gone"
    assert await bus.do(bus.receiver("once").peek_messages, sequence_number=1) == []


@both_flavours
async def test_abandoned_messages_come_again_and_go_to_the_dead_letters_at_the_limit(bus: Bus) -> None:
    await bus.send("brief", ServiceBusMessage("poison", message_id="p1", application_properties={"k": "v"}))
    receiver = bus.receiver("brief")
    counts = []
    for _ in range(3):
        message = await bus.receive_one(receiver)
        counts.append(message.delivery_count)
        await bus.do(receiver.abandon_message, message)
    assert counts == [0, 1, 2]
    assert await bus.is_empty(receiver)
    buried = await bus.receive_one(bus.dead_letters("brief"))
    assert (buried.message_id, buried.dead_letter_reason) == ("p1", "MaxDeliveryCountExceeded")
    assert buried.dead_letter_error_description == "Message could not be consumed after 3 delivery attempts."
    assert buried.dead_letter_source == bus.name("brief")
    assert buried.application_properties is not None
    assert buried.application_properties[b"k"] == b"v"
    await bus.complete(bus.dead_letters("brief"), buried)


@both_flavours
async def test_a_dead_lettered_message_tells_why(bus: Bus) -> None:
    await bus.send("plain", ServiceBusMessage("bad"))
    receiver = bus.receiver("plain")
    message = await bus.receive_one(receiver)
    await bus.do(receiver.dead_letter_message, message, reason="BadSchema", error_description="row 7")
    buried = await bus.receive_one(bus.dead_letters("plain"))
    assert (buried.dead_letter_reason, buried.dead_letter_error_description) == ("BadSchema", "row 7")
    assert str(buried) == "bad"
    await bus.complete(bus.dead_letters("plain"), buried)


@both_flavours
async def test_a_deferred_message_comes_only_by_its_number_and_only_once(bus: Bus) -> None:
    await bus.send("plain", ServiceBusMessage("later"))
    receiver = bus.receiver("plain")
    message = await bus.receive_one(receiver)
    number = message.sequence_number or 0
    await bus.do(receiver.defer_message, message)
    assert await bus.is_empty(receiver)
    peeked = await bus.do(receiver.peek_messages, sequence_number=number)
    assert [one.state for one in peeked] == [ServiceBusMessageState.DEFERRED]
    deferred = (await bus.do(receiver.receive_deferred_messages, number))[0]
    assert str(deferred) == "later"
    with pytest.raises(MessageNotFoundError):
        await bus.do(receiver.receive_deferred_messages, number)
    await bus.do(receiver.abandon_message, deferred)
    again = (await bus.do(receiver.receive_deferred_messages, number))[0]
    await bus.complete(receiver, again)


@both_flavours
async def test_scheduled_messages_come_when_they_are_due_unless_cancelled(bus: Bus) -> None:
    due = datetime.now(UTC) + timedelta(seconds=1)
    sender, receiver = bus.sender("plain"), bus.receiver("plain")
    numbers = await bus.do(sender.schedule_messages, [ServiceBusMessage("a"), ServiceBusMessage("b")], due)
    await bus.do(sender.cancel_scheduled_messages, numbers[1])
    await bus.send("plain", ServiceBusMessage("c", scheduled_enqueue_time_utc=due))
    peeked = await bus.do(receiver.peek_messages, 5, sequence_number=numbers[0])
    assert [(str(one), one.state) for one in peeked] == [
        ("a", ServiceBusMessageState.SCHEDULED),
        ("c", ServiceBusMessageState.SCHEDULED),
    ]
    messages = await bus.receive(receiver, 2)
    assert datetime.now(UTC) >= due
    assert {str(message) for message in messages} == {"a", "c"}
    await bus.complete(receiver, *messages)
    assert await bus.is_empty(receiver)


@both_flavours
async def test_peeking_goes_on_from_page_to_page_and_locks_nothing(bus: Bus) -> None:
    await bus.do(bus.sender("plain").send_messages, [ServiceBusMessage(str(n)) for n in range(5)])
    browser, receiver = bus.receiver("once"), bus.receiver("plain")
    first = (await bus.receive(receiver, 1))[0]
    start = first.sequence_number or 0
    pages = []
    for _ in range(3):
        page = await bus.do(receiver.peek_messages, 2, sequence_number=start)
        pages.append([str(message) for message in page])
        start = (page[-1].sequence_number or 0) + 1
    assert pages == [["0", "1"], ["2", "3"], ["4"]]
    assert await bus.do(receiver.peek_messages, 2, sequence_number=start) == []
    assert await bus.do(browser.peek_messages) == []
    await bus.complete(receiver, first, *await bus.receive(receiver, 4))


@both_flavours
async def test_an_expired_lock_is_lost_and_the_message_comes_again(bus: Bus) -> None:
    await bus.send("brief", ServiceBusMessage("slow"))
    receiver = bus.receiver("brief")
    message = await bus.receive_one(receiver)
    token = message.lock_token
    await _wait_until(message.locked_until_utc)
    with pytest.raises(MessageLockLostError):
        await bus.do(receiver.complete_message, message)
    with pytest.raises(MessageLockLostError):
        await bus.do(receiver._settle_message_via_mgmt_link, "completed", [token], None)  # type: ignore[list-item] # the broker must refuse too
    again = await bus.receive_one(receiver)
    assert again.delivery_count == 1
    await bus.complete(receiver, again)


@both_flavours
async def test_a_renewed_lock_holds(bus: Bus) -> None:
    await bus.send("brief", ServiceBusMessage("slow"))
    receiver = bus.receiver("brief")
    message = await bus.receive_one(receiver)
    first_end = message.locked_until_utc
    assert first_end is not None
    await asyncio.sleep(0.6)
    assert await bus.do(receiver.renew_message_lock, message) > first_end
    await _wait_until(first_end)
    await bus.complete(receiver, message)
    assert await bus.is_empty(receiver)


@both_flavours
async def test_the_automatic_renewer_holds_a_lock_as_long_as_the_work_takes(bus: Bus) -> None:
    await bus.send("renewed", ServiceBusMessage("long work"))
    receiver = bus.receiver("renewed")
    renewer = AutoLockRenewer() if bus.is_sync else AsyncAutoLockRenewer()
    message = await bus.receive_one(receiver)
    renewer.register(receiver, message, max_lock_renewal_duration=10)  # type: ignore[arg-type] # the receiver is of its flavour
    await asyncio.sleep(3.5)
    await bus.complete(receiver, message)
    await bus.do(renewer.close)


@both_flavours
async def test_a_message_that_outlives_its_time_is_dead_lettered(bus: Bus) -> None:
    await bus.send("expiring", ServiceBusMessage("by queue"))
    await bus.send("expiring", ServiceBusMessage("by message", time_to_live=timedelta(milliseconds=300)))
    buried = await bus.receive(bus.dead_letters("expiring"), 2)
    assert [str(message) for message in buried] == ["by message", "by queue"]
    assert {message.dead_letter_reason for message in buried} == {"TTLExpiredException"}
    await bus.complete(bus.dead_letters("expiring"), *buried)


@both_flavours
async def test_a_message_that_expires_elsewhere_is_just_gone(bus: Bus) -> None:
    await bus.send("plain", ServiceBusMessage("short-lived", time_to_live=timedelta(milliseconds=200)))
    await asyncio.sleep(0.4)
    assert await bus.is_empty(bus.receiver("plain"))
    assert await bus.do(bus.dead_letters("plain").peek_messages, sequence_number=1) == []


@both_flavours
async def test_a_message_id_is_taken_once_inside_the_window(bus: Bus) -> None:
    for body in ("first", "second"):
        await bus.send("once", ServiceBusMessage(body, message_id="same"))
    await bus.send("once", ServiceBusMessage("other", message_id="different"))
    receiver = bus.receiver("once")
    messages = await bus.receive(receiver, 2)
    assert [str(message) for message in messages] == ["first", "other"]
    await bus.complete(receiver, *messages)


@both_flavours
async def test_what_a_closed_receiver_had_not_handed_out_is_available_at_once(bus: Bus) -> None:
    await bus.do(bus.sender("once").send_messages, [ServiceBusMessage(str(n)) for n in range(10)])
    reader = bus.client.get_queue_receiver(bus.name("once"), prefetch_count=10)
    async with bus.opened(reader):
        await bus.complete(reader, *await bus.receive(reader, 2))
    messages = await bus.receive(bus.receiver("once"), 8)
    assert [message.delivery_count for message in messages] == [0] * 8
    await bus.complete(bus.receiver("once"), *messages)


@both_flavours
async def test_iterating_with_prefetch_brings_every_message(bus: Bus) -> None:
    await bus.do(bus.sender("once").send_messages, [ServiceBusMessage(str(n)) for n in range(20)])
    reader = bus.client.get_queue_receiver(bus.name("once"), prefetch_count=10, max_wait_time=10)
    async with bus.opened(reader):
        assert await _iterate(bus, reader, 20) == [str(number) for number in range(20)]
        assert await bus.is_empty(reader)


async def _iterate(bus: Bus, receiver: ServiceBusReceiver, count: int) -> list[str]:
    bodies = []
    if bus.is_sync:

        def consume() -> None:
            for message in receiver:
                bodies.append(str(message))
                receiver.complete_message(message)
                if len(bodies) == count:
                    return

        await asyncio.to_thread(consume)
    else:
        async for message in receiver:  # type: ignore[attr-defined] # the asynchronous twin
            bodies.append(str(message))
            await bus.complete(receiver, message)
            if len(bodies) == count:
                break
    return bodies


async def _wait_until(moment: datetime | None) -> None:
    assert moment is not None
    await asyncio.sleep(max(0.0, (moment - datetime.now(UTC)).total_seconds()) + 0.05)
