"""An event loop whose time is made up: it jumps to the next thing that is due, and threads run in place."""

import asyncio
from asyncio import events
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, Final

BEGIN: Final = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


class Standstill(AssertionError):
    """Something waits, and nothing will ever happen any more."""


class VirtualLoop(asyncio.BaseEventLoop):
    """Runs callbacks in the order of their time, with nothing real to wait for: the same on every run."""

    def __init__(self) -> None:
        super().__init__()
        self._elapsed = 0.0
        self._clock_resolution = 1e-6
        self._selector = self

    def time(self) -> float:
        """Return the seconds since the beginning."""
        return self._elapsed

    def select(self, timeout: float | None) -> list[object]:
        """Stand in for the wait for sockets: let the time pass."""
        if timeout is None:
            raise Standstill
        self._elapsed += timeout
        return []

    def run_in_executor[T](
        self, _executor: object, func: Callable[..., T], *args: object
    ) -> "asyncio.Future[T]":
        """Call the function at once: what another thread computes is a pure function of its input."""
        future: asyncio.Future[T] = self.create_future()
        future.set_result(func(*args))
        return future

    def _process_events(self, _event_list: list[object]) -> None:
        """There are no sockets, so there is nothing to process."""

    def _write_to_self(self) -> None:
        """Nobody else is there who could have to wake this loop."""


def run[T](main: Coroutine[Any, Any, T], factory: Callable[..., asyncio.Task[Any]]) -> T:
    """Run `main` to its end on a new loop, whose tasks `factory` makes; what is left is thrown away."""
    loop = VirtualLoop()
    loop.set_task_factory(factory)
    try:
        events.set_event_loop(loop)
        return loop.run_until_complete(main)
    finally:
        _throw_away(loop)
        events.set_event_loop(None)
        loop.close()


def _throw_away(loop: VirtualLoop) -> None:
    left = [task for task in asyncio.all_tasks(loop) if not task.done()]
    for task in left:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
    loop.run_until_complete(loop.shutdown_asyncgens())


class VirtualClock:
    """Tells the time of the running loop as the time of day."""

    def now(self) -> datetime:
        """Return the current time."""
        return BEGIN + timedelta(seconds=asyncio.get_running_loop().time())

    def time_ns(self) -> int:
        """Return the current time as `time.time_ns` does."""
        return int(self.now().timestamp() * 1000) * 1_000_000
