"""Computes one step ahead, in a thread, while what came of the step before is used."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable


async def ahead[T](steps: Iterable[Callable[[], T]]) -> AsyncIterator[T]:
    """Yield what the steps return, in order; at most one is computed before it is asked for."""
    coming: asyncio.Task[T] | None = None
    try:
        for step in steps:
            ready, coming = coming, asyncio.create_task(asyncio.to_thread(step))
            if ready is not None:
                yield await ready
        if coming is not None:
            yield await coming
    finally:
        if coming is not None:
            coming.cancel()
