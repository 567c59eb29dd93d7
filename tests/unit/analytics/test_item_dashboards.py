"""Item analyses as they are answered: by role, and nothing that tells of a few."""

from pathlib import Path

import pytest

from shared.analytics.folding.fold import Folder
from shared.analytics.items.folding import ItemFolder
from shared.analytics.items.views import ItemDashboard
from shared.analytics.policies import Audience
from shared.analytics.serving.service import Dashboards
from shared.kernel.errors import NotFound
from tests.fixtures.answers import AnswerTable, answer
from tests.fixtures.facts import Row, fact, ingest_id, learner_id, scope_of
from tests.fixtures.folding import fold
from tests.fixtures.rollups import LocalLake, MemoryRollups

SCOPE = scope_of("north-district")
INGEST = ingest_id(1)
NOBODY: frozenset[str] = frozenset()
ADMIN = Audience.of({"TenantAdmin"}, NOBODY, NOBODY, 10)
SUPPORT = Audience.of({"SupportReadonly"}, NOBODY, NOBODY, 10)
TEACHER = Audience.of({"Instructor"}, frozenset({"algebra"}), NOBODY, 10)
PUPIL = Audience.of({"Learner"}, NOBODY, frozenset({learner_id(1)}), 10)


class School:
    """A tenant whose answers and results a test states."""

    def __init__(self, folder: Path) -> None:
        self.store = MemoryRollups()
        self.dashboards = Dashboards(self.store)
        self._folder = folder

    async def answer(self, rows: list[Row]) -> None:
        table = AnswerTable(self._folder)
        table.commit(INGEST, rows)
        items = MemoryRollups()
        await ItemFolder(table, items).follow(SCOPE, table.changes[INGEST])
        self.store.pages |= items.pages

    async def grade(self, learners: int, line_item: str = "quiz-1") -> None:
        lake = LocalLake(self._folder / line_item)
        lake.commit(INGEST, [[fact(INGEST, learner_id(n), line_item=line_item) for n in range(learners)]])
        await fold(Folder(lake, self.store), lake, SCOPE, INGEST)

    async def seen(self, audience: Audience, course: str = "algebra") -> ItemDashboard:
        return (await self.dashboards.items(SCOPE, audience, course, "quiz-1")).model


@pytest.fixture
def school(tmp_path: Path) -> School:
    return School(tmp_path)


def _answers(learners: range, item: str, options: str = "AB") -> list[Row]:
    return [
        answer(INGEST, learner_id(who), item, str(who % 2), options[who % len(options)]) for who in learners
    ]


async def test_one_read_answers_who_sees_all_and_two_who_sees_aggregates(school: School) -> None:
    await school.answer(_answers(range(20), "item-1"))
    for audience, reads in ((ADMIN, 1), (TEACHER, 1), (SUPPORT, 2)):
        school.store.point_reads = 0
        await school.seen(audience)
        assert school.store.point_reads == reads


async def test_few_learners_are_shown_to_who_teaches_them_only(school: School) -> None:
    await school.answer(_answers(range(5), "item-1"))
    assert (await school.seen(ADMIN)).learners == (await school.seen(TEACHER)).learners == 5
    shown = await school.seen(SUPPORT)
    assert (shown.suppressed, shown.learners, shown.form, shown.items) == (True, None, None, [])


async def test_many_learners_are_shown_as_aggregates(school: School) -> None:
    await school.answer(_answers(range(40), "item-1"))
    await school.grade(40)
    shown = await school.seen(SUPPORT)
    assert (shown.suppressed, shown.learners) == (False, 40)
    assert [option.count for option in shown.items[0].options or []] == [20, 20]


async def test_answers_of_a_few_are_not_shown_as_aggregates(school: School) -> None:
    rows = _answers(range(40), "item-1")
    await school.answer([*rows[:-1], {**rows[-1], "response": "a name"}])
    (item,) = (await school.seen(SUPPORT)).items
    assert (item.options, item.omitted) == (None, None)
    assert not [flag for flag in item.flags if flag.option]
    assert (await school.seen(TEACHER)).items[0].options


@pytest.mark.parametrize("had_item_2", [range(38), range(5)])
async def test_groups_that_differ_by_a_few_are_not_shown_as_aggregates(
    school: School, had_item_2: range
) -> None:
    await school.answer([*_answers(range(40), "item-1"), *_answers(had_item_2, "item-2")])
    assert (await school.seen(SUPPORT)).suppressed


async def test_learners_with_results_but_no_answers_are_not_given_away(school: School) -> None:
    await school.answer(_answers(range(40), "item-1"))
    await school.grade(41)
    assert (await school.seen(SUPPORT)).suppressed


@pytest.mark.parametrize(
    ("audience", "course"), [(TEACHER, "biology"), (PUPIL, "algebra"), (ADMIN, "unknown")]
)
async def test_what_is_foreign_or_unknown_is_not_found(
    school: School, audience: Audience, course: str
) -> None:
    await school.answer(_answers(range(20), "item-1"))
    with pytest.raises(NotFound):
        await school.seen(audience, course)
