"""Output bindings: what a function returned or set is sent on, before its trigger counts as handled."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from infra.local.functions.connections import Connections
from infra.local.functions.definitions import Binding, FunctionDefinition
from infra.local.functions.engine import Outcome, TypedValue
from infra.local.functions.errors import InvalidBinding
from infra.local.functions.expressions import fill
from infra.local.functions.settings import Settings

if TYPE_CHECKING:
    from azure.servicebus.aio import ServiceBusSender

_SENT = ("serviceBus", "blob")
_RETURN = "$return"


class Outputs:
    """Sends outputs over the connections of the app. A failure raises the SDK's error to the invocation."""

    def __init__(self, settings: Settings, connections: Connections) -> None:
        self._settings = settings
        self._connections = connections
        self._senders: dict[tuple[str, str], ServiceBusSender] = {}
        # A sender opens its link on first use, which two tasks must not do at once.
        self._locks: defaultdict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)
        self._open = AsyncExitStack()

    async def send(
        self, function: FunctionDefinition, outcome: Outcome, binding_data: Mapping[str, str]
    ) -> None:
        """Send each output that the invocation produced. `binding_data` fills `{name}` in blob paths."""
        produced = dict(outcome.outputs)
        if outcome.returned is not None:
            produced[_RETURN] = outcome.returned
        for binding in function.outputs:
            value = produced.get(binding.name)
            if binding.type not in _SENT or value is None or value.value is None:
                continue
            if binding.type == "serviceBus":
                await self._send_messages(binding, value)
            else:
                await self._write_blob(binding, value, binding_data)

    async def aclose(self) -> None:
        """Close the senders."""
        await self._open.aclose()

    async def _send_messages(self, binding: Binding, value: TypedValue) -> None:
        from azure.servicebus import ServiceBusMessage  # noqa: PLC0415 - loads with the first output

        key = (
            binding.option("connection"),
            self._settings.resolve(binding.option("queueName") or binding.option("topicName")),
        )
        async with self._locks[key]:
            sender = self._senders.get(key) or await self._open_sender(
                *key, is_topic="topicName" in binding.options
            )
            await sender.send_messages([ServiceBusMessage(body) for body in message_bodies(value)])

    async def _open_sender(self, connection: str, entity: str, *, is_topic: bool) -> "ServiceBusSender":
        client = await self._connections.service_bus(connection)
        sender = client.get_topic_sender(entity) if is_topic else client.get_queue_sender(entity)
        self._senders[connection, entity] = await self._open.enter_async_context(sender)
        return sender

    async def _write_blob(self, binding: Binding, value: TypedValue, binding_data: Mapping[str, str]) -> None:
        path = fill(self._settings.resolve(binding.option("path")), binding_data)
        container, _, name = path.partition("/")
        service = await self._connections.blobs(binding.option("connection"))
        await service.get_blob_client(container, name).upload_blob(value.value, overwrite=True)


def message_bodies(value: TypedValue) -> Sequence[str | bytes]:
    """Return the messages of an output: one, or one for each element of a list."""
    # The converter hands a list over as JSON text or as a list.
    content = json.loads(value.value) if value.type == "json" else value.value
    if not isinstance(content, list):
        return [content if isinstance(content, str | bytes) else json.dumps(content)]
    return [item if isinstance(item, str | bytes) else json.dumps(item) for item in content]


def check_outputs(function: FunctionDefinition) -> None:
    """Refuse bindings besides the trigger that the host does not serve: `InvalidBinding` names the first."""
    for binding in function.outputs:
        outward = binding.option("direction").upper() == "OUT"
        if not outward or binding.type not in (*_SENT, "http"):
            kind = f"{'output' if outward else 'input'} binding of type {binding.type!r}"
            raise InvalidBinding(function.name, f"the {kind} at {binding.name!r} is not served")
