"""Rollups against a Cosmos dialect: guarded by heads, batches of any size, folds that survive crashes."""

import json
from collections.abc import Collection
from random import Random

import pytest

from shared.analytics.model import (
    ASSESSMENTS,
    EMPTY_SHARD,
    Page,
    ShardChange,
    ShardHead,
    assessment_view,
    bucket_of,
    course_shard,
    learner_shard,
    learner_view,
    page_of,
)
from shared.analytics.policies import Audience
from shared.analytics.serving.polling import SOONEST, next_poll
from shared.analytics.serving.service import Dashboards
from shared.kernel.errors import PreconditionFailed
from shared.kernel.scope import TenantScope
from shared.platform.cosmos import rollups as adapter
from shared.platform.cosmos.packing import PARTS
from tests.contract.lake.conftest import CLOCK, District, Districts
from tests.fixtures.crash_points import Power, PowerCut, at_every_crash_point
from tests.fixtures.facts import Row, fact, ingest_id, learner_id

A, B = ingest_id(0), ingest_id(1)
ALGEBRA = "gradebook.algebra"
ADMIN = Audience.of({"TenantAdmin"}, frozenset(), frozenset(), 10)


def _change(names: range, obsolete: frozenset[str] = frozenset(), *, letters: int = 1) -> ShardChange:
    """Change pages of one view each, of so many random letters, which compress badly."""
    texts = {n: _noise(n, letters) for n in names}
    return ShardChange("learner:00", {_page(n): {_view(n): text} for n, text in texts.items()}, obsolete)


