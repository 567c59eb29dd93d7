"""Dashboards: one point read each, shaped for who asks, and nothing about small groups to outsiders."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.analytics.folding import Folder
from shared.analytics.policies import Audience
from shared.analytics.service import Dashboards
from shared.kernel.errors import NotFound
from tests.fixtures.facts import fact, ingest_id, learner_id, scope_of
from tests.fixtures.rollups import LocalLake, MemoryRollups

NORTH, SOUTH = scope_of("north-district"), scope_of("south-district")
NOBODY: frozenset[str] = frozenset()
THRESHOLD = 10


def _audience(role: str, *, courses: frozenset[str] = NOBODY, learners: frozenset[str] = NOBODY) -> Audience:
    return Audience.of({role}, courses, learners, THRESHOLD)


ADMIN = _audience("TenantAdmin")
SUPPORT = _audience("SupportReadonly")
TEACHER = _audience("Instructor", courses=frozenset({"algebra"}))
PUPIL = _audience("Learner", learners=frozenset({learner_id(1)}))
OPERATOR = _audience("SuperAdmin")


@pytest.fixture
async def rollups(tmp_path: Path) -> MemoryRollups:
    """Algebra: 12 learners, of whom 3 also took quiz-2. Biology: 11 learners. Chemistry: 2."""
    ingest = ingest_id(1)
    rows = [fact(ingest, learner_id(n), score=str(n % 10)) for n in range(12)]
    rows += [fact(ingest, learner_id(n), line_item="quiz-2") for n in range(3)]
    rows += [fact(ingest, learner_id(n), "biology") for n in range(11)]
    rows += [fact(ingest, learner_id(n), "chemistry") for n in range(2)]
    lake, store = LocalLake(tmp_path), MemoryRollups()
    lake.commit(ingest, [rows])
    await Folder(lake, lake, store).fold(NORTH, ingest)
    return store


@pytest.fixture
def dashboards(rollups: MemoryRollups) -> Dashboards:
    return Dashboards(rollups)


async def test_each_answer_costs_one_point_read(rollups: MemoryRollups, dashboards: Dashboards) -> None:
    calls: list[Callable[[], Awaitable[object]]] = [
        lambda: dashboards.overview(NORTH, ADMIN),
        lambda: dashboards.course(NORTH, ADMIN, "algebra"),
        lambda: dashboards.assessment(NORTH, ADMIN, "algebra", "quiz-2"),
        lambda: dashboards.learner(NORTH, ADMIN, learner_id(1)),
    ]
    for call in calls:
        rollups.point_reads = 0
        await call()
        assert rollups.point_reads == 1


async def test_an_administrator_sees_every_figure(dashboards: Dashboards) -> None:
    overview = (await dashboards.overview(NORTH, ADMIN)).model
    assert [(line.course_id, line.learners) for line in overview.courses] == [
        ("algebra", 12),
        ("biology", 11),
        ("chemistry", 2),
    ]
    served = await dashboards.assessment(NORTH, ADMIN, "algebra", "quiz-2")
    assert (served.model.learners, served.model.suppressed, served.data_version) == (3, False, 1)


async def test_an_instructor_sees_own_courses_and_of_learners_only_their_part_in_them(
    dashboards: Dashboards,
) -> None:
    overview = (await dashboards.overview(NORTH, TEACHER)).model
    assert [line.course_id for line in overview.courses] == ["algebra"]
    assert (await dashboards.assessment(NORTH, TEACHER, "algebra", "quiz-2")).model.learners == 3
    learner = (await dashboards.learner(NORTH, TEACHER, learner_id(1))).model
    assert [course.course_id for course in learner.courses] == ["algebra"]


async def test_a_learner_sees_own_results_of_all_courses(dashboards: Dashboards) -> None:
    learner = (await dashboards.learner(NORTH, PUPIL, learner_id(1))).model
    assert [course.course_id for course in learner.courses] == ["algebra", "biology", "chemistry"]
    first = learner.courses[0].results[0]
    assert (first.line_item_id, first.score, first.max_score, first.percent) == ("quiz-1", 1.0, 10.0, 10.0)


@pytest.mark.parametrize(
    "call",
    [
        lambda d: d.course(NORTH, TEACHER, "biology"),
        lambda d: d.assessment(NORTH, TEACHER, "biology", "quiz-1"),
        lambda d: d.learner(NORTH, TEACHER, learner_id(99)),
        lambda d: d.overview(NORTH, PUPIL),
        lambda d: d.course(NORTH, PUPIL, "algebra"),
        lambda d: d.learner(NORTH, PUPIL, learner_id(2)),
        lambda d: d.learner(NORTH, SUPPORT, learner_id(1)),
        lambda d: d.overview(NORTH, OPERATOR),
        lambda d: d.course(NORTH, OPERATOR, "algebra"),
        lambda d: d.learner(NORTH, OPERATOR, learner_id(1)),
        lambda d: d.course(SOUTH, ADMIN, "algebra"),
        lambda d: d.learner(SOUTH, ADMIN, learner_id(1)),
        lambda d: d.course(NORTH, ADMIN, "unknown"),
        lambda d: d.assessment(NORTH, ADMIN, "algebra", "unknown"),
        lambda d: d.learner(NORTH, ADMIN, "not a pseudonym"),
    ],
)
async def test_what_is_foreign_unlisted_or_unknown_is_not_found(
    dashboards: Dashboards, call: Callable[[Dashboards], Awaitable[object]]
) -> None:
    with pytest.raises(NotFound):
        await call(dashboards)


async def test_a_tenant_without_files_has_an_empty_overview(dashboards: Dashboards) -> None:
    served = await dashboards.overview(SOUTH, ADMIN)
    assert (served.model.courses, served.data_version) == ([], 0)


async def test_a_small_course_is_withheld_from_those_who_see_aggregates_only(dashboards: Dashboards) -> None:
    course = (await dashboards.course(NORTH, SUPPORT, "chemistry")).model
    assert (course.learners, course.results, course.percent, course.suppressed) == (None, None, None, True)
    assessment = (await dashboards.assessment(NORTH, SUPPORT, "chemistry", "quiz-1")).model
    assert (assessment.learners, assessment.statuses, assessment.percent) == (None, None, None)


async def test_a_small_assessment_withholds_the_course_figures_that_would_give_it_away(
    dashboards: Dashboards,
) -> None:
    course = (await dashboards.course(NORTH, SUPPORT, "algebra")).model
    assert [(line.line_item_id, line.scored) for line in course.assessments] == [
        ("quiz-1", 12),
        ("quiz-2", None),
    ]
    assert (course.learners, course.results, course.percent) == (12, None, None)
    line = (await dashboards.overview(NORTH, SUPPORT)).model.courses[0]
    assert (line.learners, line.results, line.mean, line.suppressed) == (12, None, None, True)


async def test_a_large_course_is_shown_whole_to_those_who_see_aggregates_only(dashboards: Dashboards) -> None:
    course = (await dashboards.course(NORTH, SUPPORT, "biology")).model
    assert course.percent is not None
    assert (course.learners, course.percent.mean, course.suppressed) == (11, 80.0, False)


async def test_a_course_that_is_instructed_is_not_suppressed_beside_another_role(
    dashboards: Dashboards,
) -> None:
    both = Audience.of({"Instructor", "SupportReadonly"}, frozenset({"chemistry"}), NOBODY, THRESHOLD)
    overview = (await dashboards.overview(NORTH, both)).model
    assert [line.suppressed for line in overview.courses] == [True, False, False]


async def test_courses_and_learners_of_a_membership_count_only_with_their_role(
    dashboards: Dashboards,
) -> None:
    learner = Audience.of({"Learner"}, frozenset({"algebra"}), NOBODY, THRESHOLD)
    with pytest.raises(NotFound):
        await dashboards.course(NORTH, learner, "algebra")


@settings(max_examples=60, deadline=None)
@given(
    sizes=st.lists(st.tuples(st.integers(1, 8), st.integers(0, 8)), min_size=1, max_size=4),
    threshold=st.integers(2, 6),
)
async def test_no_figure_of_a_small_group_can_be_read_or_subtracted(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[tuple[int, int]], threshold: int
) -> None:
    """Each assessment has learners of whom some were scored; whoever sums up may not single out a few."""
    ingest = ingest_id(1)
    rows = [
        fact(ingest, learner_id(n), line_item=f"quiz-{item}", score="5" if n < scored else None)
        for item, (learners, scored) in enumerate(sizes)
        for n in range(learners)
    ]
    lake, store = LocalLake(tmp_path_factory.mktemp("lake")), MemoryRollups()
    lake.commit(ingest, [rows])
    await Folder(lake, lake, store).fold(NORTH, ingest)
    support = Audience.of({"SupportReadonly"}, NOBODY, NOBODY, threshold)
    course = (await Dashboards(store).course(NORTH, support, "algebra")).model
    line = (await Dashboards(store).overview(NORTH, support)).model.courses[0]
    small = [learners < threshold or 0 < min(scored, learners) < threshold for learners, scored in sizes]
    assert [shown.suppressed for shown in course.assessments] == small
    assert all(
        shown.mean is None and shown.learners is None for shown in course.assessments if shown.suppressed
    )
    hidden = any(small)
    assert (course.percent is None and course.results is None) or not hidden
    assert (line.mean is None and line.results is None) or not hidden
    assert (course.results, line.results) == (line.results, course.results)
