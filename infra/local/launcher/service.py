"""One service as a supervised process: started, watched, restarted after a crash, stopped."""

import asyncio
import contextlib
import os
import signal
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from infra.local.bound_child import bound_to_parent
from infra.local.launcher.endpoints import HOST
from infra.local.launcher.errors import PortTaken, ServiceFailed
from infra.local.launcher.health import Probe
from infra.local.launcher.logs import ServiceLog
from infra.local.launcher.priority import lower_session, nice_command

_START_SECONDS = 60.0
_STOP_SECONDS = 10.0
_FIRST_PAUSE = 0.2
_LONGEST_PAUSE = 10.0
_STEADY_SECONDS = 30.0
_EXIT_CANNOT_START = 2


@dataclass(frozen=True, slots=True)
class ServiceSpec:
    """What a service is: its program, the port it wants, and how to tell that it is healthy.

    `nice` is 0, or greater for one that gives way to all others.
    """

    name: str
    port: int
    command: tuple[str, ...]
    probe: Probe
    cwd: Path
    env: Mapping[str, str] = field(default_factory=dict)
    nice: int = 0


class Service:
    """Keeps one service running from `start` to `stop`."""

    def __init__(self, spec: ServiceSpec, log: ServiceLog) -> None:
        self.spec = spec
        self._log = log
        self._process: asyncio.subprocess.Process | None = None
        self._healthy = asyncio.Event()
        self._was_healthy = False
        self._killed_here = False
        self._stopping = asyncio.Event()
        self._watch: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The process id, which changes at a restart; None while there is no process."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def start(self) -> None:
        """Start the process and wait until it is healthy.

        `PortTaken` when its port is in use; `ServiceFailed` when it ends, or is not healthy within a minute.
        """
        refuse_taken_port(self.spec.name, self.spec.port)
        await self._launch()
        self._watch = asyncio.create_task(self._keep_running(), name=f"watch {self.spec.name}")
        await self.until_healthy()

    async def until_healthy(self) -> None:
        """Wait until the service is healthy (again); `ServiceFailed` when that takes more than a minute."""
        if self._watch is None:
            raise ServiceFailed(f"{self.spec.name} was not started")
        healthy = asyncio.create_task(self._healthy.wait())
        done, _ = await asyncio.wait(
            (healthy, self._watch), timeout=_START_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        healthy.cancel()
        if self._watch in done:
            self._watch.result()
        if healthy not in done:
            raise ServiceFailed(f"{self.spec.name} is not healthy after a minute\n{self._log.tail}")

    def kill9(self) -> None:
        """Kill the process as a crash would; it is then restarted, as often as it is killed."""
        self._killed_here = True
        self._signal(signal.SIGKILL)
        self._healthy.clear()

    async def stop(self) -> None:
        """Stop the process and all it started: first by request, after ten seconds by force."""
        if self._watch is None:
            return
        self._stopping.set()
        self._signal(signal.SIGTERM)
        await asyncio.wait([self._watch], timeout=_STOP_SECONDS)
        self._signal(signal.SIGKILL)
        await asyncio.gather(self._watch, return_exceptions=True)

    async def _launch(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *nice_command(self.spec.nice),
            *self.spec.command,
            cwd=self.spec.cwd,
            env={**os.environ, **self.spec.env},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=bound_to_parent(),
        )
        lower_session(self._process.pid, self.spec.nice)

    async def _keep_running(self) -> None:
        code = await self._run_to_end()
        if not self._was_healthy and not self._stopping.is_set():
            raise self._failure(code)
        pause = _FIRST_PAUSE
        while not self._stopping.is_set():
            self._healthy.clear()
            self._log.warn(f"ended with code {code}; starting it again in {pause:.1f} s")
            if await self._stopped_within(pause):
                return
            started = time.monotonic()
            await self._launch()
            code = await self._run_to_end()
            steady = time.monotonic() - started > _STEADY_SECONDS
            pause = _FIRST_PAUSE if steady or self._killed_here else min(pause * 2, _LONGEST_PAUSE)
            self._killed_here = False

    async def _run_to_end(self) -> int:
        process = self._process
        if process is None or process.stdout is None:
            raise ServiceFailed(f"{self.spec.name} was not started")
        async with asyncio.TaskGroup() as group:
            group.create_task(self._log.follow(process.stdout))
            probing = group.create_task(self._await_health())
            code = await process.wait()
            probing.cancel()
            self._signal(signal.SIGKILL)  # children of the ended process would keep its port and output
        return code

    async def _await_health(self) -> None:
        while not await self.spec.probe():  # noqa: ASYNC110 - another process gets healthy; nobody can notify
            await asyncio.sleep(0.05)
        self._was_healthy = True
        self._healthy.set()

    async def _stopped_within(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return False
        return True

    def _failure(self, code: int) -> PortTaken | ServiceFailed:
        if code == _EXIT_CANNOT_START:
            try:
                refuse_taken_port(self.spec.name, self.spec.port)
            except PortTaken as taken:
                return taken
        return ServiceFailed(f"{self.spec.name} ended with code {code}\n{self._log.tail}")

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            with contextlib.suppress(
                ProcessLookupError
            ):  # the group is gone already, which is what is wanted
                os.killpg(self._process.pid, number)


def refuse_taken_port(service: str, port: int) -> None:
    """Raise `PortTaken` when something listens on the port that a service wants."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((HOST, port))
        except OSError as taken:
            raise PortTaken(service, port) from taken
