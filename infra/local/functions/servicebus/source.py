"""The queue or subscription that a trigger names, and receivers on it."""

from azure.servicebus import ServiceBusSessionFilter
from azure.servicebus.aio import AutoLockRenewer, ServiceBusReceiver

from infra.local.functions.connections import Connections
from infra.local.functions.definitions import FunctionDefinition
from infra.local.functions.settings import Settings


class MessageSource:
    """Opens receivers on the entity of one trigger; `MissingSetting` when a name in it does not resolve."""

    def __init__(self, function: FunctionDefinition, settings: Settings, connections: Connections) -> None:
        trigger = function.trigger
        self._connections = connections
        self._connection = trigger.option("connection")
        self._queue = settings.resolve(trigger.option("queueName"))
        self._topic = settings.resolve(trigger.option("topicName"))
        self._subscription = settings.resolve(trigger.option("subscriptionName"))

    async def receiver(self, prefetch: int) -> ServiceBusReceiver:
        """Make a receiver for an entity without sessions; entering it opens the link."""
        client = await self._connections.service_bus(self._connection)
        if self._queue:
            return client.get_queue_receiver(self._queue, prefetch_count=prefetch)
        return client.get_subscription_receiver(self._topic, self._subscription, prefetch_count=prefetch)

    async def session_receiver(
        self, session: ServiceBusSessionFilter, prefetch: int, accept_seconds: float, renewer: AutoLockRenewer
    ) -> ServiceBusReceiver:
        """Make a receiver for a session; entering it waits for one and raises `OperationTimeoutError`."""
        client = await self._connections.service_bus(self._connection)
        if self._queue:
            return client.get_queue_receiver(
                self._queue,
                session_id=session,
                prefetch_count=prefetch,
                max_wait_time=accept_seconds,
                auto_lock_renewer=renewer,
            )
        return client.get_subscription_receiver(
            self._topic,
            self._subscription,
            session_id=session,
            prefetch_count=prefetch,
            max_wait_time=accept_seconds,
            auto_lock_renewer=renewer,
        )
