"""Shards of one partition against a Cosmos dialect: written by one transaction, each under its head."""

from collections.abc import Collection, Sequence

import pytest

from shared.analytics.model import BUCKETS, EMPTY_SHARD, ShardChange, ShardHead, course_shard, learner_shard
from shared.kernel.errors import Unavailable
from shared.platform.cosmos.operations import Operation
from shared.platform.cosmos.scoped import ScopedContainer
from shared.platform.cosmos.shard_places import PARTITIONS, partition_of
from tests.contract.lake.conftest import District

LEARNERS = [learner_shard(f"{bucket:02x}") for bucket in range(BUCKETS)]
SOME = LEARNERS[::PARTITIONS]
"""Shards that lie together."""


class _Batches:
    """Notes the operations of each batch; `most` are let through."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sizes: list[int] = []
        self.most = 1000
        batch = ScopedContainer.batch

        async def noted(
            container: ScopedContainer, scope: object, level: str, operations: Sequence[Operation]
        ) -> None:
            if len(self.sizes) == self.most:
                raise Unavailable
            self.sizes.append(len(operations))
            await batch(container, scope, level, operations)  # type: ignore[arg-type] # passed on as it came

        monkeypatch.setattr(ScopedContainer, "batch", noted)


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> _Batches:
    return _Batches(monkeypatch)


def _change(shard: str, text: str, pages: int = 1) -> ShardChange:
    return ShardChange(shard, {f"learners:{n:03x}": {f"learner:l{n:03x}": text} for n in range(pages)})


async def _write(
    district: District, version: int, text: str, shards: Collection[str], pages: int = 1
) -> set[str]:
    heads = await district.rollups.heads(district.scope, shards)
    changes = [(heads.get(shard, EMPTY_SHARD), _change(shard, text, pages)) for shard in shards]
    return await district.rollups.write(district.scope, version, changes)


async def _texts(district: District, shards: Collection[str]) -> dict[str, str]:
    found = await district.rollups.read(district.scope, {shard: ["learners:000"] for shard in shards})
    return {shard: page["learners:000"]["learner:l000"] for shard, page in found.items() if page}


def test_learners_fall_evenly_into_partitions_and_the_tenant_lies_with_its_schools() -> None:
    assert len({partition_of(shard) for shard in LEARNERS}) == PARTITIONS
    assert len({partition_of(shard) for shard in SOME}) == 1
    courses = [partition_of(course_shard(f"course-{n}")) for n in range(400)]
    assert len({*courses}) == PARTITIONS
    assert all(70 < courses.count(each) < 130 for each in courses)
    assert partition_of("tenant") == partition_of("school:washington")


async def test_shards_that_lie_together_are_written_by_one_transaction(
    district: District, batches: _Batches
) -> None:
    assert await _write(district, 1, "1", LEARNERS) == set()
    assert batches.sizes == [2 * len(SOME)] * PARTITIONS
    assert await _texts(district, LEARNERS) == dict.fromkeys(LEARNERS, "1")
    heads = await district.rollups.heads(district.scope)
    assert {(head.table_version, *head.pages) for head in heads.values()} == {(1, "learners:000")}


async def test_what_does_not_fit_one_transaction_takes_more(district: District, batches: _Batches) -> None:
    assert await _write(district, 1, "1", SOME, pages=40) == set()
    assert sorted(batches.sizes) == [2 * 41] * 2
    batches.sizes.clear()
    large, *small = SOME
    heads = await district.rollups.heads(district.scope)
    changes = [(heads[large], _change(large, "2", 150))]
    changes += [(heads[shard], _change(shard, "2")) for shard in small]
    assert await district.rollups.write(district.scope, 2, changes) == set()
    assert sorted(batches.sizes) == [2 * len(small), 1 + 51, 100]
    assert await _texts(district, SOME) == dict.fromkeys(SOME, "2")


async def test_of_shards_written_together_only_that_which_moved_is_left_out(district: District) -> None:
    await _write(district, 1, "1", SOME)
    first, moving, *others = SOME
    stale = await district.rollups.heads(district.scope, SOME)
    assert await _write(district, 2, "2", [moving]) == set()
    changes = [(stale[shard], _change(shard, "3")) for shard in SOME]
    assert await district.rollups.write(district.scope, 3, changes) == {moving}
    assert await _texts(district, SOME) == {moving: "2"} | dict.fromkeys([first, *others], "3")


async def test_a_shard_that_was_made_in_between_is_left_out_too(district: District) -> None:
    made, *others = SOME
    assert await _write(district, 1, "1", [made]) == set()
    changes = [(EMPTY_SHARD, _change(shard, "2")) for shard in SOME]
    assert await district.rollups.write(district.scope, 2, changes) == {made}
    assert await _texts(district, SOME) == {made: "1"} | dict.fromkeys(others, "2")


async def test_of_a_refused_transaction_nothing_is_written(district: District, batches: _Batches) -> None:
    await _write(district, 1, "1", SOME)
    stale = await district.rollups.heads(district.scope, SOME)
    await _write(district, 2, "2", SOME[-1:])
    batches.most = len(batches.sizes) + 1
    changes = [(stale[shard], _change(shard, "3")) for shard in SOME]
    with pytest.raises(Unavailable):
        await district.rollups.write(district.scope, 3, changes)
    assert await _texts(district, SOME) == dict.fromkeys(SOME[:-1], "1") | {SOME[-1]: "2"}


async def test_each_family_of_views_keeps_its_own_heads_in_a_partition(district: District) -> None:
    items = type(district.rollups)(district.rollups._rollups, "items-head")
    shards = [course_shard(f"course-{n}") for n in range(20)]
    pages = {"items:quiz": {"items:quiz": "{}"}}
    await _write(district, 1, "1", shards)
    changes = [(EMPTY_SHARD, ShardChange(shard, pages)) for shard in shards]
    assert await items.write(district.scope, 7, changes) == set()
    own: dict[str, ShardHead] = await items.heads(district.scope)
    assert {(head.table_version, *head.pages) for head in own.values()} == {(7, "items:quiz")}
    assert await _texts(district, shards) == dict.fromkeys(shards, "1")
    assert len(await district.rollups.heads(district.scope)) == len(own) == 20