def _noise(n: int, letters: int) -> str:
    return json.dumps(Random(n).randbytes(letters // 2).hex())  # noqa: S311 - no secret


def _view(n: int) -> str:
    return f"learner:l{n:03x}"


def _page(n: int) -> str:
    return page_of(_view(n))


async def _ids(district: District) -> set[str]:
    return set((await district.rollups.head(district.scope, "learner:00")).pages)


async def _pages(district: District, shard: str, names: Collection[str]) -> dict[str, Page]:
    return (await district.rollups.read(district.scope, {shard: names}))[shard]


async def test_a_shard_of_many_pages_is_written_in_several_batches(district: District) -> None:
    await district.rollups.write(district.scope, EMPTY_SHARD, 1, _change(range(250)))
    assert len(await _ids(district)) == 250
    found = await district.rollups.read(district.scope, {"learner:00": [_page(n) for n in range(300)]})
    assert len(found["learner:00"]) == 250


async def test_large_pages_are_written_in_batches_that_the_service_takes(district: District) -> None:
    await district.rollups.write(district.scope, EMPTY_SHARD, 1, _change(range(5), letters=900_000))
    assert len(await _ids(district)) == 5


async def test_a_page_that_outgrows_a_document_lies_in_parts_and_comes_back_whole(district: District) -> None:
    views = {assessment_view(str(n)): _noise(n, 100_000) for n in range(30)}
    shard = course_shard("algebra")
    await district.rollups.write(district.scope, EMPTY_SHARD, 1, ShardChange(shard, {ASSESSMENTS: views}))
    head = await district.rollups.head(district.scope, shard)
    assert len(head.pages) == 1 + PARTS
    assert await _pages(district, shard, [ASSESSMENTS]) == {ASSESSMENTS: views}
    for view, text in views.items():
        rollup = await district.rollups.find(district.scope, shard, view)
        assert (rollup and rollup.text) == text
    small = {assessment_view("0"): views[assessment_view("0")]}
    await district.rollups.write(district.scope, head, 2, ShardChange(shard, {ASSESSMENTS: small}))
    assert (await district.rollups.head(district.scope, shard)).pages == {ASSESSMENTS}
    assert await _pages(district, shard, [ASSESSMENTS]) == {ASSESSMENTS: small}
    assert await district.rollups.find(district.scope, shard, assessment_view("1")) is None


async def test_what_is_read_together_is_what_is_found_one_by_one(
    district: District, districts: Districts
) -> None:
    in_parts = {assessment_view(str(n)): _noise(n, 100_000) for n in range(30)}
    other, algebra, biology = districts.new(), course_shard("algebra"), course_shard("biology")
    for shard, pages in (
        (algebra, {"course": {"course": '{"of":"algebra"}'}, ASSESSMENTS: in_parts}),
        (biology, {"course": {"course": '{"of":"biology"}'}}),
    ):
        await district.rollups.write(district.scope, EMPTY_SHARD, 1, ShardChange(shard, pages))
    places = [(algebra, "course"), (biology, "course"), (biology, "none"), ("course:none", "course")]
    places += [(algebra, view) for view in list(in_parts)[:2]]
    alone = {place: await district.rollups.find(district.scope, *place) for place in places}
    together = await district.rollups.find_together(district.scope, places)
    assert together == {place: rollup for place, rollup in alone.items() if rollup is not None}
    assert len(together) == 4
    assert await other.rollups.find_together(other.scope, places) == {}


async def test_obsolete_pages_are_deleted_however_many(district: District) -> None:
    await district.rollups.write(district.scope, EMPTY_SHARD, 1, _change(range(250)))
    head = await district.rollups.head(district.scope, "learner:00")
    gone = head.pages - {_page(7)}
    await district.rollups.write(district.scope, head, 2, _change(range(7, 8), gone))
    assert await _ids(district) == {_page(7)}
    assert await district.rollups.find(district.scope, "learner:00", _view(8)) is None


async def test_a_shard_that_moved_since_it_was_read_is_not_written(district: District) -> None:
    await district.rollups.write(district.scope, EMPTY_SHARD, 1, _change(range(1)))
    with pytest.raises(PreconditionFailed):
        await district.rollups.write(district.scope, EMPTY_SHARD, 1, _change(range(2)))
    stale = await district.rollups.head(district.scope, "learner:00")
    await district.rollups.write(district.scope, stale, 2, _change(range(3)))
    with pytest.raises(PreconditionFailed):
        await district.rollups.write(district.scope, stale, 3, _change(range(4)))
    assert len(await _ids(district)) == 3


async def test_a_shard_that_moved_between_two_batches_is_not_written_further(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = adapter.CosmosRollups(district.rollups._rollups)
    reread = district.rollups.head

    async def after_another_fold(scope: TenantScope, shard: str) -> ShardHead:
        head = await reread(scope, shard)
        if head.table_version == 1:
            await other.write(scope, head, 2, _change(range(1)))
        return await reread(scope, shard)

    monkeypatch.setattr(district.rollups, "head", after_another_fold)
    with pytest.raises(PreconditionFailed):
        await district.rollups.write(district.scope, EMPTY_SHARD, 1, _change(range(150)))


async def test_shards_are_listed_for_their_tenant_only(district: District, districts: Districts) -> None:
    other = districts.new()
    await district.rollups.write(district.scope, EMPTY_SHARD, 1, _change(range(1)))
    await other.rollups.write(
        other.scope, EMPTY_SHARD, 1, ShardChange("tenant", {"overview": {"overview": "{}"}})
    )
    assert list(await district.rollups.heads(district.scope)) == ["learner:00"]
    assert await district.rollups.find(other.scope, "learner:00", _view(0)) is None


def _rows(ingest: str, learners: range, course: str = "algebra") -> list[Row]:
    return [fact(ingest, learner_id(n), course, score=str(n % 10), record=n + 2) for n in learners]


async def _views(district: District) -> str:
    found = {}
    for shard, head in sorted((await district.rollups.heads(district.scope)).items()):
        pages = await _pages(district, shard, head.pages)
        assert pages.keys() == head.pages
        found[shard] = {name: dict(sorted(page.items())) for name, page in sorted(pages.items())}
    return json.dumps(found)


async def test_a_committed_file_is_served_after_its_fold_and_the_corrected_one_after_the_next(
    district: District,
) -> None:
    dashboards = Dashboards(district.rollups)
    await district.work(A, ALGEBRA, _rows(A, range(6)), _rows(A, range(2), "biology"))
    await district.commit(A)
    await district.fold(A)
    overview = await dashboards.overview(district.scope, ADMIN)
    assert [(line.course_id, line.learners) for line in overview.model.courses] == [
        ("algebra", 6),
        ("biology", 2),
    ]
    await district.work(B, ALGEBRA, _rows(B, range(3)))
    await district.commit(B)
    await district.fold(B)
    course = await dashboards.course(district.scope, ADMIN, "algebra")
    assert (course.model.learners, course.data_version) == (3, 2)
    assert next_poll(course.changed_at, CLOCK.now()) == SOONEST
    assert (await district.rollups.head(district.scope, course_shard("biology"))).pages == frozenset()
    shard, gone = learner_shard(bucket_of(learner_id(5))), learner_view(learner_id(5))
    assert await district.rollups.find(district.scope, shard, gone) is None
    assert await district.state(B) == "folded"


async def test_a_crash_at_any_point_of_a_fold_ends_as_an_undisturbed_run(districts: Districts) -> None:
    views: set[str] = set()

    async def scenario(power: Power) -> None:
        district = districts.new()
        await district.work(A, ALGEBRA, _rows(A, range(1)))
        await district.commit(A)
        await district.fold(A)
        await district.work(B, ALGEBRA, _rows(B, range(1, 2)))
        await district.commit(B)
        try:
            await district.fold(B, power)
        except* PowerCut:
            await district.fold(B)
        assert await district.state(B) == "folded"
        views.add(await _views(district))

    assert await at_every_crash_point(scenario) > 7
    assert len(views) == 1
