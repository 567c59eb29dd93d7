"""The writer of shards: what another fold moved is built anew, and nothing else."""

from collections import Counter
from collections.abc import Iterable

import pytest

from shared.analytics.folding.shard_writing import ShardWriter, StaleSnapshot
from shared.analytics.model import EMPTY_SHARD, ShardChange, ShardHead
from shared.analytics.ports import Upon
from shared.kernel.errors import Unavailable
from shared.kernel.scope import TenantScope
from tests.fixtures.facts import scope_of
from tests.fixtures.rollups import MemoryRollups

SCOPE = scope_of("north-district")
SHARDS = ["course:a", "course:b", "course:c"]


class _Raced(MemoryRollups):
    """Before each of some writes another fold of version 1 moves a shard."""

    def __init__(self, moving: str, races: int) -> None:
        super().__init__()
        self.moving = moving
        self.races = races

    async def write(self, scope: TenantScope, table_version: int, changes: Iterable[Upon]) -> set[str]:
        """Move the shard, then write the changes."""
        if self.races > 0:
            self.races -= 1
            head = self.heads_.get((scope.tenant_id, self.moving), EMPTY_SHARD)
            await super().write(scope, 1, [(head, ShardChange(self.moving, {"other": {"other": "{}"}}))])
        return await super().write(scope, table_version, changes)


async def _written(store: MemoryRollups, version: int = 2) -> Counter[str]:
    built = Counter[str]()

    async def build(shard: str, _head: ShardHead) -> ShardChange:
        built[shard] += 1
        return ShardChange(shard, {"course": {"course": "{}"}})

    writer = ShardWriter(SCOPE, store, version)
    await writer.write((shard, build) for shard in SHARDS)
    assert writer.written == {*SHARDS}
    return built


async def test_only_the_shard_that_moved_is_built_anew() -> None:
    store = _Raced("course:b", races=2)
    assert await _written(store) == {"course:a": 1, "course:b": 3, "course:c": 1}
    assert {head.table_version for head in store.heads_.values()} == {2}
    assert store.heads_[SCOPE.tenant_id, "course:b"].pages == {"other", "course"}


async def test_a_shard_that_keeps_moving_is_left_to_the_next_delivery() -> None:
    with pytest.raises(Unavailable, match="course:b"):
        await _written(_Raced("course:b", races=100))


async def test_a_snapshot_that_is_older_than_a_shard_writes_none_of_those_built_with_it() -> None:
    store = _Raced("course:b", races=1)
    with pytest.raises(StaleSnapshot):
        await _written(store, version=0)
    assert store.heads_[SCOPE.tenant_id, "course:b"].table_version == 1
