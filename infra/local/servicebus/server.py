"""The broker as a process: listener, time, orderly end."""

import asyncio
import contextlib
import signal
import sqlite3
import traceback
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from infra.local.servicebus.assembly import assemble
from infra.local.servicebus.config import NamespaceConfig
from infra.local.servicebus.control import control_endpoint
from infra.local.servicebus.entities.clock import system_clock
from infra.local.servicebus.entities.namespace import Namespace
from infra.local.servicebus.log import log
from infra.local.servicebus.ports import claiming
from infra.local.servicebus.protocol.connection import Connection
from infra.local.servicebus.protocol.context import Context
from infra.local.servicebus.protocol.tokens import SharedAccessKey
from infra.local.servicebus.protocol.turn import Turn
from infra.local.servicebus.storage.store import Store
from infra.local.servicebus.tiers import Tier

# How late a lock may expire or a scheduled message become active.
_TICK_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Options:
    """What a broker is started with; without `control_port` there is no control endpoint."""

    host: str
    port: int
    control_port: int | None
    data: Path
    namespace: NamespaceConfig
    key: SharedAccessKey
    tier: Tier


async def serve(options: Options) -> None:
    """Run until SIGINT or SIGTERM.

    Raises `PortTaken`, `StorageError`, or `sqlite3.Error` when a commit failed, after which memory is not
    what the file says and nothing more may be answered.
    """
    store = Store(options.data)
    try:
        await _serve(options, store)
    finally:
        store.close()


async def _serve(options: Options, store: Store) -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_log_unexpected)
    ended: asyncio.Future[None] = loop.create_future()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, _end, ended, None)

    def on_commit_failed(cause: sqlite3.Error) -> None:
        for connection in list(connections):
            connection.abort()
        _end(ended, cause)

    connections: set[Connection] = set()
    turn = Turn(store, on_commit_failed)
    namespace = assemble(options.namespace, store, system_clock)
    context = Context(namespace, options.key, options.tier, system_clock, turn)
    async with (
        _listening(options, context, connections),
        control_endpoint(options.host, options.control_port, namespace),
        _ticking(namespace, ended),
    ):
        log(
            "info",
            "ready",
            host=options.host,
            port=options.port,
            tier=options.tier.name,
            data=str(options.data),
        )
        await ended
        log("info", "stopping", connections=len(connections))
        for connection in list(connections):
            connection.close("amqp:connection:forced", "The broker is stopping.")
        turn.end()


@contextlib.asynccontextmanager
async def _listening(options: Options, context: Context, connections: set[Connection]) -> AsyncIterator[None]:
    loop = asyncio.get_running_loop()
    with claiming(options.host, options.port):
        server = await loop.create_server(
            lambda: Connection(context, connections), options.host, options.port
        )
    try:
        yield
    finally:
        server.close()


@contextlib.asynccontextmanager
async def _ticking(namespace: Namespace, ended: asyncio.Future[None]) -> AsyncIterator[None]:
    async def tick() -> None:
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            namespace.advance(system_clock())

    def on_done(ticker: asyncio.Task[None]) -> None:
        if not ticker.cancelled():
            _end(ended, ticker.exception())

    ticker = asyncio.create_task(tick())
    ticker.add_done_callback(on_done)
    try:
        yield
    finally:
        ticker.cancel()
        await asyncio.wait([ticker])


def _log_unexpected(_loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    cause = context.get("exception")
    trace = traceback.format_exception(cause) if isinstance(cause, BaseException) else []
    log("error", str(context.get("message")), trace="".join(trace))


def _end(ended: asyncio.Future[None], cause: BaseException | None) -> None:
    if ended.done():
        return
    if cause is None:
        ended.set_result(None)
    else:
        ended.set_exception(cause)
