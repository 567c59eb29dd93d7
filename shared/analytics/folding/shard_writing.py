"""Writes shards upon the heads that were read, so that an older computation never covers a newer one."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import batched
from typing import Final

from shared.analytics.folding.together import together
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

    `known` are the heads of all shards, if they were read together; a shard that moved since is read again.
    `written` are the shards that were written.
    """

    scope: TenantScope
    store: RollupStore
    table_version: int
    known: Mapping[str, ShardHead] | None = None
    written: set[str] = field(default_factory=set)

    async def heads(self, shards: Collection[str]) -> Mapping[str, ShardHead]:
        """Return the heads of shards, `EMPTY_SHARD` of those that do not exist, by one query at most."""
        known = self.known
        if known is None:
            known = await self.store.heads(self.scope, shards) if shards else {}
        return {shard: known.get(shard, EMPTY_SHARD) for shard in shards}

    async def write(
        self, shards: Iterable[tuple[str, Build]], heads: Mapping[str, ShardHead] | None = None
    ) -> None:
        """Write shards, a few at a time; `StaleSnapshot` when one is newer than `table_version`.

        `heads` are those of these shards, if they were read already.
        """
        builds = dict(shards)
        upon = await self.heads(builds) if heads is None else heads
        for some in batched(builds.items(), _AT_ONCE, strict=False):
            await together(self._write(shard, build, upon[shard]) for shard, build in some)

    async def _write(self, shard: str, build: Build, head: ShardHead) -> None:
        for _ in range(_RACES):
            if head.table_version > self.table_version:
                raise StaleSnapshot
            try:
                await self.store.write(self.scope, head, self.table_version, await build(shard, head))
            except PreconditionFailed:
                head = await self.store.head(self.scope, shard)
                continue
            self.written.add(shard)
            return
        raise Unavailable(f"shard {shard} is busy")


async def cleared(shard: str, head: ShardHead) -> ShardChange:
    """Return the change that leaves a shard without pages."""
    return ShardChange(shard, {}, head.pages)


async def unchanged(shard: str, _head: ShardHead) -> ShardChange:
    """Return the change that moves the head of a shard and nothing else."""
    return ShardChange(shard, {})
