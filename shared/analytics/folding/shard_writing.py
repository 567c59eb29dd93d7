"""Writes shards upon the heads that were read, so that an older computation never covers a newer one."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import batched
from typing import Final

from shared.analytics.model import EMPTY_SHARD, ShardChange, ShardHead
from shared.analytics.ports import RollupStore, Upon
from shared.kernel.errors import Unavailable
from shared.kernel.scope import TenantScope
from shared.kernel.together import together

_RACES: Final = 5
_AT_ONCE: Final = 64
"""Shards that are built before any is written: of those that lie together one transaction takes what fits."""

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
        """Write shards, some at a time; `StaleSnapshot` when one is newer than `table_version`.

        `heads` are those of these shards, if they were read already.
        """
        builds = dict(shards)
        upon = await self.heads(builds) if heads is None else heads
        for some in batched(builds.items(), _AT_ONCE, strict=False):
            await self._write(dict(some), upon)

    async def _write(self, builds: Mapping[str, Build], heads: Mapping[str, ShardHead]) -> None:
        """Write shards together; those that moved in the meantime are built anew, and no others."""
        for _ in range(_RACES):
            changes = await self._built(builds, heads)
            moved = await self.store.write(self.scope, self.table_version, changes)
            self.written.update(builds.keys() - moved)
            if not moved:
                return
            builds = {shard: builds[shard] for shard in moved}
            now = await self.store.heads(self.scope, moved)
            heads = {shard: now.get(shard, EMPTY_SHARD) for shard in moved}
        raise Unavailable(f"shards {', '.join(sorted(builds))} are busy")

    async def _built(self, builds: Mapping[str, Build], heads: Mapping[str, ShardHead]) -> list[Upon]:
        if any(heads[shard].table_version > self.table_version for shard in builds):
            raise StaleSnapshot
        changes: list[Upon] = []

        async def built(shard: str, build: Build) -> None:
            changes.append((heads[shard], await build(shard, heads[shard])))

        await together(built(shard, build) for shard, build in builds.items())
        return changes


async def cleared(shard: str, head: ShardHead) -> ShardChange:
    """Return the change that leaves a shard without pages."""
    return ShardChange(shard, {}, head.pages)


async def unchanged(shard: str, _head: ShardHead) -> ShardChange:
    """Return the change that moves the head of a shard and nothing else."""
    return ShardChange(shard, {})
