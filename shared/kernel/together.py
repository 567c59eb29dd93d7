"""Runs jobs at the same time, as one."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any


async def together(jobs: Iterable[Coroutine[Any, Any, object]]) -> None:
    """Return when all are done; when one fails the others are given up, and its error is raised.

    Consumers decide by the error's class whether to retry: the first failure stands for all.
    """
    try:
        async with asyncio.TaskGroup() as tasks:
            for job in jobs:
                tasks.create_task(job)
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from failed
