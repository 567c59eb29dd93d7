"""Builds the listeners of blob triggers and Event Grid triggers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from azure.storage.blob.aio import BlobServiceClient

from infra.local.functions.blobs.deliveries import BlobListener, Subscriber
from infra.local.functions.blobs.events import WrittenBlob, blob_created
from infra.local.functions.blobs.listing import BlobWatch
from infra.local.functions.blobs.poison import record_poison
from infra.local.functions.blobs.receipts import Receipts
from infra.local.functions.blobs.written import WrittenNames
from infra.local.functions.connections import Connections
from infra.local.functions.definitions import FunctionDefinition
from infra.local.functions.engine import Call, TypedValue, as_json, blob_reference, text
from infra.local.functions.errors import InvalidBinding
from infra.local.functions.expressions import BlobPattern
from infra.local.functions.host_container import HostContainer
from infra.local.functions.host_json import BlobOptions
from infra.local.functions.invocations import Invoker
from infra.local.functions.settings import HOST_STORAGE, Settings
from infra.local.topology import EventSubscription


@dataclass(frozen=True, slots=True)
class BlobTriggers:
    """Makes listeners that share receipts and options."""

    settings: Settings
    connections: Connections
    invoker: Invoker
    receipts: Receipts
    options: BlobOptions
    host_id: str

    async def blob_listener(self, function: FunctionDefinition) -> BlobListener:
        """Return the listener of a blob trigger; its path tells container, prefix and placeholders."""
        trigger = function.trigger
        if trigger.option("source") != "EventGrid":
            raise InvalidBinding(function.name, "a blob trigger needs source EventGrid: Flex has no other")
        if not function.takes_sdk_type:
            raise InvalidBinding(
                function.name,
                f"{trigger.name!r} must be a BlobClient: other types hold the whole blob in memory",
            )
        try:
            pattern = BlobPattern(self.settings.resolve(trigger.option("path")))
        except ValueError as fault:
            raise InvalidBinding(function.name, str(fault)) from fault
        connection = trigger.option("connection", HOST_STORAGE)
        service = await self.connections.blobs(connection)
        subscriber = Subscriber(
            function=function.name,
            takes=lambda blob: pattern.match(blob.name) is not None,
            run=partial(self._run_on_blob, function, pattern, service, connection),
            record_poison=partial(record_poison, HostContainer(service, self.host_id), function.name),
        )
        return self._listener(subscriber, service, pattern.container, pattern.prefix)

    async def event_listeners(
        self, function: FunctionDefinition, subscriptions: Iterable[EventSubscription]
    ) -> list[BlobListener]:
        """Return one listener for each declared subscription of an Event Grid trigger."""
        service = await self.connections.blobs(HOST_STORAGE)
        subscriber = Subscriber(
            function=function.name,
            takes=lambda _blob: True,
            run=partial(self._run_on_event, function, service),
            record_poison=partial(record_poison, HostContainer(service, self.host_id), function.name),
        )
        return [
            self._listener(subscriber, service, it.container, it.prefix)
            for it in subscriptions
            if it.function == function.name
        ]

    def _listener(
        self, subscriber: Subscriber, service: BlobServiceClient, container: str, prefix: str
    ) -> BlobListener:
        watch = BlobWatch(service, container, prefix, WrittenNames(service.url, container))
        return BlobListener(subscriber, watch, self.receipts, self.options)

    async def _run_on_blob(
        self,
        function: FunctionDefinition,
        pattern: BlobPattern,
        service: BlobServiceClient,
        connection: str,
        blob: WrittenBlob,
    ) -> bool:
        value = blob_reference(connection, blob.container, blob.name)
        call = Call(function, value, _blob_metadata(blob, service.url))
        outcome = await self.invoker.run(call, pattern.match(blob.name) or {})
        return outcome.error is None

    async def _run_on_event(
        self, function: FunctionDefinition, service: BlobServiceClient, blob: WrittenBlob
    ) -> bool:
        event = blob_created(blob, service.account_name or "", service.url)
        outcome = await self.invoker.run(Call(function, as_json(event)))
        return outcome.error is None


def _blob_metadata(blob: WrittenBlob, account_url: str) -> Mapping[str, TypedValue]:
    return {
        "BlobTrigger": text(f"{blob.container}/{blob.name}"),
        "Uri": text(f"{account_url.rstrip('/')}/{blob.container}/{blob.name}"),
        "Properties": as_json(
            {
                "ETag": f'"{blob.etag}"',
                "ContentLength": blob.size,
                "ContentType": blob.content_type,
                "LastModified": blob.modified.isoformat(),
            }
        ),
    }
