"""Small Parquet parts, kept whole by the process that reads them: a part never changes once it is written.

A fold reads what the last one read, and the one new part several times. By ranges each of them would take
three requests, each time.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from shared.kernel.clock import Clock
from shared.kernel.scope import TenantScope

if TYPE_CHECKING:
    from shared.platform.lake.access import LakeAccess

LIFETIME: Final = timedelta(minutes=20)
"""How long a part is kept at most: then what a tenant removed has gone from here too."""

MOST_AT_ONCE: Final = 16_000_000
"""Bytes of the parts that are read whole together; a table with more is read in place, by ranges."""

_BYTES: Final = 128_000_000


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


async def contents(
    access: "LakeAccess", scope: TenantScope, sizes: Sequence[tuple[str, int | None]]
) -> list[bytes] | None:
    """Return parts of the scope's tenant whole, by their paths and sizes; None where they are too large.

    None too where one of unknown size is not kept. `NotFound` for a part that is gone.
    """
    kept = {path: access.kept.contents.get(scope.key(path)) for path, _ in sizes}
    missing = [(path, size) for path, size in sizes if kept[path] is None]
    if any(size is None for _, size in missing) or sum(size or 0 for _, size in sizes) > MOST_AT_ONCE:
        return None
    read = await asyncio.gather(*(_read(access, scope, path) for path, _ in missing))
    found = kept | {path: content for (path, _), content in zip(missing, read, strict=True)}
    return [found[path] or b"" for path, _ in sizes]


async def _read(access: "LakeAccess", scope: TenantScope, path: str) -> bytes:
    downloaded = await access.blob(scope, path).download_blob()
    content: bytes = await downloaded.readall()
    access.kept.contents.put(scope.key(path), content)
    return content
