"""What the rows of the Service Bus probe work with: entities, links and expectations."""

from collections.abc import Iterator
from contextlib import contextmanager

from azure.servicebus import (
    ServiceBusClient,
    ServiceBusMessage,
    ServiceBusReceivedMessage,
    ServiceBusReceiver,
    ServiceBusSender,
)
from azure.servicebus.exceptions import ServiceBusError

from tests.fixtures.servicebus import config, queue, subscription, topic


def probe_config() -> str:
    """Return the entities that the probe works with."""
    queues = [
        queue("plain"),
        queue("brief", LockDuration="PT2S", MaxDeliveryCount=3),
        queue("sessions", RequiresSession=True, LockDuration="PT10S"),
        queue("once", RequiresDuplicateDetection=True),
    ]
    subscriptions = (
        subscription("all"),
        subscription("maths", {"Properties": {"subject": "maths"}}),
        subscription("by-session", RequiresSession=True),
    )
    return config(queues, [topic("events", *subscriptions)])


class Probe:
    """Links to the entities, each opened once: opening one takes the SDK half a second."""

    def __init__(self, connection_string: str) -> None:
        self.connection_string = connection_string
        self.client = ServiceBusClient.from_connection_string(connection_string, retry_total=0)
        self._senders: dict[str, ServiceBusSender] = {}
        self._receivers: dict[str, ServiceBusReceiver] = {}

    def sender(self, name: str) -> ServiceBusSender:
        """Return the sender of a queue."""
        if name not in self._senders:
            self._senders[name] = self.client.get_queue_sender(name)
        return self._senders[name]

    def receiver(self, name: str, sub_queue: str | None = None) -> ServiceBusReceiver:
        """Return the receiver of a queue or its dead-letter queue."""
        key = f"{name}/{sub_queue}"
        if key not in self._receivers:
            self._receivers[key] = self.client.get_queue_receiver(name, sub_queue=sub_queue)
        return self._receivers[key]

    def send(self, name: str, *bodies: str) -> None:
        """Send texts as one batch."""
        self.sender(name).send_messages([ServiceBusMessage(body) for body in bodies])

    def take(self, receiver: ServiceBusReceiver, count: int) -> list[ServiceBusReceivedMessage]:
        """Receive exactly so many messages."""
        messages: list[ServiceBusReceivedMessage] = []
        while len(messages) < count:
            more = receiver.receive_messages(count - len(messages), max_wait_time=5)
            expect(len(more) > 0, f"{len(messages)} of {count} messages came")
            messages += more
        return messages

    def complete_all(self, receiver: ServiceBusReceiver, count: int) -> list[str]:
        """Receive and complete exactly so many messages and return their texts."""
        messages = self.take(receiver, count)
        for message in messages:
            receiver.complete_message(message)
        return [str(message) for message in messages]

    def close(self) -> None:
        """Close the links and the client."""
        for link in (*self._senders.values(), *self._receivers.values()):
            link.close()
        self.client.close()


def expect(holds: bool, what: str) -> None:
    """Raise `AssertionError` saying what is wrong unless it holds."""
    if not holds:
        raise AssertionError(what)


def expect_equal(actual: object, expected: object) -> None:
    """Raise `AssertionError` with both values unless they are equal."""
    expect(actual == expected, f"{actual!r} instead of {expected!r}")


@contextmanager
def refused(kind: type[ServiceBusError], text: str = "") -> Iterator[None]:
    """Raise `AssertionError` unless what is tried inside is refused so, with a text in its message."""
    try:
        yield
    except kind as refusal:
        expect(text in str(refusal), f"refused without saying {text!r}: {refusal}")
    else:
        raise AssertionError(f"not refused with {kind.__name__}")
