"""What survives `kill -9` of the local broker, and what may not come back. Only for the local broker."""

import gc
import itertools
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from azure.servicebus import (
    ServiceBusClient,
    ServiceBusMessage,
    ServiceBusReceivedMessage,
    ServiceBusReceiver,
)
from azure.servicebus.exceptions import ServiceBusError

from tests.fixtures.servicebus import LocalBroker, config, queue

# The SDK never closes the sockets of connections that died; the fixture collects them inside this filter.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")

_QUEUES = config(
    [
        queue("load", LockDuration="PT1S", MaxDeliveryCount=100),
        queue("kept", LockDuration="PT4S", MaxDeliveryCount=3),
        queue("once", RequiresDuplicateDetection=True),
        queue("sessions", RequiresSession=True, LockDuration="PT30S"),
    ]
)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[LocalBroker]:
    broker = LocalBroker(tmp_path, _QUEUES)
    yield broker
    gc.collect()
    assert broker.server.stop() == 0, broker.server.output


def _client(broker: LocalBroker) -> ServiceBusClient:
    return ServiceBusClient.from_connection_string(broker.connection_string, retry_total=0)


@dataclass(slots=True)
class Ledger:
    """What clients did: `sent` and `completed` are confirmed, the rest was perhaps under way at the crash."""

    attempted: set[str] = field(default_factory=set)
    sent: set[str] = field(default_factory=set)
    settling: set[str] = field(default_factory=set)
    completed: set[str] = field(default_factory=set)
    enough: threading.Event = field(default_factory=threading.Event)


def _send_until_it_fails(broker: LocalBroker, ledger: Ledger, numbers: Iterator[int]) -> None:
    with _client(broker) as client, client.get_queue_sender("load") as sender:
        while True:
            bodies = [f"m{next(numbers)}" for _ in range(5)]
            ledger.attempted.update(bodies)
            sender.send_messages([ServiceBusMessage(body) for body in bodies])
            ledger.sent.update(bodies)


def _complete_until_it_fails(broker: LocalBroker, ledger: Ledger) -> None:
    with _client(broker) as client, client.get_queue_receiver("load", prefetch_count=20) as receiver:
        while True:
            for message in receiver.receive_messages(20, max_wait_time=5):
                ledger.settling.add(str(message))
                receiver.complete_message(message)
                ledger.completed.add(str(message))
                if len(ledger.completed) >= 500:
                    ledger.enough.set()


def test_nothing_confirmed_is_lost_and_nothing_completed_returns(broker: LocalBroker) -> None:
    ledger, numbers = Ledger(), itertools.count()
    with ThreadPoolExecutor(5) as pool:
        workers = [pool.submit(_send_until_it_fails, broker, ledger, numbers) for _ in range(3)]
        workers += [pool.submit(_complete_until_it_fails, broker, ledger) for _ in range(2)]
        assert ledger.enough.wait(30)
        broker.server.kill9()
        for worker in workers:
            with pytest.raises(ServiceBusError):
                worker.result()
    broker.start()
    found = _everything_in(broker, "load")
    assert len(found) == len(set(found)), "a message was stored twice"
    assert ledger.sent - ledger.settling <= set(found), "a confirmed message is lost"
    assert set(found) <= ledger.attempted - ledger.completed, "a completed message came back"


def _everything_in(broker: LocalBroker, name: str) -> list[str]:
    """Drain a queue, waiting long enough for locks of a second to expire."""
    bodies = []
    with (
        _client(broker) as client,
        client.get_queue_receiver(name, receive_mode="receiveanddelete") as receiver,
    ):
        while messages := receiver.receive_messages(500, max_wait_time=1.5):
            bodies += [str(message) for message in messages]
    return bodies


def test_locks_counts_deferred_and_scheduled_messages_survive(broker: LocalBroker) -> None:
    with _client(broker) as client:
        with client.get_queue_sender("kept") as sender:
            sender.send_messages([ServiceBusMessage(body) for body in ("locked", "failed", "deferred")])
            due = datetime.now(UTC) + timedelta(seconds=4)
            sender.schedule_messages(ServiceBusMessage("scheduled"), due)
        with client.get_queue_receiver("kept") as receiver:
            locked, failed, deferred = _receive(receiver, 3)
            receiver.abandon_message(failed)
            receiver.abandon_message(_receive(receiver, 1)[0])
            receiver.defer_message(deferred)
    locked_until = locked.locked_until_utc
    assert locked_until is not None
    broker.restart_after_crash()
    with _client(broker) as client, client.get_queue_receiver("kept") as receiver:
        number = deferred.sequence_number or 0
        assert [str(one) for one in receiver.receive_deferred_messages(number)] == ["deferred"]
        counts = {}
        for _ in range(3):
            (message,) = _receive(receiver, 1)
            counts[str(message)] = message.delivery_count
            receiver.complete_message(message)
            arrived = datetime.now(UTC)
            assert arrived >= {"locked": locked_until, "scheduled": due}.get(str(message), arrived)
    assert counts == {"failed": 2, "locked": 1, "scheduled": 0}


def test_a_lock_from_before_the_crash_can_still_be_settled(broker: LocalBroker) -> None:
    with _client(broker) as client:
        with client.get_queue_sender("once") as sender:
            sender.send_messages(ServiceBusMessage("x"))
        with client.get_queue_receiver("once") as receiver:
            token = _receive(receiver, 1)[0].lock_token
            assert token is not None
    broker.restart_after_crash()
    with _client(broker) as client, client.get_queue_receiver("once") as receiver:
        receiver._settle_message_via_mgmt_link("completed", [token], None)
        assert receiver.peek_messages() == []


def test_sessions_keep_order_and_state_and_are_free_again(broker: LocalBroker) -> None:
    with _client(broker) as client:
        with client.get_queue_sender("sessions") as sender:
            sender.send_messages([ServiceBusMessage(str(n), session_id="s") for n in range(6)])
        with client.get_queue_receiver("sessions", session_id="s") as holder:
            messages = _receive(holder, 3)
            holder.complete_message(messages[0])
            holder.session.set_state(b"after 0")
            broker.restart_after_crash()
    with _client(broker) as client, client.get_queue_receiver("sessions", session_id="s") as successor:
        assert successor.session.get_state() == b"after 0"
        assert [str(one) for one in _receive(successor, 5)] == ["1", "2", "3", "4", "5"]


def test_a_duplicate_is_known_after_the_crash(broker: LocalBroker) -> None:
    _send_same(broker)
    broker.restart_after_crash()
    _send_same(broker)
    assert broker.counts("once")["active"] == 1


def _send_same(broker: LocalBroker) -> None:
    with _client(broker) as client, client.get_queue_sender("once") as sender:
        sender.send_messages(ServiceBusMessage("x", message_id="same"))


def _receive(receiver: ServiceBusReceiver, count: int) -> list[ServiceBusReceivedMessage]:
    received: list[ServiceBusReceivedMessage] = []
    while len(received) < count:
        more = receiver.receive_messages(count - len(received), max_wait_time=6)
        assert more, f"{len(received)} of {count} messages came"
        received += more
    return received
