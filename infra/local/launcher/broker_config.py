"""The broker's entities in the shape of the `Config.json` of Microsoft's Service Bus emulator."""

from datetime import timedelta

from pydantic import TypeAdapter

from infra.local.topology import CorrelationRule, Queue, ServiceBus, Subscription, Topic

type Json = str | int | bool | list[Json] | dict[str, Json]

_DURATION = TypeAdapter(timedelta)


def broker_config(bus: ServiceBus) -> dict[str, Json]:
    """Return the entities of one namespace; the same file starts Microsoft's emulator."""
    namespace: dict[str, Json] = {
        "Name": "termtide",
        "Queues": [_queue(queue) for queue in bus.queues],
        "Topics": [_topic(topic) for topic in bus.topics],
    }
    return {"UserConfig": {"Namespaces": [namespace], "Logging": {"Type": "Console"}}}


def _queue(queue: Queue) -> Json:
    return {"Name": queue.name, "Properties": _receiving(queue) | _deduplication(queue)}


def _topic(topic: Topic) -> Json:
    properties: dict[str, Json] = {"DefaultMessageTimeToLive": _iso(topic.default_message_time_to_live)}
    return {
        "Name": topic.name,
        "Properties": properties | _deduplication(topic),
        "Subscriptions": [_subscription(subscription) for subscription in topic.subscriptions],
    }


def _subscription(subscription: Subscription) -> Json:
    rules: list[Json] = [_rule(rule) for rule in subscription.rules]
    return {"Name": subscription.name, "Properties": _receiving(subscription), "Rules": rules}


def _rule(rule: CorrelationRule) -> Json:
    correlation: dict[str, Json] = {"Properties": dict(rule.properties)}
    if rule.label is not None:
        correlation["Label"] = rule.label
    return {
        "Name": rule.name,
        "Properties": {"FilterType": "Correlation", "CorrelationFilter": correlation},
    }


def _receiving(entity: Queue | Subscription) -> dict[str, Json]:
    return {
        "DeadLetteringOnMessageExpiration": entity.dead_lettering_on_message_expiration,
        "DefaultMessageTimeToLive": _iso(entity.default_message_time_to_live),
        "LockDuration": _iso(entity.lock_duration),
        "MaxDeliveryCount": entity.max_delivery_count,
        "RequiresSession": entity.requires_session,
    }


def _deduplication(entity: Queue | Topic) -> dict[str, Json]:
    return {
        "DuplicateDetectionHistoryTimeWindow": _iso(entity.duplicate_detection_history_time_window),
        "RequiresDuplicateDetection": entity.requires_duplicate_detection,
    }


def _iso(duration: timedelta) -> str:
    text: str = _DURATION.dump_python(duration, mode="json")
    return text
