"""Cohorts, search and home screens: made of dashboards, so that they tell nobody more than those do."""

from dataclasses import replace
from pathlib import Path

import pytest

from shared.analytics.folding.fold import Folder
from shared.analytics.model import FEEDS, PERIODS, Rollup
from shared.analytics.policies import Audience
from shared.analytics.serving.cohorts import CohortComparisons
from shared.analytics.serving.homes import Homes
from shared.analytics.serving.listing import Lists, Order, Wanted
from shared.analytics.serving.searching import Search
from shared.analytics.serving.service import Dashboards
from shared.analytics.structure import Structure
from shared.kernel.errors import NotFound
from shared.kernel.scope import TenantScope
from tests.fixtures.facts import fact, ingest_id, learner_id, scope_of
from tests.fixtures.folding import fold
from tests.fixtures.rollups import LocalLake, MemoryRollups

NORTH = scope_of("north-district")
NOBODY: frozenset[str] = frozenset()
KNOWN = Structure(
    {"algebra": "north", "biology": "north", "history": "west"},
    {"north": "North High", "west": "West High", "algebra": "Algebra I"},
)
ADMIN = Audience.of({"TenantAdmin"}, NOBODY, NOBODY, 10)
SUPPORT = Audience.of({"SupportReadonly"}, NOBODY, NOBODY, 10)
TEACHER = Audience.of({"Instructor"}, frozenset({"algebra"}), NOBODY, 10)
PUPIL = Audience.of({"Learner"}, NOBODY, frozenset({learner_id(1)}), 10)


@pytest.fixture
async def rollups(tmp_path: Path) -> MemoryRollups:
    """Algebra: 12 learners with 5 of 10 each, quiz-2 with 10. Biology: 2. History: 15 with 6 or 8 of 10."""
    ingest = ingest_id(1)
    rows = [fact(ingest, learner_id(n), score="5") for n in range(12)]
    rows += [fact(ingest, learner_id(n), line_item="quiz-2", score="5") for n in range(10)]
    rows += [fact(ingest, learner_id(1), line_item="essay", score=None, status="not-submitted")]
    rows += [fact(ingest, learner_id(n), "biology") for n in range(2)]
    rows += [fact(ingest, learner_id(n), "history", score="68"[n % 2]) for n in range(20, 35)]
    lake, store = LocalLake(tmp_path, known=KNOWN), MemoryRollups()
    lake.commit(ingest, [rows])
    await fold(Folder(lake, store), lake, NORTH, ingest)
    return store


@pytest.fixture
def dashboards(rollups: MemoryRollups) -> Dashboards:
    return Dashboards(rollups)


async def test_cohorts_are_the_groups_that_the_caller_may_see(dashboards: Dashboards) -> None:
    cohorts = CohortComparisons(dashboards)
    listed = (await cohorts.cohorts(NORTH, ADMIN)).model.cohorts
    assert [each.cohort for each in listed] == [
        "school:north",
        "school:west",
        "course:algebra",
        "course:biology",
        "course:history",
        "period:2026-11",
    ]
    assert (listed[0].title, listed[2].title, listed[3].title) == ("North High", "Algebra I", "biology")
    own = (await cohorts.cohorts(NORTH, TEACHER)).model.cohorts
    assert [each.cohort for each in own] == ["course:algebra"]


async def test_a_comparison_tells_the_difference_and_its_size(dashboards: Dashboards) -> None:
    compared = (
        await CohortComparisons(dashboards).compare(NORTH, ADMIN, "course:algebra", "course:history")
    ).model
    assert (compared.first.title, compared.second.title) == ("Algebra I", "history")
    # Nothing varies in the first.
    assert (compared.difference, compared.effect_size) == (19.3333, None)
    schools = (await CohortComparisons(dashboards).compare(NORTH, ADMIN, "school:north", "school:west")).model
    assert schools.first.percent is not None
    # 24 scores: 22 of 50, 2 of 80; 15 scores: 8 of 60, 7 of 80. Squares around the means: 1650 and 1493.3333.
    assert schools.effect_size == round((1040 / 15 - 52.5) / ((1650 + 1493.3333) / 37) ** 0.5, 4)


@pytest.mark.parametrize(
    ("audience", "second"),
    [(TEACHER, "course:history"), (TEACHER, "school:north"), (SUPPORT, "period:2026-11"), (ADMIN, "x:y")],
)
async def test_a_cohort_that_the_caller_may_not_see_is_not_found(
    dashboards: Dashboards, audience: Audience, second: str
) -> None:
    with pytest.raises(NotFound):
        await CohortComparisons(dashboards).compare(NORTH, audience, "course:algebra", second)


async def test_what_is_suppressed_is_compared_with_nothing(dashboards: Dashboards) -> None:
    compared = (
        await CohortComparisons(dashboards).compare(NORTH, SUPPORT, "course:biology", "course:history")
    ).model
    assert (compared.first.suppressed, compared.first.percent, compared.difference) == (True, None, None)


