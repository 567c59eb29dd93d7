"""Reads under way, so that what many ask for at a time is read once."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


class Once:
    """Gives the answer of a read to everybody who asked for it while it was under way."""

    def __init__(self) -> None:
        self._reading: dict[str, asyncio.Task[Any]] = {}

    async def read[T](self, key: str, read: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Return what is read under a key, or what it raises, together with all others who ask meanwhile."""
        reading = self._reading.get(key)
        if reading is None:
            reading = asyncio.create_task(read())
            self._reading[key] = reading
            reading.add_done_callback(lambda _: self._reading.pop(key))
        # Who gives up must not take the answer from those who wait with them.
        return await asyncio.shield(reading)
