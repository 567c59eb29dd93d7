"""Sessions through the SDK: exclusive, in order, with state."""

import asyncio
from datetime import UTC, datetime

import pytest
from azure.servicebus import ServiceBusMessage
from azure.servicebus.exceptions import (
    OperationTimeoutError,
    SessionCannotBeLockedError,
    SessionLockLostError,
)

from tests.contract.servicebus.bus import Bus, both_flavours


async def _send(bus: Bus, session_id: str, *bodies: str) -> None:
    messages = [ServiceBusMessage(body, session_id=session_id) for body in bodies]
    await bus.do(bus.sender("sessions").send_messages, messages)


@both_flavours
async def test_a_second_receiver_of_a_locked_session_is_refused(bus: Bus) -> None:
    async with bus.session("sessions", "exclusive"):
        with pytest.raises(SessionCannotBeLockedError):
            async with bus.session("sessions", "exclusive"):
                pass


@both_flavours
async def test_waiting_for_any_session_ends_after_the_time_that_was_asked_for(bus: Bus) -> None:
    started = asyncio.get_running_loop().time()
    with pytest.raises(OperationTimeoutError):
        async with bus.session("sessions", None, max_wait_time=1):
            pass
    assert 0.9 < asyncio.get_running_loop().time() - started < 10


@both_flavours
async def test_the_messages_of_a_session_come_in_order_and_no_others(bus: Bus) -> None:
    for number in range(6):
        await _send(bus, f"order-{number % 2}", str(number))
    for session_id, expected in (("order-0", ["0", "2", "4"]), ("order-1", ["1", "3", "5"])):
        async with bus.session("sessions", session_id) as receiver:
            messages = await bus.receive(receiver, 3)
            assert [str(message) for message in messages] == expected
            assert {message.session_id for message in messages} == {session_id}
            await bus.complete(receiver, *messages)


@both_flavours
async def test_an_abandoned_message_comes_again_before_those_behind_it(bus: Bus) -> None:
    await _send(bus, "again", "1", "2")
    async with bus.session("sessions", "again") as receiver:
        first = await bus.receive_one(receiver)
        await bus.do(receiver.abandon_message, first)
        messages = await bus.receive(receiver, 2)
        assert [(str(one), one.delivery_count) for one in messages] == [("1", 1), ("2", 0)]
        await bus.complete(receiver, *messages)


@both_flavours
async def test_the_next_available_session_is_one_with_messages(bus: Bus) -> None:
    await _send(bus, "next", "x")
    async with bus.session("sessions", None) as receiver:
        assert receiver.session.session_id == "next"
        await bus.complete(receiver, *await bus.receive(receiver))


@both_flavours
async def test_a_receiver_that_waits_gets_the_session_that_appears(bus: Bus) -> None:
    async def send_later() -> None:
        await asyncio.sleep(1)
        await _send(bus, "appears", "x")

    sending = asyncio.create_task(send_later())
    async with bus.session("sessions", None, max_wait_time=10) as receiver:
        assert receiver.session.session_id == "appears"
        await bus.complete(receiver, *await bus.receive(receiver))
    await sending


@both_flavours
async def test_a_session_keeps_its_state(bus: Bus) -> None:
    async with bus.session("sessions", "stateful") as receiver:
        assert await bus.do(receiver.session.get_state) is None
        await bus.do(receiver.session.set_state, b"\x00chunk 7")
    async with bus.session("sessions", "stateful") as receiver:
        assert await bus.do(receiver.session.get_state) == b"\x00chunk 7"
        await bus.do(receiver.session.set_state, None)
        assert await bus.do(receiver.session.get_state) is None


@both_flavours
async def test_a_renewed_session_lock_lasts_longer(bus: Bus) -> None:
    async with bus.session("sessions", "renewed") as receiver:
        first_end = receiver.session.locked_until_utc
        assert first_end is not None
        await asyncio.sleep(0.2)
        await bus.do(receiver.session.renew_lock)
        assert receiver.session.locked_until_utc is not None
        assert receiver.session.locked_until_utc > first_end


@both_flavours
async def test_an_expired_session_lock_is_lost_and_another_gets_the_messages(bus: Bus) -> None:
    await _send(bus, "expires", "1")
    async with bus.session("sessions", "expires") as receiver:
        message = await bus.receive_one(receiver)
        end = receiver.session.locked_until_utc
        assert end is not None
        await asyncio.sleep((end - datetime.now(UTC)).total_seconds() + 0.1)
        with pytest.raises(SessionLockLostError):
            await bus.do(receiver.complete_message, message)
        async with bus.session("sessions", "expires") as heir:
            again = await bus.receive_one(heir)
            assert (str(again), again.delivery_count) == ("1", 1)
            await bus.complete(heir, again)


@both_flavours
async def test_messages_of_a_session_that_was_left_come_again_without_a_higher_count(bus: Bus) -> None:
    await _send(bus, "left", "1")
    async with bus.session("sessions", "left") as receiver:
        await bus.receive_one(receiver)
    async with bus.session("sessions", "left") as receiver:
        again = await bus.receive_one(receiver)
        assert again.delivery_count == 0
        await bus.complete(receiver, again)


@both_flavours
async def test_a_deferred_message_of_a_session_is_received_by_its_number(bus: Bus) -> None:
    await _send(bus, "deferred", "1")
    async with bus.session("sessions", "deferred") as receiver:
        message = await bus.receive_one(receiver)
        number = message.sequence_number or 0
        await bus.do(receiver.defer_message, message)
        deferred = await bus.do(receiver.receive_deferred_messages, number)
        assert [str(one) for one in deferred] == ["1"]
        await bus.complete(receiver, *deferred)


@both_flavours
async def test_sessions_with_messages_are_listed(bus: Bus) -> None:
    await _send(bus, "listed-1", "x")
    await _send(bus, "listed-2", "x")
    pages = bus.client.list_queue_sessions(bus.name("sessions"))
    if bus.is_sync:
        names = await asyncio.to_thread(list, pages)
    else:
        names = [name async for name in pages]  # type: ignore[attr-defined] # the asynchronous twin
    assert {"listed-1", "listed-2"} <= set(names)
    for session_id in ("listed-1", "listed-2"):
        async with bus.session("sessions", session_id) as receiver:
            await bus.complete(receiver, *await bus.receive(receiver))
