"""The host: puts the parts together, runs them, and lets them finish when it is told to stop."""

import asyncio
import hashlib
import logging
import socket
from collections.abc import Mapping
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from infra.local.functions.connections import Connections
from infra.local.functions.engine import Engine
from infra.local.functions.host_json import HostJson, load_host_json
from infra.local.functions.http.application import HttpApplication
from infra.local.functions.http.keys import load_keys
from infra.local.functions.http.responses import Response
from infra.local.functions.http.routes import RouteTable
from infra.local.functions.invocations import Invoker
from infra.local.functions.listeners import HostState, ListenerFactory
from infra.local.functions.outputs import Outputs, check_outputs
from infra.local.functions.retries import check_retry_policy
from infra.local.functions.server import HttpServer, refuse_taken_port
from infra.local.functions.settings import Settings
from infra.local.functions.status import status_response
from infra.local.functions.supervision import Shutdown, Supervisor
from infra.local.functions.workers import Workers, further_workers
from infra.local.topology import load_topology

if TYPE_CHECKING:
    from infra.local.functions.http.gateway import Gateway

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
    behind: str | None = None
    """The host that is asked what this one has no function for, as a URL without a path."""
    is_further: bool = False
    """Whether this process answers HTTP beside the first one of the host, and does nothing else."""
    started_in: Path = Path()
    """The folder from which the command of this process is run again for further ones."""


class Host:
    """One app, served until it is told to stop. `HostError` tells why it cannot start."""

    def __init__(self, options: HostOptions, environment: Mapping[str, str]) -> None:
        if not options.is_further:
            refuse_taken_port(options.host, options.port)
        self._options = options
        self._settings = Settings(environment)
        self._further = 0 if options.is_further else further_workers(self._settings)
        self._configuration = load_host_json(options.app / "host.json")
        self._subscriptions = (
            load_topology(options.topology).event_grid.subscriptions if options.topology else ()
        )
        self._shutdown = Shutdown()
        self._supervisor = Supervisor(self._shutdown)

    async def serve(self, stop: asyncio.Event) -> bool:
        """Serve until `stop` is set, then drain; tell whether everything begun was finished in time."""
        _tell_without_effect(self._configuration)
        engine = await _index(self._options.app)
        async with (
            aclosing(Connections(self._settings)) as connections,
            aclosing(Outputs(self._settings, connections)) as outputs,
            AsyncExitStack() as closing,
        ):
            invoker = Invoker(engine, outputs, self._configuration.function_timeout)
            application = self._http_application(engine, invoker, await self._gateway(closing))
            if not self._options.is_further:
                await self._start_listeners(engine, invoker, connections)
            server = await HttpServer.start(application, self._options.host, self._options.port)
            where = f"http://{self._options.host}:{self._options.port}"
            _log.info("serving %d functions on %s", len(engine.functions), where)
            workers = Workers(self._further, self._options.started_in)
            await stop.wait()
            return await self._drain(application, server, workers)

    async def _gateway(self, closing: AsyncExitStack) -> "Gateway | None":
        if self._options.behind is None:
            return None
        from infra.local.functions.http.gateway import Gateway  # noqa: PLC0415 - loads what other hosts never need

        return await closing.enter_async_context(aclosing(Gateway(self._options.behind)))

    def _http_application(
        self, engine: Engine, invoker: Invoker, behind: "Gateway | None"
    ) -> HttpApplication:
        options = self._configuration.extensions.http
        functions = [it for it in engine.functions if it.trigger.type == "httpTrigger"]
        return HttpApplication(
            routes=RouteTable(functions, options.route_prefix),
            keys=load_keys(self._settings, self._options.data / "secrets"),
            invoker=invoker,
            options=options,
            behind=behind,
            host_paths={
                "/admin/host/ping": lambda: Response(200),
                "/admin/host/status": lambda: status_response(
                    engine.functions, self._supervisor, self._shutdown
                ),
            },
        )

    async def _start_listeners(self, engine: Engine, invoker: Invoker, connections: Connections) -> None:
        extensions = self._configuration.extensions
        host_id = self._settings.get("AzureFunctionsWebHost__hostid") or app_id(self._options.app)
        instance = f"{socket.gethostname()}:{self._options.port}"
        state = HostState(host_id, instance, self._subscriptions, self._options.data / "receipts.sqlite")
        factory = ListenerFactory(self._settings, connections, invoker, extensions, state)
        # All are made before the first is started: a faulty trigger stops the host before anything has run.
        made = [(function, await factory.listeners(function)) for function in engine.functions]
        for function, listeners in made:
            for listener in listeners:
                self._supervisor.start(listener, function.name, function.trigger.type)

    async def _drain(self, application: HttpApplication, server: HttpServer, workers: Workers) -> bool:
        _log.info("stopping: finishing what was begun")
        self._shutdown.announce()
        deadline = asyncio.get_running_loop().time() + _DRAIN_SECONDS
        others = asyncio.create_task(workers.stop(_DRAIN_SECONDS))
        finished = await self._supervisor.finish(_DRAIN_SECONDS)
        try:
            async with asyncio.timeout_at(deadline):
                await application.idle()
        except TimeoutError:
            finished = False
        server.stop()
        return await others and finished


async def _index(app: Path) -> Engine:
    engine = await Engine.start(app)
    for function in engine.functions:
        check_outputs(function)
        check_retry_policy(function)
    return engine


def app_id(app: Path) -> str:
    """Return the id of an app that no setting names: the same for every process that serves this folder."""
    return hashlib.sha256(str(app).encode()).hexdigest()[:16]


def _tell_without_effect(configuration: HostJson) -> None:
    if configuration.without_effect:
        _log.info("host.json: without effect here: %s", ", ".join(configuration.without_effect))
