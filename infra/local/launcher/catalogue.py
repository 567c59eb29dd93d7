"""Which services make up the local cloud, and how each is started."""

import sys
from collections.abc import Iterator, Mapping

from infra.local.launcher.azurite import azurite_command
from infra.local.launcher.endpoints import HOST, ROLES
from infra.local.launcher.health import answers_at_all, answers_ok, speaks_amqp, speaks_smtp, speaks_ssh
from infra.local.launcher.options import ROOT, Options
from infra.local.launcher.service import ServiceSpec

BROKER_CONFIG = "Config.json"
WORKERS = "FUNCTIONS_WORKER_PROCESS_COUNT"
"""The app setting by which a host is told how many processes answer."""

_BULK = frozenset({"ingest"})
GIVE_BACK_MEMORY = {
    "_RJEM_MALLOC_CONF": "dirty_decay_ms:2500,muzzy_decay_ms:0,narenas:1,background_thread:true",
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": "33554432",
    "MALLOC_TRIM_THRESHOLD_": "33554432",
}
"""Makes the allocators give memory back: it is taken in bursts, and hosts are paid by it. Polars keeps what
it freed for some seconds, since the next chunk takes as much; no thread keeps any for itself."""
_BEHIND = {"http": "query"}
"""Whom the host of a role asks for what it has no function for: clients know one address."""


def foundations(options: Options) -> Iterator[ServiceSpec]:
    """Describe what the hosts rely on: blob storage, the database, the broker, and the token issuer."""
    yield _blob(options)
    yield _cosmos(options)
    yield _servicebus(options)
    yield _issuer(options)


def hosts(options: Options, settings: Mapping[str, str]) -> Iterator[ServiceSpec]:
    """Describe one Functions host for each role; bulk work runs at low priority so that pages stay quick."""
    for role in ROLES:
        port = options.endpoints.ports[role]
        server = _python_server("infra.local.functions", role, options)
        behind = ("--behind", options.endpoints.url(_BEHIND[role])) if role in _BEHIND else ()
        yield ServiceSpec(
            name=role,
            port=port,
            command=(*server, "--app", str(options.app), "--topology", str(options.topology), *behind),
            probe=answers_ok(f"{options.endpoints.url(role)}/admin/host/status"),
            cwd=ROOT,
            env={**settings, **_workers(role, options), **_memory(role), "APP_ROLES": role},
            nice=options.bulk_nice if role in _BULK else 0,
        )


def _workers(role: str, options: Options) -> Mapping[str, str]:
    return {WORKERS: str(options.http_workers)} if role == "http" else {}


def _memory(role: str) -> Mapping[str, str]:
    return GIVE_BACK_MEMORY if role in _BULK else {}


def ways_in(options: Options, settings: Mapping[str, str]) -> Iterator[ServiceSpec]:
    """Describe the servers that take files for the application: they ask it who may send what."""
    for name, probe in (("sftp", speaks_ssh), ("mail", speaks_smtp)):
        port = options.endpoints.ports[name]
        yield ServiceSpec(
            name=name,
            port=port,
            command=_python_server(f"infra.local.{name}", name, options),
            probe=probe(port),
            cwd=ROOT,
            env=settings,
        )


def _blob(options: Options) -> ServiceSpec:
    port = options.endpoints.ports["blob"]
    return ServiceSpec(
        name="blob",
        port=port,
        command=azurite_command(port, options.data / "blob"),
        probe=answers_at_all(options.endpoints.url("blob")),
        cwd=options.data,
    )


def _cosmos(options: Options) -> ServiceSpec:
    return ServiceSpec(
        name="cosmos",
        port=options.endpoints.ports["cosmos"],
        command=_python_server("infra.local.cosmos", "cosmos", options),
        probe=answers_ok(f"{options.endpoints.url('cosmos')}/_local/health"),
        cwd=ROOT,
    )


def _servicebus(options: Options) -> ServiceSpec:
    config = ("--config", str(options.data / BROKER_CONFIG))
    return ServiceSpec(
        name="servicebus",
        port=options.endpoints.ports["servicebus"],
        command=(*_python_server("infra.local.servicebus", "servicebus", options), *config),
        probe=speaks_amqp(options.endpoints.ports["servicebus"]),
        cwd=ROOT,
    )


def _issuer(options: Options) -> ServiceSpec:
    return ServiceSpec(
        name="issuer",
        port=options.endpoints.ports["issuer"],
        command=_python_server("infra.local.issuer", "issuer", options),
        probe=answers_ok(f"{options.endpoints.url('issuer')}/_local/health"),
        cwd=ROOT,
    )


def _python_server(module: str, service: str, options: Options) -> tuple[str, ...]:
    port, data = str(options.endpoints.ports[service]), str(options.data / service)
    return (sys.executable, "-m", module, "--host", HOST, "--port", port, "--data", data)
