"""Writes shards upon the heads that were read, so that an older computation never covers a newer one."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import batched
from typing import Final

from shared.analytics.model import EMPTY_SHARD, ShardChange, ShardHead
from shared.analytics.ports import RollupStore
from shared.kernel.errors import PreconditionFailed, Unavailable
from shared.kernel.scope import TenantScope

_RACES: Final = 5
_AT_ONCE: Final = 16

type Build = Callable[[str, ShardHead], Awaitable[ShardChange]]
"""Makes the change of a shard from its name and head; called again when another fold came between."""


class StaleSnapshot(Exception):
    """A shard already holds views of a newer table version than the one at hand."""


@dataclass(frozen=True, slots=True)
class ShardWriter:
    """Writes shards of one tenant from one table version.

    `heads` are those of all shards, if they were read together; a shard that moved since is read again.
    `written` are the shards that were written.
    """

    scope: TenantScope
    store: RollupStore
    table_version: int
    heads: Mapping[str, ShardHead] | None = None
    written: set[str] = field(default_factory=set)

    async def write(self, shards: Iterable[tuple[str, Build]]) -> None:
        """Write shards, a few at a time; `StaleSnapshot` when one is newer than `table_version`."""
        for some in batched(shards, _AT_ONCE, strict=False):
            try:
                async with asyncio.TaskGroup() as tasks:
                    for shard, build in some:
                        tasks.create_task(self._write(shard, build))
            except ExceptionGroup as failed:
                # Consumers decide by the error's class whether to retry: one failure stands for all.
                raise failed.exceptions[0] from failed

    async def _write(self, shard: str, build: Build) -> None:
        head = None if self.heads is None else self.heads.get(shard, EMPTY_SHARD)
        for _ in range(_RACES):
            head = head or await self.store.head(self.scope, shard)
            if head.table_version > self.table_version:
                raise StaleSnapshot
            try:
                await self.store.write(self.scope, head, self.table_version, await build(shard, head))
            except PreconditionFailed:
                head = None
                continue
            self.written.add(shard)
            return
        raise Unavailable(f"shard {shard} is busy")


async def cleared(shard: str, head: ShardHead) -> ShardChange:
    """Return the change that leaves a shard without pages."""
    return ShardChange(shard, {}, head.pages)
