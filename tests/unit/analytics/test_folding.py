"""Folds: equal to an independent computation, the same in any order and chunking, complete and no more."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.analytics.folding import recomputing
from shared.analytics.folding.fold import Folder, Rebuilt
from shared.analytics.folding.room import Room
from shared.analytics.model import View, bucket_of, course_shard, learner_shard, learner_view
from shared.analytics.standards.alignments import ALIGNED, Alignments
from shared.analytics.structure import LINE_ITEMS, Structure
from shared.kernel.errors import Unavailable
from shared.kernel.scope import TenantScope
from shared.platform.disk.scratch import DiskScratch
from tests.fixtures.facts import Row, fact, ingest_id, learner_id, scope_of
from tests.fixtures.folding import fold
from tests.fixtures.rollups import LocalLake, LocalSnapshot, MemoryRollups
from tests.unit.analytics.by_duckdb import views_by_duckdb

SCOPE = scope_of("north-district")
INGESTS = [ingest_id(n) for n in range(4)]

_MOMENTS = [None, datetime(2026, 9, 30, 23, 59, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC)]
KNOWN = Structure(
    {"algebra": "s-1", "biology": "s-2", "chemistry": "s-1"},
    {"s-1": "School of the North", "algebra": "Algebra I", "A": "Section A"},
    pl.DataFrame(
        [("algebra", "quiz-1", "term-1", None), ("biology", "quiz-1", None, _MOMENTS[1])],
        schema=LINE_ITEMS,
        orient="row",
    ),
    Alignments(
        pl.DataFrame(
            [
                ("algebra", "quiz-1", "M.1"),
                ("algebra", "quiz 2/a", "M.1"),
                ("algebra", "quiz 2/a", "urn:uuid:2"),
                ("biology", "quiz-1", "urn:uuid:2"),
                ("biology", "never", "B.9"),
            ],
            schema=ALIGNED,
            orient="row",
        ),
        {"urn:uuid:2": "case"},
    ),
)
"""Two of the three courses have a school; one line item states its period, one when it is due.

