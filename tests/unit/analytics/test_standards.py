"""Rollups by standard: who sees what of them, and what becomes of them when facts come and go."""

from collections.abc import Collection, Mapping
from pathlib import Path

import polars as pl
import pytest

from shared.analytics.exporting.sheets import course_standards_sheet, standards_sheet
from shared.analytics.folding.fold import Folder
from shared.analytics.model import Page
from shared.analytics.policies import Audience
from shared.analytics.serving.service import Dashboards
from shared.analytics.standards.alignments import ALIGNED, Alignments
from shared.analytics.standards.service import StandardDashboards
from shared.analytics.structure import Structure
from shared.kernel.errors import NotFound
from shared.kernel.scope import TenantScope
from tests.fixtures.facts import fact, ingest_id, learner_id, scope_of
from tests.fixtures.folding import fold
from tests.fixtures.rollups import LocalLake, MemoryRollups

NORTH, SOUTH = scope_of("north-district"), scope_of("south-district")
NOBODY: frozenset[str] = frozenset()
FIRST, SECOND = ingest_id(1), ingest_id(2)
FRACTIONS, RATIOS, MATTER = "M.3.NF", "M.6.RP", "urn:uuid:6b9f6f7c-4a5b-11f0-9fe2-0242ac120002"
KNOWN = Structure(
    {"algebra": "north", "history": "north"},
    {"algebra": "Algebra I"},
    alignments=Alignments(
        pl.DataFrame(
            [
                ("algebra", "quiz-1", FRACTIONS),
                ("algebra", "quiz-2", FRACTIONS),
                ("algebra", "quiz-1", RATIOS),
                ("algebra", "quiz-4", MATTER),
                ("history", "quiz-1", FRACTIONS),
                ("history", "quiz-9", MATTER),
            ],
            schema=ALIGNED,
            orient="row",
        ),
        {MATTER: "case"},
    ),
)


def _audience(role: str, *, courses: frozenset[str] = NOBODY, learners: frozenset[str] = NOBODY) -> Audience:
    return Audience.of({role}, courses, learners, 10)


ADMIN = _audience("TenantAdmin")
SUPPORT = _audience("SupportReadonly")
TEACHER = _audience("Instructor", courses=frozenset({"algebra"}))
PUPIL = _audience("Learner", learners=frozenset({learner_id(1)}))


@pytest.fixture
def lake(tmp_path: Path) -> LocalLake:
    """Algebra: 12 learners with 5 of 10 on quiz-1 and quiz-3, 4 of them with 8 on quiz-2; 11 others quiz-4.

    History: 15 of whom 2 are in algebra.
    """
    lake = LocalLake(tmp_path, known=KNOWN)
    rows = [fact(FIRST, learner_id(n), line_item=f"quiz-{i}", score="5") for i in (1, 3) for n in range(12)]
    rows += [fact(FIRST, learner_id(n), line_item="quiz-2", score="8") for n in range(4)]
    rows += [fact(FIRST, learner_id(n), line_item="quiz-4", score="9") for n in range(40, 51)]
    lake.commit(FIRST, [rows, [fact(FIRST, learner_id(n), "history", score="2") for n in range(10, 25)]])
    return lake


@pytest.fixture
async def rollups(lake: LocalLake) -> MemoryRollups:
    store = MemoryRollups()
    await fold(Folder(lake, store), lake, NORTH, FIRST)
    return store


@pytest.fixture
def standards(rollups: MemoryRollups) -> StandardDashboards:
    return StandardDashboards(rollups, Dashboards(rollups))


