"""Dashboards: one point read each, shaped for who asks, and nothing about small groups to outsiders."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.analytics.folding.fold import Folder
from shared.analytics.policies import Audience
from shared.analytics.serving.homes import Homes
from shared.analytics.serving.service import Dashboards
from shared.analytics.standards.alignments import ALIGNED, Alignments
from shared.analytics.standards.service import StandardDashboards
from shared.analytics.structure import Structure
from shared.kernel.errors import NotFound
from shared.kernel.scope import TenantScope
from tests.fixtures.facts import fact, ingest_id, learner_id, scope_of
from tests.fixtures.folding import fold
from tests.fixtures.rollups import LocalLake, MemoryRollups
from tests.unit.analytics.attacker import solvable

NORTH, SOUTH = scope_of("north-district"), scope_of("south-district")
NOBODY: frozenset[str] = frozenset()
THRESHOLD = 10


def _audience(role: str, *, courses: frozenset[str] = NOBODY, learners: frozenset[str] = NOBODY) -> Audience:
    return Audience.of({role}, courses, learners, THRESHOLD)


KNOWN = Structure({"algebra": "north", "biology": "north", "chemistry": "north", "history": "west"})
ADMIN = _audience("TenantAdmin")
SUPPORT = _audience("SupportReadonly")
TEACHER = _audience("Instructor", courses=frozenset({"algebra"}))
PUPIL = _audience("Learner", learners=frozenset({learner_id(1)}))
OPERATOR = _audience("SuperAdmin")


@pytest.fixture
async def rollups(tmp_path: Path) -> MemoryRollups:
    """Algebra: 12 learners, of whom 11 took quiz-0 too and 3 quiz-2. Biology: 11. Chemistry: 2. History: 15.

    Algebra has two sections of six; a third school has history alone.
    """
    ingest = ingest_id(1)
    rows = [fact(ingest, learner_id(n), score=str(n % 10), section="AB"[n % 2]) for n in range(12)]
    rows += [fact(ingest, learner_id(n), line_item="quiz-0", section="AB"[n % 2]) for n in range(11)]
    rows += [fact(ingest, learner_id(n), "history") for n in range(20, 35)]
    rows += [fact(ingest, learner_id(n), line_item="quiz-2") for n in range(3)]
    rows += [fact(ingest, learner_id(n), "biology") for n in range(11)]
    rows += [fact(ingest, learner_id(n), "chemistry") for n in range(2)]
    lake, store = LocalLake(tmp_path, known=KNOWN), MemoryRollups()
    lake.commit(ingest, [rows])
    await fold(Folder(lake, store), lake, NORTH, ingest)
    return store


@pytest.fixture
def dashboards(rollups: MemoryRollups) -> Dashboards:
    return Dashboards(rollups)


async def test_each_answer_costs_one_point_read(rollups: MemoryRollups, dashboards: Dashboards) -> None:
    calls: list[Callable[[], Awaitable[object]]] = [
        lambda: dashboards.school(NORTH, ADMIN, "north"),
        lambda: dashboards.section(NORTH, ADMIN, "algebra", "A"),
        lambda: dashboards.periods(NORTH, ADMIN),
        lambda: dashboards.feeds(NORTH, ADMIN),
        lambda: dashboards.overview(NORTH, ADMIN),
        lambda: dashboards.course(NORTH, ADMIN, "algebra"),
        lambda: dashboards.assessment(NORTH, ADMIN, "algebra", "quiz-2"),
        lambda: dashboards.learner(NORTH, ADMIN, learner_id(1)),
    ]
    for call in calls:
        rollups.point_reads = 0
        await call()
        assert rollups.point_reads == 1


class Rosters:
    """Rosters in memory, which count what is read."""

    def __init__(self) -> None:
        self.reads = 0

    async def names(self, scope: TenantScope, course: str, learner: str | None = None) -> Mapping[str, str]:
        self.reads += 1
        named = {learner_id(n): f"Pupil {n}" for n in range(1, 12)} if scope == NORTH else {}
        return {who: name for who, name in named.items() if learner in {None, who} and course == "algebra"}


async def test_names_cost_one_more_read_and_only_where_a_view_shows_them(rollups: MemoryRollups) -> None:
    rosters = Rosters()
    named = Dashboards(rollups, rosters)
    rollups.point_reads = 0
    section = (await named.section(NORTH, TEACHER, "algebra", "A")).model
    assert (rollups.point_reads, rosters.reads) == (1, 1)
    assert [member.name for member in section.members] == [
        None,
        "Pupil 2",
        "Pupil 4",
        "Pupil 6",
        "Pupil 8",
        "Pupil 10",
    ]
    for audience in (ADMIN, TEACHER, PUPIL):
        rollups.point_reads = rosters.reads = 0
        assert (await named.learner(NORTH, audience, learner_id(1))).model.name == "Pupil 1"
        assert (rollups.point_reads, rosters.reads) == (1, 1)
    rosters.reads = 0
    for refused in (
        named.section(NORTH, SUPPORT, "algebra", "A"),
        named.section(NORTH, PUPIL, "algebra", "A"),
        named.section(NORTH, TEACHER, "biology", "A"),
        named.learner(NORTH, SUPPORT, learner_id(1)),
        named.learner(NORTH, PUPIL, learner_id(2)),
        named.learner(NORTH, TEACHER, learner_id(25)),
        named.learner(SOUTH, ADMIN, learner_id(1)),
    ):
        with pytest.raises(NotFound):
            await refused
    await named.overview(NORTH, ADMIN)
    await Homes(named, rollups).student(NORTH, PUPIL)
    assert rosters.reads == 0


async def test_an_administrator_sees_every_figure(dashboards: Dashboards) -> None:
    overview = (await dashboards.overview(NORTH, ADMIN)).model
    assert [(line.course_id, line.learners) for line in overview.courses] == [
        ("algebra", 12),
        ("biology", 11),
        ("chemistry", 2),
        ("history", 15),
    ]
    assert [(line.school_id, line.learners) for line in overview.schools] == [("north", 12), ("west", 15)]
    assert overview.figures is not None
    assert (overview.figures.learners, overview.figures.results) == (27, 54)
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
    first = learner.courses[0].results[1]
    assert (first.line_item_id, first.score, first.max_score, first.percent) == ("quiz-1", 1.0, 10.0, 10.0)


@pytest.mark.parametrize(
    "call",
    [
        lambda d: d.school(NORTH, TEACHER, "north"),
        lambda d: d.school(NORTH, PUPIL, "north"),
        lambda d: d.school(NORTH, ADMIN, "unknown"),
        lambda d: d.school(SOUTH, ADMIN, "north"),
        lambda d: d.section(NORTH, TEACHER, "biology", "A"),
        lambda d: d.section(NORTH, SUPPORT, "algebra", "A"),
        lambda d: d.section(NORTH, PUPIL, "algebra", "A"),
        lambda d: d.section(NORTH, ADMIN, "algebra", "unknown"),
        lambda d: d.periods(NORTH, TEACHER),
        lambda d: d.periods(NORTH, SUPPORT),
        lambda d: d.feeds(NORTH, SUPPORT),
        lambda d: d.feeds(NORTH, TEACHER),
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


async def test_a_small_assessment_goes_with_the_next_smallest_so_that_the_course_does_not_give_it_away(
    dashboards: Dashboards,
) -> None:
    teacher = (await dashboards.course(NORTH, TEACHER, "algebra")).model
    assert [line.scored for line in teacher.assessments] == [11, 12, 3]
    algebra = Audience.of({"SupportReadonly"}, NOBODY, NOBODY, 11)
    for name, shown in [("quiz-0", False), ("quiz-1", True), ("quiz-2", False)]:
        assessment = (await dashboards.assessment(NORTH, algebra, "algebra", name)).model
        assert (assessment.percent is not None, assessment.statuses is not None) == (shown, shown)


async def test_beside_a_small_course_the_smallest_other_is_withheld_too(dashboards: Dashboards) -> None:
    overview = (await dashboards.overview(NORTH, SUPPORT)).model
    assert [(line.course_id, line.mean is None) for line in overview.courses] == [
        ("algebra", False),
        ("biology", True),
        ("chemistry", True),
        ("history", False),
    ]
    assert [line.suppressed for line in overview.schools] == [False, False]
    school = (await dashboards.school(NORTH, SUPPORT, "north")).model
    assert school.percent is not None
    assert (school.learners, [line.suppressed for line in school.courses]) == (12, [False, True, True])
    biology = (await dashboards.course(NORTH, SUPPORT, "biology")).model
    assert (biology.learners, biology.growth, biology.suppressed) == (None, [], True)


async def test_aggregates_come_without_extremes_and_sections(dashboards: Dashboards) -> None:
    course = (await dashboards.course(NORTH, SUPPORT, "algebra")).model
    assert course.percent is not None
    assert (course.percent.minimum, course.percent.maximum, course.sections) == (None, None, [])
    whole = (await dashboards.course(NORTH, ADMIN, "algebra")).model
    assert whole.percent is not None
    assert (whole.percent.minimum, whole.percent.maximum) == (0.0, 90.0)
    assert [(line.section_id, line.learners) for line in whole.sections] == [("A", 6), ("B", 6)]


async def test_whoever_knows_a_course_of_a_school_cannot_subtract_it(dashboards: Dashboards) -> None:
    both = Audience.of({"Instructor", "SupportReadonly"}, frozenset({"chemistry"}), NOBODY, THRESHOLD)
    overview = (await dashboards.overview(NORTH, both)).model
    assert overview.figures is None
    assert [(line.school_id, line.suppressed) for line in overview.schools] == [
        ("north", True),
        ("west", False),
    ]
    assert [line.suppressed for line in overview.courses] == [False, True, False, False]


async def test_bands_of_mastery_are_those_of_the_tenant(dashboards: Dashboards) -> None:
    audience = Audience.of({"TenantAdmin"}, NOBODY, NOBODY, THRESHOLD, (50, 80))
    view = (await dashboards.assessment(NORTH, audience, "algebra", "quiz-1")).model
    assert view.percent is not None
    assert [(band.starts_at, band.scored) for band in view.percent.bands] == [(0, 7), (50, 3), (80, 2)]


async def test_courses_and_learners_of_a_membership_count_only_with_their_role(
    dashboards: Dashboards,
) -> None:
    learner = Audience.of({"Learner"}, frozenset({"algebra"}), NOBODY, THRESHOLD)
    with pytest.raises(NotFound):
        await dashboards.course(NORTH, learner, "algebra")


@settings(max_examples=40, deadline=None)
@given(
    sizes=st.lists(
        st.lists(st.lists(st.integers(1, 9), min_size=1, max_size=3), min_size=1, max_size=3),
        min_size=1,
        max_size=3,
    ),
    threshold=st.integers(2, 6),
    random=st.randoms(use_true_random=False),
)
async def test_no_figure_of_a_small_group_can_be_solved_for(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[list[list[int]]], threshold: int, random: Random
) -> None:
    """Whoever sees aggregates reads every view and solves the equations that their sums are."""
    ingest = ingest_id(1)
    cells = {
        (f"s{school}", f"s{school}-c{course}", f"q{item}"): range(count)
        for school, courses in enumerate(sizes)
        for course, items in enumerate(courses)
        for item, count in enumerate(items)
    }
    rows = [
        fact(ingest, learner_id(n), course, item, score=str(n))
        for (_, course, item), learners in cells.items()
        for n in learners
    ]
    aligned = [(*cell[1:], standard) for cell in cells for standard in "ABC" if random.random() < 0.5]
    known = Structure(
        {course: school for school, course, _ in cells},
        alignments=Alignments(pl.DataFrame(aligned, schema=ALIGNED, orient="row")),
    )
    lake, store = LocalLake(tmp_path_factory.mktemp("lake"), known=known), MemoryRollups()
    lake.commit(ingest, [rows])
    await fold(Folder(lake, store), lake, NORTH, ingest)
    support = Audience.of({"SupportReadonly"}, NOBODY, NOBODY, threshold)
    published = await _published(Dashboards(store), support, [*cells])
    published += await _standards(store, support, [*cells])
    hidden = [
        group for group in _groups([*cells]) if len({n for cell in group for n in cells[cell]}) < threshold
    ]
    assert not any(solvable(published, group) for group in hidden)


type _Cell = tuple[str, str, str]


def _groups(cells: list[_Cell]) -> list[frozenset[_Cell]]:
    """Return the district, the schools, the courses and the assessments as sets of cells."""
    keys = {cell[:depth] for cell in cells for depth in range(4)}
    return [frozenset(cell for cell in cells if cell[: len(key)] == key) for key in keys]


async def _standards(store: MemoryRollups, audience: Audience, cells: list[_Cell]) -> list[frozenset[_Cell]]:
    """Return the groups of assessments for which a mean is told by standard."""
    standards = StandardDashboards(store, Dashboards(store))
    told = []
    for school, course in {cell[:2] for cell in cells}:
        try:
            view = (await standards.of_course(NORTH, audience, course)).model
        except NotFound:
            continue  # nothing in it is aligned
        for standard in view.standards:
            items = [line.line_item_id for line in standard.assessments]
            told += [frozenset((school, course, item) for item in items)] if standard.percent else []
            told += [
                frozenset({(school, course, line.line_item_id)})
                for line in standard.assessments
                if line.mean is not None
            ]
    return told


async def _published(
    dashboards: Dashboards, audience: Audience, cells: list[_Cell]
) -> list[frozenset[_Cell]]:
    """Return the groups for which a mean is told in any view or line."""
    told: set[_Cell | tuple[str, ...]] = set()
    overview = (await dashboards.overview(NORTH, audience)).model
    if overview.figures is not None:
        told.add(())
    told |= {(line.school_id,) for line in overview.schools if line.mean is not None}
    told |= {(line.school_id, line.course_id) for line in overview.courses if line.mean is not None}
    for school in {cell[0] for cell in cells}:
        view = (await dashboards.school(NORTH, audience, school)).model
        told |= {(school,)} if view.percent is not None else set()
        told |= {(school, line.course_id) for line in view.courses if line.mean is not None}
    for school, course in {cell[:2] for cell in cells}:
        page = (await dashboards.course(NORTH, audience, course)).model
        told |= {(school, course)} if page.percent is not None else set()
        told |= {(school, course, line.line_item_id) for line in page.assessments if line.mean is not None}
    for school, course, item in cells:
        last = (await dashboards.assessment(NORTH, audience, course, item)).model
        told |= {(school, course, item)} if last.percent is not None else set()
    return [frozenset(cell for cell in cells if cell[: len(key)] == key) for key in told]
