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
from infra.local.functions.settings import HOST_STORAGE, Settings
from infra.local.functions.supervision import Listener
from infra.local.topology import EventSubscription

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HostState:
    """What the listeners of one app share: its id, its event subscriptions, the file of its receipts.

    `instance` tells this process from others that run at the same time, not from one that ran before it.
    """

    host_id: str
    instance: str
    subscriptions: Sequence[EventSubscription]
    receipts_file: Path


class ListenerFactory:
    """Makes listeners. `InvalidBinding` or `MissingSetting` tell why a trigger cannot be served."""

    def __init__(
        self,
        settings: Settings,
        connections: Connections,
        invoker: Invoker,
        extensions: ExtensionOptions,
        state: HostState,
    ) -> None:
        self._settings = settings
        self._connections = connections
        self._invoker = invoker
        self._extensions = extensions
        self._state = state

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
        from infra.local.functions.servicebus.triggers import (  # noqa: PLC0415 - loads the SDK
            service_bus_listener,
        )

        options = self._extensions.service_bus
        return service_bus_listener(function, self._settings, self._connections, self._invoker, options)

    async def _blobs(self, function: FunctionDefinition) -> Sequence[Listener]:
        from infra.local.functions.blobs.receipts import Receipts  # noqa: PLC0415 - loads with its triggers
        from infra.local.functions.blobs.triggers import BlobTriggers  # noqa: PLC0415 - loads the SDK

        triggers = BlobTriggers(
            self._settings,
            self._connections,
            self._invoker,
            Receipts(self._state.receipts_file),
            self._extensions.blobs,
            self._state.host_id,
        )
        if function.trigger.type == "blobTrigger":
            return [await triggers.blob_listener(function)]
        found = await triggers.event_listeners(function, self._state.subscriptions)
        if not found:
            _log.warning("no event subscription of the topology names %s", function.name)
        return found

    async def _timer(self, function: FunctionDefinition) -> Listener:
        from infra.local.functions.host_container import HostContainer  # noqa: PLC0415 - loads the SDK
        from infra.local.functions.timers.listener import timer_listener  # noqa: PLC0415 - the same

        hosts = HostContainer(await self._connections.blobs(HOST_STORAGE), self._state.host_id)
        return timer_listener(function, self._settings, hosts, self._invoker, self._state.instance)

    def _change_feed(self, function: FunctionDefinition) -> Listener:
        from infra.local.functions.changefeed.listener import ChangeFeedListener  # noqa: PLC0415 - loads the SDK
        from infra.local.functions.changefeed.options import feed_options  # noqa: PLC0415 - the same

        options = feed_options(function, self._settings)
        return ChangeFeedListener(function, options, self._connections, self._invoker, self._state.instance)
