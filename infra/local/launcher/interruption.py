"""Turns the signals that ask a program to end into the cancellation of its main task."""

import asyncio
import signal
from collections.abc import Coroutine


def run_until_interrupted(main: Coroutine[None, None, int], interrupted: int = 0) -> int:
    """Run `main` and return its exit code; `interrupted` when SIGINT, SIGTERM or SIGHUP ended it.

    `main` is cancelled at the signal, so that its `async with` blocks clean up.
    """

    async def supervised() -> int:
        task = asyncio.ensure_future(main)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, task.cancel)
        await asyncio.wait([task])
        return interrupted if task.cancelled() else task.result()

    return asyncio.run(supervised())
