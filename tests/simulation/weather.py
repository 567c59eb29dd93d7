"""What can go wrong between a process and the services behind it, all decided by one source of chance."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from contextvars import Context, ContextVar, copy_context
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any, Final

from shared.kernel.errors import Unavailable

if TYPE_CHECKING:
    from shared.bootstrap import Services
    from shared.ingestion.mapping.catalogue import Catalogue

_USUAL_SECONDS: Final = 0.05
_STALL_SECONDS: Final = (5.0, 90.0)


class Process:
    """One run of a function host: when it dies, everything in it stops where it waits."""

    current: ContextVar["Process"] = ContextVar("process")

    def __init__(self, name: str, *, mortal: bool = True) -> None:
        self.name = name
        self.alive = True
        self.mortal = mortal
        self.sheltered = 0
        """How many pieces of work in it may not be hit once more."""
        self.on_death: list[Callable[[], None]] = []
        self.services: Services
        self.catalogue: Catalogue
        """The feeds of the release that it runs."""
        self._tasks: dict[asyncio.Task[Any], None] = {}

    def adopt(self, task: asyncio.Task[Any]) -> None:
        """Count a task as of this process."""
        self._tasks[task] = None
        task.add_done_callback(lambda done: self._tasks.pop(done, None))

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Begin a piece of work in this process."""
        context = copy_context()
        context.run(Process.current.set, self)
        return asyncio.get_running_loop().create_task(work, context=context)

    def kill(self) -> None:
        """End the process at once."""
        self.alive = False
        for task in list(self._tasks):
            task.cancel()
        for told in self.on_death:
            told()


def task_of_process(
    loop: asyncio.AbstractEventLoop,
    work: Coroutine[Any, Any, Any],
    *,
    context: Context | None = None,
    **named: Any,  # noqa: ANN401 - as asyncio names them
) -> asyncio.Task[Any]:
    """Make a task and count it as of the process in whose context it runs: a task factory."""
    task = asyncio.Task(work, loop=loop, context=context, **named)
    process = context.get(Process.current) if context else Process.current.get(None)
    if process is not None:
        process.adopt(task)
    return task


@dataclass(frozen=True, slots=True)
class Climate:
    """How often each fault happens; a share of calls, messages or events."""

    deaths: float = 0.0
    stalls: float = 0.0
    refusals: float = 0.0
    lost_answers: float = 0.0
    storms: tuple[tuple[float, float], ...] = ()
    """From and until when most calls are refused."""
    stale_reads: float = 0.0
    duplicates: float = 0.0
    late_messages: float = 0.0
    lost_locks: float = 0.0
    lost_messages: float = 0.0
    """With these, only the sweeper brings an ingest to its end; without them, it must not be needed."""

    @property
    def sweeps(self) -> bool:
        """Whether the timer of the sweeper runs."""
        return self.lost_messages > 0


CALM: Final = Climate()


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of the trace."""

    at: float
    process: str
    what: str

    def __str__(self) -> str:
        return f"{self.at:10.3f} {self.process:12} {self.what}"


@dataclass(slots=True)
class Weather:
    """Stands between processes and services: every call takes its time, and some fail."""

    random: Random
    climate: Climate
    trace: list[Happened] = field(default_factory=list)

    def clear_up(self) -> None:
        """End all faults."""
        self.climate = CALM
        self.note("the weather is calm from here on")

    def happens(self, share: float) -> bool:
        """Tell whether a fault of this share happens now."""
        return share > 0 and self.random.random() < share

    def note(self, what: str) -> None:
        """Write a line of the trace."""
        process = Process.current.get(None)
        name = process.name if process else "-"
        self.trace.append(Happened(asyncio.get_running_loop().time(), name, what))

    @asynccontextmanager
    async def call(self, what: str) -> AsyncIterator[None]:
        """Surround one effect on a service: the way there, the way back, and what may happen on both."""
        process = Process.current.get()
        await self._way(process)
        self._maybe_die(process, f"before {what}")
        if self._refused():
            self.note(f"{what}: refused")
            raise Unavailable("throttled")
        try:
            yield
        except Exception as refusal:
            self.note(f"{what}: {type(refusal).__name__}")
            raise
        self.note(what)
        self._maybe_die(process, f"after {what}")
        await self._way(process)
        if self.happens(self.climate.lost_answers):
            self.note(f"{what}: the answer was lost")
            raise Unavailable("no answer")

    async def _way(self, process: Process) -> None:
        _require_alive(process)
        seconds = self.random.random() * _USUAL_SECONDS
        if self.happens(self.climate.stalls):
            seconds = self.random.uniform(*_STALL_SECONDS)
            self.note(f"stalls for {seconds:.0f} s")
        await asyncio.sleep(seconds)
        _require_alive(process)

    def _refused(self) -> bool:
        now = asyncio.get_running_loop().time()
        storm = any(begin <= now < end for begin, end in self.climate.storms)
        return self.happens(0.8 if storm else self.climate.refusals)

    def _maybe_die(self, process: Process, where: str) -> None:
        if not process.mortal or process.sheltered or not self.happens(self.climate.deaths):
            return
        self.note(f"dies {where}")
        process.kill()
        raise asyncio.CancelledError


def _require_alive(process: Process) -> None:
    """Let nothing of a dead process reach a service, whatever its last words may be."""
    if not process.alive:
        raise asyncio.CancelledError


class Remote:
    """A service in memory, reached through the weather: every call of it is an effect of its own."""

    def __init__(self, service: object, name: str, weather: Weather) -> None:
        self._service = service
        self._name = name
        self._weather = weather

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the service has
        method = getattr(self._service, name)

        async def call(*args: Any, **options: Any) -> Any:  # noqa: ANN401 - as the service takes and gives
            told = " ".join(str(value) for value in args if isinstance(value, str | int))
            async with self._weather.call(f"{self._name}.{name} {told}"):
                return await method(*args, **options)

        return call
