"""Folds of item responses: the same in any order and chunking, complete, and only among their own views."""

import json
from collections.abc import Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.analytics.items.folding import ItemFolder
from shared.analytics.items.writing import MOST_ITEMS
from shared.analytics.model import course_shard, items_view
from shared.kernel.errors import Unavailable
from tests.fixtures.answers import AnswerTable, answer
from tests.fixtures.facts import Row, ingest_id, learner_id, scope_of
from tests.fixtures.rollups import MemoryRollups

SCOPE = scope_of("north-district")
INGESTS = [ingest_id(n) for n in range(4)]


@st.composite
def _files(draw: st.DrawFn) -> list[list[Row]]:
    """Up to four files that overlap in courses, assessments, learners and attempts."""
    random = draw(st.randoms(use_true_random=False))
    return [
        [
            answer(
                ingest,
                learner_id(random.randrange(12)),
                random.choice(["item-1", "item-2", "item-3"]),
                random.choice(["0", "1"]),
                random.choice(["A", "B", None]),
                course=random.choice(["algebra", "c/3?#", None]),
                line_item=random.choice(["quiz-1", "quiz 2/a"]),
                attempt=random.choice([1, 1, 2]),
                record=record,
            )
            for record in range(2, 2 + draw(st.integers(1, 36)))
        ]
        for ingest in INGESTS[: draw(st.integers(1, 4))]
    ]


def _bytes(store: MemoryRollups) -> str:
    return json.dumps(sorted(store.views(SCOPE.tenant_id).items()))


async def _folded(folder: Path, files: list[list[Row]], order: Sequence[int], at_once: int) -> MemoryRollups:
    table, store = AnswerTable(folder), MemoryRollups()
    for rows in files:
        table.commit(rows[0]["ingest_id"], rows)
    for position in order:
        fold = ItemFolder(table, store, answers_at_once=at_once)
        await fold.follow(SCOPE, table.changes[files[position][0]["ingest_id"]])
    return store


@settings(max_examples=15, deadline=None)
@given(_files(), st.integers(1, 30), st.randoms(use_true_random=False))
async def test_order_and_memory_do_not_change_a_bit(
    files: list[list[Row]], at_once: int, random: Random
) -> None:
    order = list(range(len(files)))
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        plain = await _folded(Path(one), files, order, 10**6)
        hard = await _folded(Path(other), files, random.sample(order, len(order)), at_once)
    assert _bytes(plain) == _bytes(hard)


@settings(max_examples=10, deadline=None)
@given(_files(), _files())
async def test_a_rebuild_equals_what_folds_have_left(before: list[list[Row]], after: list[list[Row]]) -> None:
    with TemporaryDirectory() as folder:
        table, store, rebuilt = AnswerTable(Path(folder)), MemoryRollups(), MemoryRollups()
        folding = ItemFolder(table, store)
        for rows in before:
            table.commit(rows[0]["ingest_id"], rows)
            await folding.follow(SCOPE, table.changes[rows[0]["ingest_id"]])
        for number, rows in enumerate(after):
            newer = ingest_id(100 + number)
            replaced = [before[number][0]["ingest_id"]] if number < len(before) else []
            table.commit(newer, [{**row, "ingest_id": newer} for row in rows], replaced)
            await folding.follow(SCOPE, table.changes[newer])
        await ItemFolder(table, rebuilt, answers_at_once=50).rebuild(SCOPE)
        assert _bytes(store) == _bytes(rebuilt)
        await folding.rebuild(SCOPE)
        assert _bytes(store) == _bytes(rebuilt)


@pytest.fixture
def table(tmp_path: Path) -> AnswerTable:
    return AnswerTable(tmp_path)


def _answers(ingest: str, line_item: str = "quiz-1", course: str = "algebra", items: int = 2) -> list[Row]:
    return [
        answer(ingest, learner_id(who), f"item-{item:03}", str(who % 2), course=course, line_item=line_item)
        for who in range(12)
        for item in range(items)
    ]


async def test_views_that_no_answer_supports_any_more_are_deleted(table: AnswerTable) -> None:
    store = MemoryRollups()
    folding = ItemFolder(table, store)
    first, second = INGESTS[:2]
    table.commit(first, [*_answers(first), *_answers(first, "quiz-2"), *_answers(first, course="biology")])
    await folding.follow(SCOPE, table.changes[first])
    table.commit(second, _answers(second, "quiz-2"), [first])
    await folding.follow(SCOPE, table.changes[second])
    assert list(store.views(SCOPE.tenant_id)) == [(course_shard("algebra"), items_view("quiz-2"))]
    table.commit(INGESTS[2], [], [second])
    await folding.rebuild(SCOPE)
    assert store.views(SCOPE.tenant_id) == {}


async def test_other_assessments_of_the_course_keep_their_views(table: AnswerTable) -> None:
    store = MemoryRollups()
    folding = ItemFolder(table, store)
    for ingest, line_item in zip(INGESTS, ("quiz-1", "quiz-2"), strict=False):
        table.commit(ingest, _answers(ingest, line_item))
        await folding.follow(SCOPE, table.changes[ingest])
    views = {view for _, view in store.views(SCOPE.tenant_id)}
    assert views == {items_view("quiz-1"), items_view("quiz-2")}


async def test_a_fold_waits_until_its_commit_is_visible(table: AnswerTable) -> None:
    table.commit(INGESTS[0], _answers(INGESTS[0]))
    table.version = 0
    with pytest.raises(Unavailable):
        await ItemFolder(table, MemoryRollups()).follow(SCOPE, table.changes[INGESTS[0]])


async def test_more_items_than_a_view_lists_are_counted(table: AnswerTable) -> None:
    store = MemoryRollups()
    table.commit(INGESTS[0], _answers(INGESTS[0], items=MOST_ITEMS + 3))
    await ItemFolder(table, store).follow(SCOPE, table.changes[INGESTS[0]])
    view = store.views(SCOPE.tenant_id)[course_shard("algebra"), items_view("quiz-1")]
    assert isinstance(view["items"], list)
    assert (len(view["items"]), view["furtherItems"]) == (MOST_ITEMS, 3)


async def test_a_tenant_without_answers_has_no_analyses(table: AnswerTable) -> None:
    store = MemoryRollups()
    await ItemFolder(table, store).rebuild(SCOPE)
    assert store.views(SCOPE.tenant_id) == {}
