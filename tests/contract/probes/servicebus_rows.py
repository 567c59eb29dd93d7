"""The rows of the Service Bus probe: one capability each, in the order in which they run."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from azure.servicebus import NEXT_AVAILABLE_SESSION, AutoLockRenewer, ServiceBusClient, ServiceBusMessage
from azure.servicebus.aio import ServiceBusClient as AsyncServiceBusClient
from azure.servicebus.exceptions import (
    MessageLockLostError,
    MessageSizeExceededError,
    MessagingEntityNotFoundError,
    OperationTimeoutError,
    ServiceBusAuthenticationError,
    ServiceBusError,
    SessionCannotBeLockedError,
)

from tests.contract.probes.servicebus_links import Probe, expect, expect_equal, refused

type Row = Callable[[Probe], str]

ROWS: list[tuple[str, Row]] = []


def _row(name: str) -> Callable[[Row], Row]:
    def register(row: Row) -> Row:
        ROWS.append((name, row))
        return row

    return register


@_row("a wrong key is refused")
def _wrong_key(probe: Probe) -> str:
    forged = probe.connection_string.replace("SharedAccessKey=", "SharedAccessKey=not-")
    with ServiceBusClient.from_connection_string(forged, retry_total=0) as client:
        sender = client.get_queue_sender("plain")
        with refused(ServiceBusAuthenticationError):
            sender.send_messages(ServiceBusMessage("x"))
    return "ServiceBusAuthenticationError"


@_row("an unknown entity is refused")
def _unknown_entity(probe: Probe) -> str:
    with refused(MessagingEntityNotFoundError):
        probe.sender("no-such-queue").send_messages(ServiceBusMessage("x"))
    return "MessagingEntityNotFoundError"


@_row("a message above 256 KB is refused")
def _oversized(probe: Probe) -> str:
    with refused(MessageSizeExceededError):
        probe.sender("plain").send_messages(ServiceBusMessage("x" * 300_000))
    return "MessageSizeExceededError"


@_row("a message without session is refused by a session queue")
def _no_session(probe: Probe) -> str:
    with refused(ServiceBusError, "SessionId"):
        probe.send("sessions", "x")
    return "amqp:not-allowed"


@_row("send, receive, complete")
def _send_receive(probe: Probe) -> str:
    sent = ServiceBusMessage(
        "hello",
        application_properties={"tenant": "t1", "n": 5},
        message_id="m1",
        subject="s",
        correlation_id="c",
        time_to_live=timedelta(hours=1),
    )
    probe.sender("plain").send_messages(sent)
    receiver = probe.receiver("plain")
    (message,) = probe.take(receiver, 1)
    receiver.complete_message(message)
    expect_equal((str(message), message.message_id, message.subject), ("hello", "m1", "s"))
    expect_equal(message.application_properties, {b"tenant": b"t1", b"n": 5})
    return f"sequence number {message.sequence_number}"


@_row("list and batch, in order")
def _batches(probe: Probe) -> str:
    probe.send("plain", *(f"x{number}" for number in range(50)))
    batch = probe.sender("plain").create_message_batch()
    for number in range(50, 100):
        batch.add_message(ServiceBusMessage(f"x{number}"))
    probe.sender("plain").send_messages(batch)
    expect_equal(probe.complete_all(probe.receiver("plain"), 100), [f"x{number}" for number in range(100)])
    return "100 messages"


@_row("a message of 250 KB in many frames")
def _large(probe: Probe) -> str:
    body = "x" * 250_000
    probe.send("plain", body)
    expect_equal(probe.complete_all(probe.receiver("plain"), 1), [body])
    return "250,000 bytes"


@_row("receive and delete")
def _receive_and_delete(probe: Probe) -> str:
    probe.send("plain", "gone")
    with probe.client.get_queue_receiver("plain", receive_mode="receiveanddelete") as receiver:
        expect_equal([str(one) for one in receiver.receive_messages(max_wait_time=5)], ["gone"])
    expect_equal(probe.receiver("plain").peek_messages(sequence_number=1), [])
    return "nothing left"


@_row("abandon up to the limit, then dead letters")
def _abandon(probe: Probe) -> str:
    probe.send("brief", "poison")
    receiver, buried = probe.receiver("brief"), probe.receiver("brief", "deadletter")
    counts = []
    for _ in range(3):
        (message,) = probe.take(receiver, 1)
        counts.append(message.delivery_count)
        receiver.abandon_message(message)
    (dead,) = probe.take(buried, 1)
    buried.complete_message(dead)
    expect_equal(counts, [0, 1, 2])
    expect_equal((dead.dead_letter_reason, dead.dead_letter_source), ("MaxDeliveryCountExceeded", "brief"))
    return f"delivery counts {counts}"


@_row("dead-letter with reason and description")
def _dead_letter(probe: Probe) -> str:
    probe.send("plain", "bad")
    receiver, buried = probe.receiver("plain"), probe.receiver("plain", "deadletter")
    (message,) = probe.take(receiver, 1)
    receiver.dead_letter_message(message, reason="BadSchema", error_description="row 7")
    (dead,) = probe.take(buried, 1)
    buried.complete_message(dead)
    expect_equal((dead.dead_letter_reason, dead.dead_letter_error_description), ("BadSchema", "row 7"))
    return "BadSchema: row 7"


@_row("lock renewal, expiry and redelivery")
def _locks(probe: Probe) -> str:
    receiver = probe.receiver("brief")
    probe.send("brief", "slow")
    (message,) = probe.take(receiver, 1)
    time.sleep(1.2)
    receiver.renew_message_lock(message)
    time.sleep(1.2)
    receiver.complete_message(message)
    probe.send("brief", "too slow")
    (message,) = probe.take(receiver, 1)
    time.sleep(2.1)
    with refused(MessageLockLostError):
        receiver.renew_message_lock(message)
    (again,) = probe.take(receiver, 1)
    receiver.complete_message(again)
    expect_equal(again.delivery_count, 1)
    return "held 2.4 s with a lock of 2 s; lost after 2.1 s"


@_row("automatic lock renewal")
def _renewer(probe: Probe) -> str:
    receiver = probe.receiver("brief")
    probe.send("brief", "work")
    with AutoLockRenewer() as renewer:
        (message,) = probe.take(receiver, 1)
        renewer.register(receiver, message, max_lock_renewal_duration=30)
        time.sleep(4)
        receiver.complete_message(message)
    return "held 4 s with a lock of 2 s"


@_row("schedule and cancel")
def _schedule(probe: Probe) -> str:
    due = datetime.now(UTC) + timedelta(seconds=1)
    sender, receiver = probe.sender("plain"), probe.receiver("plain")
    numbers = sender.schedule_messages([ServiceBusMessage("kept"), ServiceBusMessage("cancelled")], due)
    sender.cancel_scheduled_messages(numbers[1])
    sender.send_messages(ServiceBusMessage("by property", scheduled_enqueue_time_utc=due))
    bodies = set(probe.complete_all(receiver, 2))
    expect(datetime.now(UTC) >= due, "came too early")
    expect_equal(bodies, {"kept", "by property"})
    return "both when due"


@_row("time to live")
def _time_to_live(probe: Probe) -> str:
    probe.sender("plain").send_messages(
        ServiceBusMessage("short-lived", time_to_live=timedelta(milliseconds=200))
    )
    time.sleep(0.4)
    expect_equal(probe.receiver("plain").receive_messages(max_wait_time=0.5), [])
    return "gone after 200 ms"


@_row("defer")
def _defer(probe: Probe) -> str:
    receiver = probe.receiver("plain")
    probe.send("plain", "later")
    (message,) = probe.take(receiver, 1)
    receiver.defer_message(message)
    (deferred,) = receiver.receive_deferred_messages(message.sequence_number or 0)
    receiver.complete_message(deferred)
    expect_equal(str(deferred), "later")
    return "received by its number"


@_row("peek in pages")
def _peek(probe: Probe) -> str:
    receiver = probe.receiver("plain")
    probe.send("plain", *"01234")
    first = receiver.peek_messages(3, sequence_number=1)
    rest = receiver.peek_messages(10, sequence_number=(first[-1].sequence_number or 0) + 1)
    expect_equal([str(one) for one in (*first, *rest)], list("01234"))
    probe.complete_all(receiver, 5)
    return "3 + 2"


@_row("iterator with prefetch")
def _iterate(probe: Probe) -> str:
    probe.send("plain", *(str(number) for number in range(20)))
    count = 0
    with probe.client.get_queue_receiver("plain", prefetch_count=10, max_wait_time=0.5) as receiver:
        for message in receiver:
            receiver.complete_message(message)
            count += 1
    expect_equal(count, 20)
    return "20 messages"


@_row("confirmed settlements of each kind")
def _settlements(probe: Probe) -> str:
    receiver, buried = probe.receiver("plain"), probe.receiver("plain", "deadletter")
    probe.send("plain", "complete", "abandon", "bury")
    first, second, third = probe.take(receiver, 3)
    receiver.complete_message(first)
    receiver.abandon_message(second)
    receiver.dead_letter_message(third, reason="r")
    expect_equal(probe.complete_all(receiver, 1), ["abandon"])
    expect_equal(probe.complete_all(buried, 1), ["bury"])
    return "accepted, modified, rejected"


@_row("duplicate detection")
def _duplicates(probe: Probe) -> str:
    for _ in range(3):
        probe.sender("once").send_messages(ServiceBusMessage("x", message_id=f"id-{id(probe)}"))
    probe.complete_all(probe.receiver("once"), 1)
    expect_equal(probe.receiver("once").receive_messages(max_wait_time=0.5), [])
    return "1 of 3"


@_row("session: order, state, renewal, exclusive lock")
def _session(probe: Probe) -> str:
    bodies = [ServiceBusMessage(str(number), session_id=f"s{number % 2}") for number in range(6)]
    for message in bodies:
        probe.sender("sessions").send_messages(message)
    with probe.client.get_queue_receiver("sessions", session_id="s1") as receiver:
        receiver.session.set_state(b"state")
        expect_equal(receiver.session.get_state(), b"state")
        end = receiver.session.locked_until_utc
        receiver.session.renew_lock()
        renewed = receiver.session.locked_until_utc
        expect(end is not None and renewed is not None and renewed > end, "the lock did not grow")
        with refused(SessionCannotBeLockedError):
            probe.client.get_queue_receiver("sessions", session_id="s1").receive_messages(max_wait_time=2)
        expect_equal(probe.complete_all(receiver, 3), ["1", "3", "5"])
        receiver.session.set_state(None)
    return "1, 3, 5"


@_row("next available session, and time-out when there is none")
def _next_session(probe: Probe) -> str:
    with probe.client.get_queue_receiver(
        "sessions", session_id=NEXT_AVAILABLE_SESSION, max_wait_time=5
    ) as receiver:
        expect_equal(receiver.session.session_id, "s0")
        probe.complete_all(receiver, 3)
    idle = probe.client.get_queue_receiver("sessions", session_id=NEXT_AVAILABLE_SESSION, max_wait_time=1)
    with refused(OperationTimeoutError):
        idle.receive_messages()
    return "s0, then OperationTimeoutError"


@_row("list sessions")
def _list_sessions(probe: Probe) -> str:
    probe.sender("sessions").send_messages(ServiceBusMessage("x", session_id="listed"))
    expect_equal(list(probe.client.list_queue_sessions("sessions")), ["listed"])
    with probe.client.get_queue_receiver("sessions", session_id="listed") as receiver:
        probe.complete_all(receiver, 1)
    return "listed"


@_row("topic: all, correlation rule, session subscription")
def _topic(probe: Probe) -> str:
    messages = [
        ServiceBusMessage(body, application_properties={"subject": subject}, session_id="z")
        for body, subject in (("a", "maths"), ("b", "art"))
    ]
    with probe.client.get_topic_sender("events") as sender:
        sender.send_messages(messages)
    found = {}
    for name, count, session_id in (("all", 2, None), ("maths", 1, None), ("by-session", 2, "z")):
        with probe.client.get_subscription_receiver("events", name, session_id=session_id) as receiver:
            found[name] = probe.complete_all(receiver, count)
    expect_equal(found, {"all": ["a", "b"], "maths": ["a"], "by-session": ["a", "b"]})
    return str(found)


@_row("asynchronous SDK")
def _asynchronous(probe: Probe) -> str:
    async def exchange() -> list[str]:
        async with (
            AsyncServiceBusClient.from_connection_string(probe.connection_string) as client,
            client.get_queue_sender("plain") as sender,
            client.get_queue_receiver("plain") as receiver,
        ):
            await sender.send_messages([ServiceBusMessage(str(number)) for number in range(10)])
            bodies: list[str] = []
            while len(bodies) < 10:
                for message in await receiver.receive_messages(10, max_wait_time=5):
                    await receiver.complete_message(message)
                    bodies.append(str(message))
            return bodies

    expect_equal(asyncio.run(exchange()), [str(number) for number in range(10)])
    return "10 messages"