async def test_search_finds_by_words_of_titles_and_ids_what_the_caller_may_see(
    dashboards: Dashboards,
) -> None:
    search = Search(dashboards)
    assert [match.id for match in (await search.find(NORTH, ADMIN, "high")).model.matches] == [
        "north",
        "west",
    ]
    assert [match.id for match in (await search.find(NORTH, ADMIN, "i ALGE")).model.matches] == ["algebra"]
    assert (await search.find(NORTH, TEACHER, "history")).model.matches == []


async def _listed(
    dashboards: Dashboards, audience: Audience, wanted: Wanted, school: str | None
) -> list[str]:
    listing = await Lists(dashboards).courses(NORTH, audience, wanted, school)
    return [line.course_id for line in listing.served.model.courses]


@pytest.mark.parametrize(
    ("order", "courses"),
    [
        (Order.TITLE, ["algebra", "biology", "history"]),
        (Order.MEAN, ["algebra", "history", "biology"]),
        (Order.HIGHEST, ["biology", "history", "algebra"]),
        (Order.LEARNERS, ["biology", "algebra", "history"]),
        (Order.LARGEST, ["history", "algebra", "biology"]),
        (Order.NEWEST, ["algebra", "biology", "history"]),
    ],
)
async def test_a_list_comes_in_the_order_that_was_asked_for(
    dashboards: Dashboards, order: Order, courses: list[str]
) -> None:
    assert await _listed(dashboards, ADMIN, Wanted(order, "", 50, None), None) == courses


async def test_what_is_withheld_comes_last_and_tells_nothing_by_its_place(dashboards: Dashboards) -> None:
    for order in (Order.MEAN, Order.HIGHEST, Order.LEARNERS, Order.LARGEST):
        listed = await _listed(dashboards, SUPPORT, Wanted(order, "", 50, None), None)
        # Biology is small, and algebra is withheld with it.
        assert listed == ["history", "algebra", "biology"]


async def test_a_list_holds_what_was_filtered_for_page_by_page(dashboards: Dashboards) -> None:
    assert await _listed(dashboards, ADMIN, Wanted(Order.TITLE, "alg i", 50, None), None) == ["algebra"]
    assert await _listed(dashboards, ADMIN, Wanted(Order.TITLE, "", 50, None), "west") == ["history"]
    lists, seen, position = Lists(dashboards), list[str](), None
    while True:
        page = await lists.courses(NORTH, ADMIN, Wanted(Order.TITLE, "", 2, position), None)
        seen += [line.course_id for line in page.served.model.courses]
        assert page.served.model.total == 3
        if (position := page.next_position) is None:
            break
    assert seen == ["algebra", "biology", "history"]


async def test_a_learner_sees_means_of_assessments_with_enough_others(
    rollups: MemoryRollups, dashboards: Dashboards
) -> None:
    home = (await Homes(dashboards, rollups).student(NORTH, PUPIL)).model
    assert [own.title for own in home.courses] == ["Algebra I", "biology"]
    assert {
        (own.course_id, result.line_item_id): result.group_mean
        for own in home.courses
        for result in own.results
    } == {
        ("algebra", "essay"): None,
        ("algebra", "quiz-1"): 50.0,
        ("algebra", "quiz-2"): None,
        ("biology", "quiz-1"): None,
    }
    assert (home.missing, home.late) == (1, 0)


async def test_a_teacher_sees_the_courses_that_have_results(
    rollups: MemoryRollups, dashboards: Dashboards
) -> None:
    teacher = Audience.of({"Instructor"}, frozenset({"algebra", "not-yet"}), NOBODY, 10)
    home = (await Homes(dashboards, rollups).teacher(NORTH, teacher)).model
    assert [(course.course_id, course.learners) for course in home.courses] == [("algebra", 12)]


async def test_an_administrator_sees_the_district_and_its_feeds(
    rollups: MemoryRollups, dashboards: Dashboards
) -> None:
    home = (await Homes(dashboards, rollups).administrator(NORTH, ADMIN)).model
    assert home.figures is not None
    assert (home.figures.learners, [line.feed for line in home.feeds]) == (27, ["canvas-gradebook"])
    with pytest.raises(NotFound):
        await Homes(dashboards, rollups).administrator(NORTH, SUPPORT)


async def test_an_answer_of_several_views_is_as_old_as_the_oldest(
    rollups: MemoryRollups, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = MemoryRollups.find

    async def some_left_behind(
        store: MemoryRollups, scope: TenantScope, shard: str, view: str
    ) -> Rollup | None:
        rollup = await find(store, scope, shard, view)
        return replace(rollup, table_version=0) if rollup and view in {FEEDS, PERIODS} else rollup

    monkeypatch.setattr(MemoryRollups, "find", some_left_behind)
    dashboards = Dashboards(rollups)

    assert (await dashboards.overview(NORTH, ADMIN)).data_version == 1
    assert (await Homes(dashboards, rollups).administrator(NORTH, ADMIN)).data_version == 0
    assert (await CohortComparisons(dashboards).cohorts(NORTH, ADMIN)).data_version == 0
