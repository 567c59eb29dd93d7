"""Topics: each message is copied to the subscriptions whose rules it matches."""

from dataclasses import dataclass

from infra.local.servicebus.entities.entity import Entity, EntityRules, Surroundings
from infra.local.servicebus.entities.filters import Rule
from infra.local.servicebus.entities.incoming import routing_values
from infra.local.servicebus.entities.message import Message
from infra.local.servicebus.entities.queue import Queue


@dataclass(frozen=True, slots=True)
class Subscription:
    """A queue that gets the messages which at least one of its rules matches."""

    queue: Queue
    rules: tuple[Rule, ...]


class Topic(Entity):
    """Keeps scheduled messages until they are due; all others go on at once."""

    def __init__(
        self,
        path: str,
        entity_id: int,
        rules: EntityRules,
        surroundings: Surroundings,
        subscriptions: tuple[Subscription, ...],
    ) -> None:
        super().__init__(path, entity_id, rules, surroundings)
        self.subscriptions = subscriptions

    def _activate(self, message: Message) -> None:
        payload = self.journal.payload(message)
        properties, application = routing_values(payload)
        limits = [
            limit for limit in (message.time_to_live, self.rules.default_time_to_live) if limit is not None
        ]
        for subscription in self.subscriptions:
            if any(rule.matches(properties, application) for rule in subscription.rules):
                copy = message.copy()
                copy.payload = payload
                copy.time_to_live = min(limits) if limits else None
                subscription.queue.admit(copy)
        if message.row_id:
            self.discard(message)
