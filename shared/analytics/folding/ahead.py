"""Makes one thing ahead while the one before is used."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable
from contextlib import aclosing


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


async def one_ahead[T](coming: AsyncGenerator[T]) -> AsyncGenerator[T]:
    """Yield what comes; at most one is made before it is asked for."""
    async with aclosing(coming):
        following = asyncio.create_task(anext(coming, None))
        try:
            while (ready := await following) is not None:
                following = asyncio.create_task(anext(coming, None))
                yield ready
                del ready
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
