"""Builds the listener of a Service Bus trigger."""

from infra.local.functions.connections import Connections
from infra.local.functions.definitions import FunctionDefinition
from infra.local.functions.host_json import ServiceBusOptions
from infra.local.functions.invocations import Invoker
from infra.local.functions.servicebus.listeners import BatchListener, SingleListener
from infra.local.functions.servicebus.sessions import SessionListener
from infra.local.functions.servicebus.settlement import MessageHandler
from infra.local.functions.servicebus.source import MessageSource
from infra.local.functions.settings import Settings
from infra.local.functions.supervision import Listener


def service_bus_listener(
    function: FunctionDefinition,
    settings: Settings,
    connections: Connections,
    invoker: Invoker,
    options: ServiceBusOptions,
) -> Listener:
    """Return the listener that the trigger's cardinality and sessions ask for."""
    source = MessageSource(function, settings, connections)
    handler = MessageHandler(function, invoker, options)
    batches = function.trigger.option("cardinality", "ONE").upper() == "MANY"
    if function.trigger.options.get("isSessionsEnabled"):
        return SessionListener(source, handler, options, batches=batches)
    if batches:
        return BatchListener(source, handler, options)
    return SingleListener(source, handler, options)