async def test_a_standard_of_a_course_is_what_its_assessments_come_to(standards: StandardDashboards) -> None:
    view = (await standards.of_course(NORTH, TEACHER, "algebra")).model
    assert (view.title, [each.standard_id for each in view.standards]) == (
        "Algebra I",
        [FRACTIONS, RATIOS, MATTER],
    )
    fractions, _, matter = view.standards
    assert [line.line_item_id for line in fractions.assessments] == ["quiz-1", "quiz-2"]
    assert fractions.percent is not None
    # Twelve scores of 50 and four of 80, by twelve learners.
    assert (fractions.learners, fractions.results, fractions.percent.mean) == (12, 16, 57.5)
    assert [band.scored for band in fractions.percent.bands] == [12, 0, 4, 0]
    assert (fractions.source, matter.source) == (None, "case")


async def test_a_standard_of_the_district_adds_up_its_courses(standards: StandardDashboards) -> None:
    served = await standards.of_district(NORTH, ADMIN)
    assert [
        (line.standard_id, line.courses, line.learners, line.scored) for line in served.model.standards
    ] == [
        (FRACTIONS, 2, 27, 31),
        (RATIOS, 1, 12, 12),
        (MATTER, 1, 11, 11),
    ]
    one = (await standards.of_standard(NORTH, ADMIN, FRACTIONS)).model
    assert [(line.course_id, line.mean) for line in one.courses] == [("algebra", 57.5), ("history", 20.0)]
    assert one.percent is not None
    assert (one.percent.n, one.percent.mean) == (31, 39.3548)


async def test_a_course_says_how_many_standards_it_has(rollups: MemoryRollups) -> None:
    course = (await Dashboards(rollups).course(NORTH, TEACHER, "algebra")).model
    assert course.standards == 3


async def test_aggregates_show_a_standard_when_they_show_all_its_assessments(
    standards: StandardDashboards,
) -> None:
    view = (await standards.of_course(NORTH, SUPPORT, "algebra")).model
    # Four have quiz-2, and with it the smallest of the others is withheld: quiz-4, by eleven.
    assert {each.standard_id: each.suppressed for each in view.standards} == {
        FRACTIONS: True,
        RATIOS: False,
        MATTER: True,
    }
    fractions, ratios, _ = view.standards
    assert (fractions.percent, fractions.learners, fractions.results) == (None, None, None)
    assert [(line.line_item_id, line.mean) for line in fractions.assessments] == [
        ("quiz-1", 50.0),
        ("quiz-2", None),
    ]
    assert ratios.percent is not None
    assert (ratios.percent.mean, ratios.percent.minimum, ratios.percent.maximum) == (50.0, None, None)


async def test_a_learner_sees_own_results_by_standard(standards: StandardDashboards) -> None:
    view = (await standards.of_learner(NORTH, PUPIL, learner_id(1))).model
    assert [(each.course_id, each.title) for each in view.courses] == [("algebra", "Algebra I")]
    assert [(own.standard_id, own.results, own.mean) for own in view.courses[0].standards] == [
        (FRACTIONS, 2, 65.0),
        (RATIOS, 1, 50.0),
    ]


async def test_an_instructor_sees_a_learner_by_the_standards_of_own_courses(
    standards: StandardDashboards,
) -> None:
    both = learner_id(10)
    everything = (await standards.of_learner(NORTH, ADMIN, both)).model
    assert [each.course_id for each in everything.courses] == ["algebra", "history"]
    own = (await standards.of_learner(NORTH, TEACHER, both)).model
    assert [each.course_id for each in own.courses] == ["algebra"]


async def test_what_a_caller_may_not_see_is_not_found(standards: StandardDashboards) -> None:
    for audience in (TEACHER, SUPPORT, PUPIL):
        with pytest.raises(NotFound):
            await standards.of_district(NORTH, audience)
        with pytest.raises(NotFound):
            await standards.of_standard(NORTH, audience, FRACTIONS)
    for scope, audience, course in (
        (NORTH, TEACHER, "history"),
        (NORTH, PUPIL, "algebra"),
        (SOUTH, ADMIN, "algebra"),
    ):
        with pytest.raises(NotFound):
            await standards.of_course(scope, audience, course)
    for scope, audience, learner in ((NORTH, SUPPORT, 1), (NORTH, PUPIL, 2), (SOUTH, ADMIN, 1)):
        with pytest.raises(NotFound):
            await standards.of_learner(scope, audience, learner_id(learner))
    assert (await standards.of_district(SOUTH, ADMIN)).model.standards == []


