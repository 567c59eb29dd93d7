"""The running server: connections, group commit, purge of expired items, start and stop."""

import asyncio
import signal
import sqlite3
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from infra.local.cosmos.catalog import Catalog
from infra.local.cosmos.errors import CosmosError
from infra.local.cosmos.gateway import Gateway
from infra.local.cosmos.holding import HeldAnswers
from infra.local.cosmos.http import HttpConnection
from infra.local.cosmos.item_table import PURGED_AT_ONCE, purge_expired
from infra.local.cosmos.log import log
from infra.local.cosmos.messages import Request, Response, error_response
from infra.local.cosmos.store import Store

PURGE_SECONDS = 1.0


class CannotStart(Exception):
    """The server cannot start; the message is a plain sentence for the user."""


@dataclass(frozen=True, slots=True)
class Options:
    """Where to listen, where to keep the state and the account key as bytes."""

    host: str
    port: int
    data: Path
    key: bytes


class GroupCommit:
    """Holds answers back until what they tell is durable.

    All requests that arrived in one turn of the event loop share one commit. A read in that turn waits too:
    it may have seen what is not committed yet. Then what waits for a change is answered.
    """

    def __init__(
        self,
        store: Store,
        loop: asyncio.AbstractEventLoop,
        held: HeldAnswers,
        on_failure: Callable[[sqlite3.Error], None],
    ) -> None:
        self._store = store
        self._loop = loop
        self._held = held
        self._on_failure = on_failure
        self._waiting: list[Callable[[], None]] = []

    def acknowledge(self, send: Callable[[], None]) -> None:
        """Send an answer at once if nothing is uncommitted, else after the commit."""
        if not self._store.has_uncommitted:
            send()
            return
        if not self._waiting:
            self._loop.call_soon(self._commit)
        self._waiting.append(send)

    def _commit(self) -> None:
        waiting, self._waiting = self._waiting, []
        try:
            self._store.commit()
        except sqlite3.Error as error:
            self._on_failure(error)
            return
        for send in waiting:
            send()
        changed = frozenset(self._store.changed)
        self._store.changed.clear()
        self._held.changed(changed)


class Server:
    """Serves one data folder until it is told to stop."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._failed = False
        self._stopped = asyncio.Event()
        try:
            self._store = Store(options.data)
        except sqlite3.Error as error:
            raise CannotStart(
                f"The data folder {options.data} cannot be used, perhaps another server has it open: {error}."
            ) from error
        self._gateway = Gateway(self._store, Catalog(self._store), options.key)

    async def run(self) -> int:
        """Serve until SIGTERM or SIGINT and return the exit code; CannotStart when the port is taken."""
        loop = asyncio.get_running_loop()
        held = HeldAnswers()
        commit = GroupCommit(self._store, loop, held, self._fail)
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stopped.set)
        try:
            listener = await loop.create_server(
                lambda: HttpConnection(self._answer, commit.acknowledge, held, self._session_token),
                self._options.host,
                self._options.port,
            )
        except OSError as error:
            self._store.close()
            raise CannotStart(
                f"Port {self._options.port} on {self._options.host} is taken: {error.strerror}."
            ) from error
        purge = asyncio.create_task(self._purge())
        log(
            "info",
            "listening",
            host=self._options.host,
            port=self._options.port,
            data=str(self._options.data),
        )
        await self._stopped.wait()
        purge.cancel()
        listener.close()
        if not self._failed:
            self._store.commit()
        self._store.close()
        log("info", "stopped")
        return 1 if self._failed else 0

    def _answer(self, request: Request) -> Response:
        try:
            return self._gateway.answer(request)
        except Exception as error:  # noqa: BLE001 - the last boundary: a defect becomes a logged 500
            trace = traceback.format_exc()
            log("error", "request failed", method=request.method, path=request.path, trace=trace)
            return error_response(CosmosError(500, f"The local Cosmos server failed: {error!r}."))

    def _session_token(self) -> str:
        return f"0:-1#{self._store.lsn}"

    def _fail(self, error: sqlite3.Error) -> None:
        """Stop serving: what could not be committed must not be acknowledged or read."""
        log("error", "commit failed, stopping", error=str(error))
        self._failed = True
        self._stopped.set()

    async def _purge(self) -> None:
        while True:
            purged = purge_expired(self._store)
            self._store.commit()
            await asyncio.sleep(0 if purged == PURGED_AT_ONCE else PURGE_SECONDS)
