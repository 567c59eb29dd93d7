"""How fast the local broker is through the SDK: 1 KB messages, durable, one client process.

Durable: sends and settlements are confirmed after their commit, which survives `kill -9` of the broker.
"""

import sys
import tempfile
import time
from pathlib import Path

from azure.servicebus import ServiceBusClient, ServiceBusMessage, ServiceBusReceiver, ServiceBusSender

from tests.fixtures.servicebus import LocalBroker, config, queue

_MESSAGES = 20_000
_BATCH = 100
_BODY = b"x" * 1024


def run() -> list[tuple[str, float, str, float]]:
    """Return name, value, unit and target of each figure; a target is the least value that is good enough."""
    with tempfile.TemporaryDirectory(prefix="termtide-bench-") as folder:
        broker = LocalBroker(Path(folder), config([queue("bench")]))
        try:
            with ServiceBusClient.from_connection_string(broker.connection_string) as client:
                with client.get_queue_sender("bench") as sender:
                    sent = _batched_sends(sender)
                with client.get_queue_receiver("bench", prefetch_count=300) as receiver:
                    completed = _receive_and_complete(receiver)
        finally:
            broker.server.stop()
    return [
        ("Service Bus, batched sends of 100, 1 client process", sent, "messages/s", 8_000.0),
        ("Service Bus, receive + complete, 1 client process", completed, "messages/s", 2_000.0),
    ]


def _batched_sends(sender: ServiceBusSender) -> float:
    started = time.perf_counter()
    for _ in range(_MESSAGES // _BATCH):
        sender.send_messages([ServiceBusMessage(_BODY) for _ in range(_BATCH)])
    return _MESSAGES / (time.perf_counter() - started)


def _receive_and_complete(receiver: ServiceBusReceiver) -> float:
    done = 0
    started = time.perf_counter()
    while done < _MESSAGES:
        for message in receiver.receive_messages(max_message_count=_BATCH, max_wait_time=10):
            receiver.complete_message(message)
            done += 1
    return done / (time.perf_counter() - started)


def main() -> int:
    """Print the figures as a table; 1 when one misses its target."""
    figures = run()
    for name, value, unit, target in figures:
        verdict = "ok" if value >= target else "MISSED"
        sys.stdout.write(f"{name:<55} {value:>10,.0f} {unit:<12} target {target:>8,.0f}  {verdict}\n")
    return 0 if all(value >= target for _, value, _, target in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
