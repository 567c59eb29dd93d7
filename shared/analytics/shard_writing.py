"""Writes shards upon the heads that were read, so that an older computation never covers a newer one."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from itertools import batched
from typing import Final

from shared.analytics.model import ShardChange, ShardHead
from shared.analytics.ports import RollupStore
from shared.kernel.errors import PreconditionFailed, Unavailable
from shared.kernel.scope import TenantScope

_RACES: Final = 5
_AT_ONCE: Final = 16

type Build = Callable[[ShardHead], Awaitable[ShardChange]]
"""Makes the change of a shard from its head; called again when another fold came between."""


class StaleSnapshot(Exception):
    """A shard already holds views of a newer table version than the one at hand."""


async def write_shards(
    scope: TenantScope, store: RollupStore, table_version: int, shards: Iterable[tuple[str, Build]]
) -> None:
    """Write shards, a few at a time; `StaleSnapshot` when one of them is newer than `table_version`."""
    for some in batched(shards, _AT_ONCE, strict=False):
        try:
            async with asyncio.TaskGroup() as tasks:
                for shard, build in some:
                    tasks.create_task(_write(scope, store, table_version, shard, build))
        except ExceptionGroup as failed:
            # Consumers decide by the error's class whether to retry: one failure stands for all.
            raise failed.exceptions[0] from failed


async def _write(
    scope: TenantScope, store: RollupStore, table_version: int, shard: str, build: Build
) -> None:
    for _ in range(_RACES):
        head = await store.head(scope, shard)
        if head.table_version > table_version:
            raise StaleSnapshot
        try:
            return await store.write(scope, head, table_version, await build(head))
        except PreconditionFailed:
            continue
    raise Unavailable(f"shard {shard} is busy")


async def cleared(shard: str, head: ShardHead) -> ShardChange:
    """Return the change that leaves a shard without views."""
    return ShardChange(shard, {}, head.views)
