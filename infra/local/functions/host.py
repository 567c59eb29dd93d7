"""The host: puts the parts together, runs them, and lets them finish when it is told to stop."""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from infra.local.functions.connections import Connections
from infra.local.functions.definitions import FunctionDefinition
from infra.local.functions.engine import Engine
from infra.local.functions.host_json import HostJson, load_host_json
from infra.local.functions.http.application import HttpApplication
from infra.local.functions.http.keys import load_keys
from infra.local.functions.http.responses import Response
from infra.local.functions.http.routes import RouteTable
from infra.local.functions.invocations import Invoker
from infra.local.functions.listeners import ListenerFactory
from infra.local.functions.outputs import Outputs, check_outputs
from infra.local.functions.retries import check_retry_policy
from infra.local.functions.server import HttpServer, refuse_taken_port
from infra.local.functions.settings import Settings
from infra.local.functions.status import status_response
from infra.local.functions.supervision import Shutdown, Supervisor
from infra.local.topology import load_topology

_log = logging.getLogger(__name__)
_DRAIN_SECONDS = 8.0


@dataclass(frozen=True, slots=True)
class HostOptions:
    """Where the host listens, which app it serves, and where its state lies."""

    host: str
    port: int
    app: Path
    data: Path
    topology: Path | None


async def serve(options: HostOptions, environment: Mapping[str, str], stop: asyncio.Event) -> bool:
    """Serve the app until `stop` is set, then drain; `HostError` when it cannot start.

    Returns whether everything that was begun could be finished in time.
    """
    refuse_taken_port(options.host, options.port)
    settings = Settings(environment)
    configuration = load_host_json(options.app / "host.json")
    _tell_without_effect(configuration)
    subscriptions = load_topology(options.topology).event_grid.subscriptions if options.topology else ()
    engine = await Engine.start(options.app)
    for function in engine.functions:
        check_outputs(function)
        check_retry_policy(function)
    shutdown = Shutdown()
    supervisor = Supervisor(shutdown)
    async with (
        aclosing(Connections(settings)) as connections,
        aclosing(Outputs(settings, connections)) as outputs,
    ):
        invoker = Invoker(engine, outputs, configuration.function_timeout)
        application = HttpApplication(
            routes=RouteTable(_http_functions(engine), configuration.extensions.http.route_prefix),
            keys=load_keys(settings, options.data / "secrets"),
            invoker=invoker,
            options=configuration.extensions.http,
            host_paths={
                "/admin/host/ping": lambda: Response(200),
                "/admin/host/status": lambda: status_response(engine.functions, supervisor, shutdown),
            },
        )
        factory = ListenerFactory(
            settings, connections, invoker, configuration.extensions, subscriptions, options.data
        )
        listeners = [(function, await factory.listeners(function)) for function in engine.functions]
        for function, own in listeners:
            for listener in own:
                supervisor.start(listener, function.name, function.trigger.type)
        server = HttpServer(application, options.host, options.port)
        _log.info("serving %d functions on http://%s:%d", len(engine.functions), options.host, options.port)
        await stop.wait()
        return await _drain(shutdown, supervisor, application, server)


async def _drain(
    shutdown: Shutdown, supervisor: Supervisor, application: HttpApplication, server: HttpServer
) -> bool:
    _log.info("stopping: finishing what was begun")
    shutdown.announce()
    deadline = asyncio.get_running_loop().time() + _DRAIN_SECONDS
    finished = await supervisor.finish(_DRAIN_SECONDS)
    try:
        async with asyncio.timeout_at(deadline):
            await application.idle()
    except TimeoutError:
        finished = False
    await server.stop()
    return finished


def _http_functions(engine: Engine) -> list[FunctionDefinition]:
    return [function for function in engine.functions if function.trigger.type == "httpTrigger"]


def _tell_without_effect(configuration: HostJson) -> None:
    if configuration.without_effect:
        _log.info("host.json: without effect here: %s", ", ".join(configuration.without_effect))
