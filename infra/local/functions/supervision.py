"""Keeps the listeners running: restarts what fails, and lets everything finish when the host stops."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

_log = logging.getLogger(__name__)
_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 15.0


class Stopping(Exception):
    """The host is stopping: nothing new is begun. Listeners let it pass."""


class Shutdown:
    """Announces the stop to everything that waits for work."""

    def __init__(self) -> None:
        self._announced: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def announced(self) -> bool:
        """Whether the host is stopping."""
        return self._announced.done()

    def announce(self) -> None:
        """Tell every waiter to stop waiting."""
        if not self._announced.done():
            self._announced.set_result(None)

    async def wait_for[T](self, work: Coroutine[Any, Any, T]) -> T:
        """Await something that may be given up at any time; `Stopping` when the host stops first."""
        task = asyncio.ensure_future(work)
        try:
            await asyncio.wait((task, self._announced), return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
        finally:
            if not task.done():
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        raise Stopping

    async def sleep(self, seconds: float) -> None:
        """Pause; `Stopping` when the host stops before the pause is over."""
        await self.wait_for(asyncio.sleep(seconds))


class Openable(Protocol):
    """A client of a service that connects when it is entered."""

    async def __aenter__(self) -> Any:  # noqa: ANN401 - each SDK returns its own client
        """Connect."""
        ...

    async def close(self) -> None:
        """Give the connection up."""
        ...


@asynccontextmanager
async def opened[T: Openable](client: T, shutdown: Shutdown) -> AsyncIterator[T]:
    """Connect a client, which lasts as long as its service is away, and close it after the block.

    `Stopping` when the host stops before it is connected.
    """
    try:
        await shutdown.wait_for(client.__aenter__())
        yield client
    finally:
        await client.close()


async def side_by_side(works: Iterable[Coroutine[Any, Any, None]], shutdown: Shutdown) -> None:
    """Run all until the host stops, when each may finish, or one fails, when the others are cut off."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        await asyncio.gather(*tasks)
    finally:
        if not shutdown.announced:
            for task in tasks:
                task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Listener(Protocol):
    """Watches one source of events for one function."""

    async def run(self, shutdown: Shutdown) -> None:
        """Serve until the host stops (`Stopping`); whatever was begun is finished first."""
        ...


@dataclass(slots=True)
class ListenerState:
    """What the status page tells about a listener."""

    function: str
    trigger: str
    state: str = "starting"
    last_error: str | None = None


class Supervisor:
    """Runs listeners side by side and starts a failed one again after a growing pause."""

    def __init__(self, shutdown: Shutdown) -> None:
        self._shutdown = shutdown
        self._tasks: list[asyncio.Task[None]] = []
        self.states: list[ListenerState] = []

    def start(self, listener: Listener, function: str, trigger: str) -> None:
        """Start a listener."""
        state = ListenerState(function, trigger)
        self.states.append(state)
        self._tasks.append(asyncio.create_task(self._keep_running(listener, state)))

    async def finish(self, within_seconds: float) -> bool:
        """Wait for the listeners to end after the stop was announced; cut off those that do not.

        Returns whether all of them ended by themselves.
        """
        if not self._tasks:
            return True
        _, late = await asyncio.wait(self._tasks, timeout=within_seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        return not late

    async def _keep_running(self, listener: Listener, state: ListenerState) -> None:
        pause = _FIRST_PAUSE_SECONDS
        while not self._shutdown.announced:
            started = asyncio.get_running_loop().time()
            try:
                state.state = "running"
                await listener.run(self._shutdown)
            except Stopping:
                break
            except Exception as failure:  # noqa: BLE001 - whatever a listener raises, the others go on
                _log.exception(
                    "the listener of %s failed", state.function, extra={"function": state.function}
                )
                state.state, state.last_error = "restarting", repr(failure)
            if asyncio.get_running_loop().time() - started > _LONGEST_PAUSE_SECONDS:
                pause = _FIRST_PAUSE_SECONDS
            with contextlib.suppress(Stopping):
                await self._shutdown.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
        state.state = "stopped"
