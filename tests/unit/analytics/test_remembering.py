"""A rollup that many ask for is read after each fold, and nobody gets that of another tenant."""

import asyncio
from collections.abc import Collection

import pytest

from shared.analytics.model import EMPTY_SHARD, TENANT_SHARD, Rollup, ShardHead
from shared.analytics.ports import Place
from shared.analytics.serving.last_folds import LIFETIME, LONGEST, LastFolds
from shared.analytics.serving.remembering import RememberedRollups
from shared.kernel.clock import Clock
from shared.kernel.errors import Unavailable
from shared.kernel.scope import TenantScope
from tests.fixtures.facts import scope_of
from tests.fixtures.tenancy import FixedClock

_NORTH, _SOUTH = scope_of("north"), scope_of("south")


class _Store:
    """Holds back its answers until `open`; counts what is read."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.open = asyncio.Event()
        self.open.set()
        self.rollups = {("north", "overview"): Rollup(1, "one")}
        self.folds = 0
        self.reads = 0
        self.heads = 0
        self.broken = False

    async def head(self, scope: TenantScope, shard: str) -> ShardHead:
        assert shard == TENANT_SHARD
        self.heads += 1
        return ShardHead(1, frozenset(), f"{scope.tenant_id} {self.folds}")

    async def find(self, scope: TenantScope, shard: str, view: str) -> Rollup | None:
        self.reads += 1
        self.asked.set()
        await self.open.wait()
        if self.broken:
            raise Unavailable("away")
        return self.rollups.get((scope.tenant_id, view))

    async def find_together(self, scope: TenantScope, places: Collection[Place]) -> dict[Place, Rollup]:
        self.reads += 1
        found = {place: self.rollups.get((scope.tenant_id, place[1])) for place in places}
        return {place: rollup for place, rollup in found.items() if rollup is not None}


def _remembered(store: _Store, clock: Clock) -> RememberedRollups:
    return RememberedRollups(store, LastFolds(store, clock), clock)


async def test_a_rollup_is_read_again_when_a_fold_has_ended() -> None:
    store, clock = _Store(), FixedClock()
    rollups = _remembered(store, clock)
    await rollups.find(_NORTH, "tenant", "overview")
    store.rollups["north", "overview"] = Rollup(2, "two")
    store.folds += 1

    assert await rollups.find(_NORTH, "tenant", "overview") == Rollup(1, "one")
    clock.advance(LIFETIME.total_seconds())
    assert await rollups.find(_NORTH, "tenant", "overview") == Rollup(2, "two")
    assert store.reads == 2


async def test_without_a_fold_only_the_head_of_the_tenant_is_read_once_a_second() -> None:
    store, clock = _Store(), FixedClock()
    rollups = _remembered(store, clock)
    for _ in range(10):
        await rollups.find(_NORTH, "tenant", "overview")
        await rollups.find(_NORTH, "tenant", "overview")
        clock.advance(LIFETIME.total_seconds())

    assert (store.reads, store.heads) == (1, 10)


async def test_what_a_broken_fold_wrote_is_seen_after_half_a_minute() -> None:
    store, clock = _Store(), FixedClock()
    rollups = _remembered(store, clock)
    await rollups.find(_NORTH, "tenant", "overview")
    store.rollups["north", "overview"] = Rollup(2, "two")
    clock.advance(LONGEST.total_seconds())

    assert await rollups.find(_NORTH, "tenant", "overview") == Rollup(2, "two")


async def test_item_analyses_are_read_once_a_second_for_no_fold_of_results_tells_of_them() -> None:
    store, clock = _Store(), FixedClock()
    store.rollups["north", "items:1"] = Rollup(1, "one")
    rollups = _remembered(store, clock)
    await rollups.find(_NORTH, "course:a", "items:1")
    store.rollups["north", "items:1"] = Rollup(2, "two")

    assert await rollups.find(_NORTH, "course:a", "items:1") == Rollup(1, "one")
    clock.advance(LIFETIME.total_seconds())
    assert await rollups.find(_NORTH, "course:a", "items:1") == Rollup(2, "two")
    assert store.heads == 0


async def test_before_the_first_fold_nothing_is_kept_for_longer_than_a_second() -> None:
    class Unfolded(_Store):
        async def head(self, scope: TenantScope, shard: str) -> ShardHead:
            return EMPTY_SHARD

    store, clock = Unfolded(), FixedClock()
    rollups = _remembered(store, clock)
    await rollups.find(_NORTH, "tenant", "overview")
    store.rollups["north", "overview"] = Rollup(2, "two")
    clock.advance(LIFETIME.total_seconds())

    assert await rollups.find(_NORTH, "tenant", "overview") == Rollup(2, "two")


async def test_what_is_read_ahead_is_read_together_and_found_without_a_read() -> None:
    store = _Store()
    store.rollups |= {("north", "feeds"): Rollup(1, "two"), ("south", "feeds"): Rollup(3, "other")}
    rollups = _remembered(store, FixedClock())
    places = [("tenant", "overview"), ("tenant", "feeds"), ("tenant", "none")]
    await rollups.read_ahead(_NORTH, places)

    assert await rollups.find(_NORTH, "tenant", "overview") == Rollup(1, "one")
    assert await rollups.find(_NORTH, "tenant", "feeds") == Rollup(1, "two")
    assert store.reads == 1
    await rollups.read_ahead(_NORTH, places)
    assert store.reads == 1
    assert await rollups.find(_NORTH, "tenant", "none") is None
    assert await rollups.find(_SOUTH, "tenant", "feeds") == Rollup(3, "other")


async def test_nobody_gets_the_rollup_of_another_tenant_or_shard() -> None:
    rollups = _remembered(_Store(), FixedClock())
    await rollups.find(_NORTH, "tenant", "overview")

    assert await rollups.find(_SOUTH, "tenant", "overview") is None
    assert await rollups.find(_NORTH, "tenant", "feeds") is None


async def test_that_there_is_none_is_asked_anew() -> None:
    store = _Store()
    rollups = _remembered(store, FixedClock())
    assert await rollups.find(_SOUTH, "tenant", "overview") is None
    store.rollups["south", "overview"] = Rollup(1, "one")

    assert await rollups.find(_SOUTH, "tenant", "overview") == Rollup(1, "one")


async def test_who_asks_while_it_is_read_waits_for_the_one_answer() -> None:
    store = _Store()
    store.open.clear()
    rollups = _remembered(store, FixedClock())
    asking = [asyncio.create_task(rollups.find(_NORTH, "tenant", "overview")) for _ in range(3)]
    await store.asked.wait()
    asking[0].cancel()
    store.open.set()

    assert await asyncio.gather(*asking[1:]) == [Rollup(1, "one")] * 2
    assert store.reads == 1


async def test_a_fault_is_not_remembered() -> None:
    store = _Store()
    store.broken = True
    rollups = _remembered(store, FixedClock())
    with pytest.raises(Unavailable):
        await rollups.find(_NORTH, "tenant", "overview")
    store.broken = False

    assert await rollups.find(_NORTH, "tenant", "overview") == Rollup(1, "one")
