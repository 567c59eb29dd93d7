"""Entities that the suite works with; a real namespace that the suite is pointed at must have the same.

Each flavour of the SDK has its own, since a receiver that stays open keeps asking for messages. Durations are
short so that the suite is quick; with longer ones, the tests only take longer.
"""

from collections.abc import Iterator

from tests.fixtures.servicebus import config, queue, subscription, topic

FLAVOURS = ("sync", "aio")


def _queues(flavour: str) -> Iterator[dict[str, object]]:
    yield queue(f"{flavour}-plain", LockDuration="PT30S")
    yield queue(f"{flavour}-brief", LockDuration="PT2S", MaxDeliveryCount=3)
    # Below three seconds, the SDK's own renewer looks too seldom.
    yield queue(f"{flavour}-renewed", LockDuration="PT3S")
    yield queue(f"{flavour}-expiring", DefaultMessageTimeToLive="PT1S", DeadLetteringOnMessageExpiration=True)
    yield queue(f"{flavour}-once", RequiresDuplicateDetection=True)
    yield queue(f"{flavour}-sessions", RequiresSession=True, LockDuration="PT4S")


def _topic(flavour: str) -> dict[str, object]:
    return topic(
        f"{flavour}-events",
        subscription("all"),
        subscription("maths", {"Properties": {"subject": "maths"}}, {"Label": "numbers"}),
        subscription("by-session", RequiresSession=True),
    )


def suite_config() -> str:
    """Return the configuration file of the local broker."""
    queues = [entity for flavour in FLAVOURS for entity in _queues(flavour)]
    return config(queues, [_topic(flavour) for flavour in FLAVOURS])
