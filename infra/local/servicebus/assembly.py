"""From configuration and stored state to a living namespace."""

from datetime import timedelta

from infra.local.servicebus.config import (
    CorrelationFilter,
    NamespaceConfig,
    QueueConfig,
    QueueProperties,
    SubscriptionConfig,
    SubscriptionProperties,
    TopicConfig,
    TopicProperties,
)
from infra.local.servicebus.config import Rule as RuleConfig
from infra.local.servicebus.entities.clock import Clock
from infra.local.servicebus.entities.entity import Entity, EntityRules, Surroundings
from infra.local.servicebus.entities.filters import CorrelationRule, Rule, TrueRule
from infra.local.servicebus.entities.namespace import DEAD_LETTER_SUFFIX, Namespace
from infra.local.servicebus.entities.queue import Queue
from infra.local.servicebus.entities.topic import Subscription, Topic
from infra.local.servicebus.storage.store import Store


def assemble(config: NamespaceConfig, store: Store, clock: Clock) -> Namespace:
    """Return the namespace with everything that the store holds for its entities.

    What the store holds for entities that are no longer configured stays there untouched.
    """
    builder = _Builder(store, Surroundings(store, clock))
    for queue in config.queues:
        builder.queue(queue.name, _queue_rules(queue))
    for topic in config.topics:
        builder.topic(topic)
    _restore(builder.entities, store)
    return Namespace(builder.entities)


class _Builder:
    def __init__(self, store: Store, surroundings: Surroundings) -> None:
        self._store = store
        self._surroundings = surroundings
        self.entities: list[Entity] = []

    def queue(self, path: str, rules: EntityRules) -> Queue:
        burial = EntityRules(lock_duration=rules.lock_duration, max_delivery_count=None)
        dead_letters = self._queue(path + DEAD_LETTER_SUFFIX, burial, None)
        return self._queue(path, rules, dead_letters)

    def topic(self, config: TopicConfig) -> None:
        subscriptions = tuple(self._subscription(config.name, one) for one in config.subscriptions)
        entity_id, sequence = self._store.register(config.name, requires_session=False)
        topic = Topic(
            config.name, entity_id, _topic_rules(config.properties), self._surroundings, subscriptions
        )
        topic.last_sequence = sequence
        self.entities.append(topic)

    def _subscription(self, topic: str, config: SubscriptionConfig) -> Subscription:
        queue = self.queue(f"{topic}/Subscriptions/{config.name}", _receiving_rules(config.properties, None))
        return Subscription(queue, tuple(_rule(rule) for rule in config.rules) or (TrueRule(),))

    def _queue(self, path: str, rules: EntityRules, dead_letters: Queue | None) -> Queue:
        entity_id, sequence = self._store.register(path, requires_session=rules.requires_session)
        queue = Queue(path, entity_id, rules, self._surroundings, dead_letters)
        queue.last_sequence = sequence
        self.entities.append(queue)
        return queue


def _restore(entities: list[Entity], store: Store) -> None:
    by_id = {entity.entity_id: entity for entity in entities}
    for entity_id, session_id, state, updated_at in store.stored_sessions():
        entity = by_id.get(entity_id)
        if isinstance(entity, Queue) and entity.sessions is not None:
            session = entity.sessions.session(session_id)
            session.state, session.state_updated_at = state, updated_at
    for entity_id, message_id, expires_at in store.stored_duplicates():
        entity = by_id.get(entity_id)
        if entity is not None and entity.duplicates is not None:
            entity.duplicates.restore(message_id, expires_at)
    for message in store.stored_messages():
        entity = by_id.get(message.entity_id)
        if entity is not None:
            entity.restore(message)


def _milliseconds(duration: timedelta) -> int:
    return duration // timedelta(milliseconds=1)


def _window(properties: QueueProperties | TopicProperties) -> int | None:
    window = _milliseconds(properties.duplicate_detection_history_time_window)
    return window if properties.requires_duplicate_detection else None


def _queue_rules(queue: QueueConfig) -> EntityRules:
    return _receiving_rules(queue.properties, _window(queue.properties))


def _receiving_rules(properties: SubscriptionProperties, window: int | None) -> EntityRules:
    time_to_live = properties.default_message_time_to_live
    return EntityRules(
        lock_duration=_milliseconds(properties.lock_duration),
        max_delivery_count=properties.max_delivery_count,
        requires_session=properties.requires_session,
        default_time_to_live=None if time_to_live is None else _milliseconds(time_to_live),
        duplicate_window=window,
        dead_letters_expired=properties.dead_lettering_on_message_expiration,
    )


def _topic_rules(properties: TopicProperties) -> EntityRules:
    time_to_live = properties.default_message_time_to_live
    return EntityRules(
        default_time_to_live=None if time_to_live is None else _milliseconds(time_to_live),
        duplicate_window=_window(properties),
    )


def _rule(rule: RuleConfig) -> Rule:
    if rule.properties.filter_type == "Sql":
        return TrueRule()
    correlation = rule.properties.correlation_filter or CorrelationFilter()
    system = correlation.model_dump(exclude={"properties"}, exclude_none=True)
    return CorrelationRule(system, correlation.properties)
