"""Further processes that answer HTTP beside the first, as `FUNCTIONS_WORKER_PROCESS_COUNT` asks for.

One process of Python computes on one core. On the platform the host spreads invocations over its workers;
here all processes listen on the port of the host, and the kernel spreads connections over them
(SO_REUSEPORT, socket(7)). Listeners of other triggers run in the first process alone.
"""

import asyncio
import contextlib
import logging
import sys
import time
from pathlib import Path

from infra.local.bound_child import bound_to_parent
from infra.local.functions.errors import InvalidSetting
from infra.local.functions.settings import Settings

COUNT = "FUNCTIONS_WORKER_PROCESS_COUNT"
FURTHER = "--further"
"""What tells a process on its command line that it is not the first."""

_MOST = 10
"""As many as the platform takes."""
_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 10.0
_STEADY_SECONDS = 30.0
_log = logging.getLogger(__name__)


def further_workers(settings: Settings) -> int:
    """Return how many processes are to answer beside the first; `InvalidSetting` unless it is 1 to 10."""
    written = settings.get(COUNT) or "1"
    if not written.isdecimal() or not 1 <= int(written) <= _MOST:
        raise InvalidSetting(f"the app setting {COUNT} is {written!r}, and has to be from 1 to {_MOST}")
    return int(written) - 1


class Workers:
    """Runs this process's own command again, `count` times, from `folder`; starts anew what ends."""

    def __init__(self, count: int, folder: Path) -> None:
        self._folder = folder
        self._stopping = asyncio.Event()
        self._processes: set[asyncio.subprocess.Process] = set()
        self._watches = [asyncio.create_task(self._keep_running()) for _ in range(count)]

    async def stop(self, seconds: float) -> bool:
        """Ask all to end, end those that have not in time by force; tell whether there were none of these."""
        self._stopping.set()
        for process in self._processes:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        _, late = await asyncio.wait(self._watches, timeout=seconds) if self._watches else ((), set())
        for process in self._processes if late else ():
            process.kill()
        await asyncio.gather(*self._watches)
        return not late

    async def _keep_running(self) -> None:
        pause = _FIRST_PAUSE_SECONDS
        while not self._stopping.is_set():
            started = time.monotonic()
            code = await self._run_to_end()
            if self._stopping.is_set():
                return
            steady = time.monotonic() - started > _STEADY_SECONDS
            pause = _FIRST_PAUSE_SECONDS if steady else min(pause * 2, _LONGEST_PAUSE_SECONDS)
            _log.warning("a worker ended with code %d; starting it again in %.1f s", code, pause)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)

    async def _run_to_end(self) -> int:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *sys.orig_argv[1:], FURTHER, cwd=self._folder, preexec_fn=bound_to_parent()
        )
        self._processes.add(process)
        try:
            if self._stopping.is_set():  # it came to be while those known were asked to end
                process.terminate()
            return await process.wait()
        finally:
            self._processes.discard(process)
