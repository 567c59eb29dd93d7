"""The local cloud as one object: everything starts when it is entered, and stops when it is left."""

import asyncio
import json
from collections.abc import Iterable
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.table import Table

from infra.local.launcher.broker_config import broker_config
from infra.local.launcher.catalogue import BROKER_CONFIG, WORKERS, foundations, hosts, ways_in
from infra.local.launcher.development_secrets import ensure_secrets
from infra.local.launcher.endpoints import OFFSETS
from infra.local.launcher.local_settings import load_settings
from infra.local.launcher.logs import ServiceLog
from infra.local.launcher.options import ROOT, Options
from infra.local.launcher.resources import create_blob_containers, create_cosmos_containers
from infra.local.launcher.service import Service, ServiceSpec, refuse_taken_port
from infra.local.launcher.state import exclusive_state
from infra.local.topology import Topology, load_topology

_SCHEMES = {"servicebus": "amqp", "sftp": "sftp", "mail": "smtp"}


class LocalCloud:
    """Azurite, the document database, the broker, a Functions host for each role, and the ways in.

        async with LocalCloud(Options()) as cloud:
            cloud.settings            # the environment that leads clients and hosts to it
            cloud.services["ingest"]  # a running Service: pid, kill9(), until_healthy()

    Inside the block everything is healthy and the topology exists. A service that crashes is reported and
    started again. Afterwards no process is left. `LocalCloudError` or `TopologyError` when it can't start.
    """

    def __init__(self, options: Options, console: Console | None = None) -> None:
        self.options = options
        self.endpoints = options.endpoints
        self.settings: dict[str, str] = {}
        self.services: dict[str, Service] = {}
        self._console = console or Console(stderr=True)
        self._exit = AsyncExitStack()

    async def __aenter__(self) -> Self:
        try:
            await self._start()
        except BaseException:
            await self._exit.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._exit.aclose()

    def table(self) -> Table:
        """Return the endpoints as a table for the terminal."""
        table = Table("service", "endpoint", "process", title="Termtide's local cloud")
        for name, service in self.services.items():
            scheme = _SCHEMES.get(name, "http")
            table.add_row(name, f"{scheme}://127.0.0.1:{service.spec.port}", _processes(service))
        return table

    async def _start(self) -> None:
        options, topology = self.options, load_topology(self.options.topology)
        data = self._exit.enter_context(exclusive_state(options.data, fresh=options.fresh))
        for name, port in options.endpoints.ports.items():
            refuse_taken_port(name, port)
        secrets = data / "secrets.json"
        ensure_secrets(secrets)
        self.settings = load_settings(ROOT) | options.endpoints.settings(secrets)
        (data / BROKER_CONFIG).write_text(
            json.dumps(broker_config(topology.service_bus), indent=2), encoding="utf-8"
        )
        await self._start_together(foundations(options))
        await self._create(topology)
        await self._start_together((*hosts(options, self.settings), *ways_in(options, self.settings)))

    async def _create(self, topology: Topology) -> None:
        await create_blob_containers(self.endpoints.blob_connection, topology.blob)
        await create_cosmos_containers(self.endpoints.cosmos_connection, topology.cosmos)

    async def _start_together(self, specs: Iterable[ServiceSpec]) -> None:
        services = [self._supervised(spec) for spec in specs]
        self._exit.push_async_callback(_stop_together, services)
        starts = [asyncio.create_task(service.start()) for service in services]
        try:
            await asyncio.gather(*starts)
        finally:
            for start in starts:
                start.cancel()

    def _supervised(self, spec: ServiceSpec) -> Service:
        log = ServiceLog(
            spec.name,
            list(OFFSETS).index(spec.name),
            self.options.data / "logs",
            self._console,
            verbose=self.options.verbose,
        )
        service = Service(spec, log)
        self.services[spec.name] = service
        self._exit.callback(log.close)
        return service


def _processes(service: Service) -> str:
    workers = int(service.spec.env.get(WORKERS, "1"))
    return f"{service.pid}, one of {workers}" if workers > 1 else str(service.pid)


async def _stop_together(services: Iterable[Service]) -> None:
    await asyncio.gather(*(service.stop() for service in services))