One standard has two line items of a course, one has line items in two courses, one has no results.
"""

NOTHING: dict[tuple[str, str], View] = {
    ("tenant", "overview"): {"courses": [], "schools": [], "figures": None, "growth": []},
    ("tenant", "periods"): {"periods": []},
    ("tenant", "feeds"): {"feeds": []},
}
"""The views of a tenant without results."""

WIDE = Room()

NEVER = 2.0
"""A share of the rows that no file reaches: each fold looks for what is touched."""

_POINTS = st.integers(0, 300_000).map(lambda scaled: f"{scaled / 10_000:.4f}")


_ROOMS = st.builds(
    Room,
    st.just(DiskScratch),
    results_at_once=st.integers(1, 8),
    results_aside=st.integers(1, 16),
    facts_at_once=st.integers(1, 20),
    parts_aside=st.integers(1, 3),
)
"""So little that some of everything lies aside, and some is read again."""


@st.composite
def _files(draw: st.DrawFn) -> list[list[Row]]:
    """Up to four files, each of its own source, with overlapping courses, learners and attempts."""
    files = []
    for ingest in INGESTS[: draw(st.integers(1, 4))]:
        rows = [
            fact(
                ingest,
                learner_id(draw(st.sampled_from([1, 2, 70, 257]))),
                draw(st.sampled_from(["algebra", "biology", "c/3?#"])),
                draw(st.sampled_from(["quiz-1", "quiz 2/a"])),
                source=f"source-{ingest}",
                score=draw(st.none() | _POINTS),
                max_score=draw(st.sampled_from([None, "0", "10", "20.5", "0.0003"])),
                status=draw(
                    st.sampled_from(["fully-graded", "exempt", "suppressed", "submitted", "not-submitted"])
                ),
                # The last needs more bits than facts have that nobody measured.
                attempt=draw(st.sampled_from([1, 2, 2**20])),
                record=record,
                section=draw(st.sampled_from([None, "A", "B/1"])),
                feed=draw(st.sampled_from(["canvas-gradebook", "oneroster"])),
                occurred_at=draw(st.sampled_from(_MOMENTS)),
            )
            for record in range(2, 2 + draw(st.integers(1, 12)))
        ]
        files.append(rows)
    return files


def _cut(rows: Sequence[Row], size: int) -> list[Sequence[Row]]:
    return [rows[start : start + size] for start in range(0, len(rows), size)]


async def _folded(
    folder: Path,
    files: list[list[Row]],
    *,
    size: int,
    order: Sequence[int],
    whole_from: float = NEVER,
    room: Room = WIDE,
) -> MemoryRollups:
    lake, store = LocalLake(folder, known=KNOWN), MemoryRollups()
    for rows in files:
        lake.commit(rows[0]["ingest_id"], _cut(rows, size))
    for position in order:
        folding = Folder(lake, store, room=room, whole_from=whole_from)
        await fold(folding, lake, SCOPE, files[position][0]["ingest_id"])
    return store


def _served(store: MemoryRollups) -> dict[tuple[str, str], View]:
    """Return the views without what folds keep for themselves."""
    kept = ("ledger:", "members", "totals:")
    views = {key: view for key, view in store.views(SCOPE.tenant_id).items() if not key[1].startswith(kept)}
    for (_, name), view in views.items():
        courses: Any = view["courses"] if name.startswith("standard:") else []
        for line in courses:
            del line["sums"]
    return views


def _bytes(views: dict[tuple[str, str], View]) -> str:
    return json.dumps(sorted(views.items()))


@settings(max_examples=12, deadline=None)
@given(_files())
async def test_every_view_equals_an_independent_computation(files: list[list[Row]]) -> None:
    with TemporaryDirectory() as folder:
        store = await _folded(Path(folder), files, size=100, order=range(len(files)))
        expected = views_by_duckdb(folder, KNOWN)
    assert _served(store) == expected


@settings(max_examples=15, deadline=None)
@given(_files(), st.integers(1, 5), _ROOMS, st.randoms(use_true_random=False))
async def test_order_chunking_and_memory_do_not_change_a_bit(
    files: list[list[Row]], size: int, room: Room, random: Random
) -> None:
    order = list(range(len(files)))
    shuffled = random.sample(order, len(order))
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        plain = await _folded(Path(one), files, size=100, order=order, whole_from=0.5)
        hard = await _folded(Path(other), files, size=size, order=shuffled, room=room)
    assert _bytes(plain.views(SCOPE.tenant_id)) == _bytes(hard.views(SCOPE.tenant_id))


@pytest.mark.parametrize("kept", [0, 40])
async def test_facts_that_are_read_file_by_file_give_the_same_views_however_many_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: int
) -> None:
    monkeypatch.setattr(recomputing, "_FACTS_AT_ONCE", 1)
    monkeypatch.setattr(recomputing, "_FACTS_IN_MEMORY", kept)
    files = [
        [
            fact(ingest, learner_id(n % 9), item, score=str(n % 7), attempt=n % 3, record=n)
            for n in range(2, 30)
            for item in ("algebra", "biology")
        ]
        for ingest in INGESTS[:3]
    ]
    store = await _folded(tmp_path, files, size=5, order=range(3), room=Room(DiskScratch, 6))
    assert _served(store) == views_by_duckdb(str(tmp_path), KNOWN)


@settings(max_examples=10, deadline=None)
@given(_files(), _files())
async def test_a_rebuild_equals_what_folds_have_left(before: list[list[Row]], after: list[list[Row]]) -> None:
    with TemporaryDirectory() as folder:
        lake, store, rebuilt = LocalLake(Path(folder), known=KNOWN), MemoryRollups(), MemoryRollups()
        folder_of = Folder(lake, store, room=Room(DiskScratch, 7, 20, 10, 1), whole_from=NEVER)
        for rows in before:
            lake.commit(rows[0]["ingest_id"], [rows])
            await fold(folder_of, lake, SCOPE, rows[0]["ingest_id"])
        for number, rows in enumerate(after):
            newer = ingest_id(100 + number)
            replaced = [before[number][0]["ingest_id"]] if number < len(before) else []
            lake.commit(newer, [[{**row, "ingest_id": newer} for row in rows]], replaced)
            await fold(folder_of, lake, SCOPE, newer)
        await Folder(lake, rebuilt).rebuild(SCOPE)
        assert _bytes(store.views(SCOPE.tenant_id)) == _bytes(rebuilt.views(SCOPE.tenant_id))
        await folder_of.rebuild(SCOPE)
        assert _bytes(store.views(SCOPE.tenant_id)) == _bytes(rebuilt.views(SCOPE.tenant_id))


@pytest.fixture
def lake(tmp_path: Path) -> LocalLake:
    return LocalLake(tmp_path)


async def test_views_that_no_fact_supports_any_more_are_deleted(lake: LocalLake) -> None:
    store = MemoryRollups()
    folder = Folder(lake, store)
    first, second = INGESTS[:2]
    lake.commit(first, [[fact(first, learner_id(1)), fact(first, learner_id(2), "biology")]])
    await fold(folder, lake, SCOPE, first)
    lake.commit(second, [[fact(second, learner_id(1))]], [first])
    await fold(folder, lake, SCOPE, second)
    views = store.views(SCOPE.tenant_id)
    assert not [shard for shard, _ in views if shard == course_shard("biology")]
    assert (learner_shard(bucket_of(learner_id(2))), learner_view(learner_id(2))) not in views
    overview: Any = views["tenant", "overview"]
    assert [line["courseId"] for line in overview["courses"]] == ["algebra"]


async def test_a_rebuild_clears_shards_that_nothing_supports(lake: LocalLake) -> None:
    store = MemoryRollups()
    lake.commit(INGESTS[0], [[fact(INGESTS[0], learner_id(1))]])
    await fold(Folder(lake, store), lake, SCOPE, INGESTS[0])
    lake.commit(INGESTS[1], [], [INGESTS[0]])
    await Folder(lake, store).rebuild(SCOPE)
    assert store.views(SCOPE.tenant_id) == NOTHING


async def test_a_first_commit_without_any_result_leaves_what_a_rebuild_would(lake: LocalLake) -> None:
    folded, rebuilt = MemoryRollups(), MemoryRollups()
    lake.commit(INGESTS[0], [])
    await fold(Folder(lake, folded), lake, SCOPE, INGESTS[0])
    await Folder(lake, rebuilt).rebuild(SCOPE)
    assert folded.views(SCOPE.tenant_id) == rebuilt.views(SCOPE.tenant_id) == NOTHING


async def test_a_repeated_fold_changes_nothing(lake: LocalLake) -> None:
    store = MemoryRollups()
    lake.commit(INGESTS[0], [[fact(INGESTS[0], learner_id(1))]])
    await fold(Folder(lake, store), lake, SCOPE, INGESTS[0])
    heads = dict(store.heads_)
    await fold(Folder(lake, store), lake, SCOPE, INGESTS[0])
    assert store.heads_ == heads


async def test_a_fold_of_an_older_snapshot_starts_over_on_a_fresh_one(lake: LocalLake) -> None:
    first, second = INGESTS[:2]
    lake.commit(first, [[fact(first, learner_id(1), score="1")]])
    stale = await lake.snapshot(SCOPE)
    lake.commit(second, [[fact(second, learner_id(1), score="9")]], [first])
    store = MemoryRollups()
    await fold(Folder(lake, store), lake, SCOPE, second)
    expected = store.views(SCOPE.tenant_id)
    lagging = _Lagging(lake, [stale])
    await fold(Folder(lagging, store), lake, SCOPE, first)
    assert store.views(SCOPE.tenant_id) == expected
    assert lagging.stale == []


async def test_a_fold_waits_until_its_commit_is_visible(lake: LocalLake) -> None:
    lake.commit(INGESTS[0], [[fact(INGESTS[0], learner_id(1))]])
    stale = await lake.snapshot(SCOPE)
    lake.commit(INGESTS[1], [[fact(INGESTS[1], learner_id(2))]])
    with pytest.raises(Unavailable):
        await fold(Folder(_Lagging(lake, [stale]), MemoryRollups()), lake, SCOPE, INGESTS[1])
    assert INGESTS[1] not in lake.folded


class _Lagging:
    """Shows old snapshots first."""

    def __init__(self, lake: LocalLake, stale: list[LocalSnapshot]) -> None:
        self.lake, self.stale = lake, stale

    async def snapshot(self, scope: TenantScope) -> LocalSnapshot:
        return self.stale.pop(0) if self.stale else await self.lake.snapshot(scope)

    async def structure(self, scope: TenantScope) -> Structure:
        return await self.lake.structure(scope)


async def test_a_rebuild_of_a_tenant_without_facts_writes_nothing(lake: LocalLake) -> None:
    lake.version, store = -1, MemoryRollups()
    assert await Folder(lake, store).rebuild(SCOPE) is None
    assert store.heads_ == {}


async def test_a_rebuild_says_what_it_was_made_from(lake: LocalLake) -> None:
    lake.commit(INGESTS[0], [[fact(INGESTS[0], learner_id(1)), fact(INGESTS[0], learner_id(1), "biology")]])
    assert await Folder(lake, MemoryRollups()).rebuild(SCOPE) == Rebuilt(courses=2, table_version=1)