async def test_each_answer_costs_one_point_read_and_that_of_a_learner_one_for_each_course(
    rollups: MemoryRollups, standards: StandardDashboards
) -> None:
    async def reads(audience: Audience, *, learner: int | None = None) -> int:
        before = rollups.point_reads
        if learner is None:
            await standards.of_course(NORTH, audience, "algebra")
        else:
            await standards.of_learner(NORTH, audience, learner_id(learner))
        return rollups.point_reads - before

    assert (await reads(ADMIN), await reads(SUPPORT)) == (1, 2)
    assert (await reads(ADMIN, learner=1), await reads(ADMIN, learner=10)) == (2, 3)


async def test_a_standard_goes_with_its_last_result(lake: LocalLake, rollups: MemoryRollups) -> None:
    lake.commit(SECOND, [[fact(SECOND, learner_id(1), line_item="quiz-3")]], [FIRST])
    await fold(Folder(lake, rollups, whole_from=2.0), lake, NORTH, SECOND)
    names = {name for _, name in rollups.views(NORTH.tenant_id)}
    assert not [name for name in names if name.startswith("standard")]


async def test_courses_that_are_made_at_the_same_time_are_all_counted(tmp_path: Path) -> None:
    courses = [f"course-{n:03d}" for n in range(150)]
    aligned = pl.DataFrame([(course, "quiz-1", RATIOS) for course in courses], schema=ALIGNED, orient="row")
    lake = LocalLake(tmp_path, known=Structure(alignments=Alignments(aligned)))
    lake.commit(FIRST, [[fact(FIRST, learner_id(n), course) for course in courses] for n in range(2)])
    store = MemoryRollups()
    await fold(Folder(lake, store), lake, NORTH, FIRST)
    view = (await StandardDashboards(store, Dashboards(store)).of_standard(NORTH, ADMIN, RATIOS)).model
    assert [(line.course_id, line.learners) for line in view.courses] == [(course, 2) for course in courses]


async def test_a_tenant_without_alignments_has_no_page_of_standards_and_reads_none(lake: LocalLake) -> None:
    lake.known = Structure()
    store = _Noting()
    folder = Folder(lake, store, whole_from=2.0)
    await fold(folder, lake, NORTH, FIRST)
    lake.commit(SECOND, [[fact(SECOND, learner_id(1), line_item="quiz-3")]])
    await fold(folder, lake, NORTH, SECOND)
    names = {name for _, name in store.views(NORTH.tenant_id)} | {*store.asked}
    assert "overview" in names
    assert not [name for name in names if name.startswith("standard")]


class _Noting(MemoryRollups):
    """Notes which pages were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    async def read(
        self, scope: TenantScope, wanted: Mapping[str, Collection[str]]
    ) -> dict[str, dict[str, Page]]:
        self.asked += [name for names in wanted.values() for name in names]
        return await super().read(scope, wanted)


async def test_an_export_has_a_row_for_each_standard(standards: StandardDashboards) -> None:
    course = course_standards_sheet((await standards.of_course(NORTH, SUPPORT, "algebra")).model)
    assert course.select("courseId", "standardId", "scored", "mean", "suppressed").rows() == [
        ("algebra", FRACTIONS, None, None, True),
        ("algebra", RATIOS, 12, 50.0, False),
        ("algebra", MATTER, None, None, True),
    ]
    district = standards_sheet((await standards.of_district(NORTH, ADMIN)).model)
    assert district.select("standardId", "source", "courses").rows() == [
        (FRACTIONS, None, 2),
        (RATIOS, None, 1),
        (MATTER, "case", 1),
    ]
