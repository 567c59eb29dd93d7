"""Makes the listeners that an app's triggers need, each family loaded only when a trigger asks for it."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.local.functions.connections import Connections
from infra.local.functions.definitions import FunctionDefinition
from infra.local.functions.errors import InvalidBinding
from infra.local.functions.host_json import ExtensionOptions
from infra.local.functions.invocations import Invoker
from infra.local.functions.settings import Settings
from infra.local.functions.supervision import Listener
from infra.local.topology import EventSubscription

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ListenerFactory:
    """Makes listeners. `InvalidBinding` or `MissingSetting` tell why a trigger cannot be served."""

    settings: Settings
    connections: Connections
    invoker: Invoker
    extensions: ExtensionOptions
    subscriptions: Sequence[EventSubscription]
    data: Path

    async def listeners(self, function: FunctionDefinition) -> Sequence[Listener]:
        """Return the listeners of one function; none for an HTTP trigger."""
        match function.trigger.type:
            case "httpTrigger":
                return []
            case "serviceBusTrigger":
                return [self._service_bus(function)]
            case "blobTrigger" | "eventGridTrigger":
                return await self._blobs(function)
            case "timerTrigger":
                return [await self._timer(function)]
            case "cosmosDBTrigger":
                return [self._change_feed(function)]
            case other:
                raise InvalidBinding(function.name, f"a trigger of type {other!r} is not served")

    def _service_bus(self, function: FunctionDefinition) -> Listener:
        from infra.local.functions.servicebus.listeners import (  # noqa: PLC0415 - loads the SDK
            BatchListener,
            SingleListener,
        )
        from infra.local.functions.servicebus.sessions import SessionListener  # noqa: PLC0415 - the same
        from infra.local.functions.servicebus.settlement import MessageHandler  # noqa: PLC0415 - the same
        from infra.local.functions.servicebus.source import MessageSource  # noqa: PLC0415 - the same

        options = self.extensions.service_bus
        source = MessageSource(function, self.settings, self.connections)
        handler = MessageHandler(function, self.invoker, options)
        batches = function.trigger.option("cardinality", "ONE").upper() == "MANY"
        if function.trigger.options.get("isSessionsEnabled"):
            return SessionListener(source, handler, options, batches=batches)
        if batches:
            return BatchListener(source, handler, options)
        return SingleListener(source, handler, options)

    async def _blobs(self, function: FunctionDefinition) -> Sequence[Listener]:
        from infra.local.functions.blobs.receipts import Receipts  # noqa: PLC0415 - loads with its triggers
        from infra.local.functions.blobs.triggers import BlobTriggers  # noqa: PLC0415 - loads the SDK

        triggers = BlobTriggers(
            self.settings,
            self.connections,
            self.invoker,
            Receipts(self.data / "receipts.sqlite"),
            self.extensions.blobs,
        )
        if function.trigger.type == "blobTrigger":
            return [await triggers.blob_listener(function)]
        found = await triggers.event_listeners(function, self.subscriptions)
        if not found:
            _log.warning("no event subscription of the topology names %s", function.name)
        return found

    async def _timer(self, function: FunctionDefinition) -> Listener:
        from infra.local.functions.timers.listener import timer_listener  # noqa: PLC0415 - loads the SDK

        return await timer_listener(function, self.settings, self.connections, self.invoker)

    def _change_feed(self, function: FunctionDefinition) -> Listener:
        from infra.local.functions.changefeed.listener import ChangeFeedListener  # noqa: PLC0415 - loads the SDK
        from infra.local.functions.changefeed.options import feed_options  # noqa: PLC0415 - the same

        options = feed_options(function, self.settings)
        return ChangeFeedListener(function, options, self.connections, self.invoker)
