"""Small Parquet parts, kept whole by the process that reads them: a part never changes once it is written."""

from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final

from shared.kernel.clock import Clock

LIFETIME: Final = timedelta(minutes=20)
"""How long a part is kept at most: then what a tenant removed has gone from here too."""

_BYTES: Final = 192_000_000
"""More than twelve busy districts take: asked in turn for a little more, none would be there any more."""


class KeptContents:
    """Contents by key, each for a while, up to a number of bytes; the least recently used go first."""

    def __init__(self, clock: Clock, most: int = _BYTES) -> None:
        self._clock = clock
        self._most = most
        self._contents: OrderedDict[str, tuple[datetime, bytes]] = OrderedDict()
        self._bytes = 0

    def get(self, key: str) -> bytes | None:
        """Return the content, None when none is kept or it was kept for too long."""
        until, content = self._contents.get(key, (self._clock.now(), None))
        if until <= self._clock.now():
            self._drop(key)
            return None
        self._contents.move_to_end(key)
        return content

    def put(self, key: str, content: bytes) -> None:
        """Keep a content from now on."""
        self._drop(key)
        self._contents[key] = (self._clock.now() + LIFETIME, content)
        self._bytes += len(content)
        while self._bytes > self._most:
            self._drop(next(iter(self._contents)))

    def _drop(self, key: str) -> None:
        if key in self._contents:
            _, content = self._contents.pop(key)
            self._bytes -= len(content)
