"""Small Parquet parts, read whole once: what a process keeps of them is not asked for again.

A fold reads what the last one read, and the one new part several times. By ranges each of them would take
three requests, each time.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

from shared.kernel.scope import TenantScope
from shared.platform.lake.access import LakeAccess

MOST_AT_ONCE: Final = 16_000_000
"""Bytes of the parts that are read whole together; a table with more is read in place, by ranges."""


async def small_parts(
    access: LakeAccess, scope: TenantScope, sizes: Sequence[tuple[str, int | None]]
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


async def _read(access: LakeAccess, scope: TenantScope, path: str) -> bytes:
    downloaded = await access.blob(scope, path).download_blob()
    content: bytes = await downloaded.readall()
    access.kept.contents.put(scope.key(path), content)
    return content
