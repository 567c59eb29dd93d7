"""Drill-down over a real lake: pruned by the log, shaped by role, paged over one version."""

import polars as pl
import pytest

from shared.analytics.drilling.model import Bounds
from shared.analytics.drilling.service import Answer, Asked, Drilldown, Position
from shared.analytics.policies import Audience
from shared.ingestion.linking.matching import LINKS
from shared.kernel.errors import InvalidInput, NotFound, TooCostly
from shared.platform.lake.drilling import LakeFactTables
from shared.platform.lake.people import LakePeople
from tests.contract.lake.conftest import District, Districts
from tests.fixtures.facts import Row, fact, ingest_id, learner_id

A, B = ingest_id(0), ingest_id(1)
NOBODY: frozenset[str] = frozenset()
ADMIN = Audience.of({"TenantAdmin"}, NOBODY, NOBODY, 10)
TEACHER = Audience.of({"Instructor"}, frozenset({"algebra"}), NOBODY, 10)
PUPIL = Audience.of({"Learner"}, NOBODY, frozenset({learner_id(1)}), 10)
SUPPORT = Audience.of({"SupportReadonly"}, NOBODY, NOBODY, 10)
SCORES = Asked(columns="course,learner,score", sort="-score")


def _rows(ingest: str, course: str, learners: range) -> list[Row]:
    source = f"gradebook.{course}"
    return [fact(ingest, learner_id(n), course, source=source, score=str(n), record=n + 2) for n in learners]


@pytest.fixture
async def north(districts: Districts) -> District:
    """Algebra with learners 0 to 5 in two files, biology with learners 0 to 2 in one."""
    district = districts.new()
    await district.work(
        A, "gradebook.algebra", _rows(A, "algebra", range(3)), _rows(A, "algebra", range(3, 6))
    )
    await district.commit(A)
    await district.work(B, "gradebook.biology", _rows(B, "biology", range(3)))
    await district.commit(B)
    return district


def _drilldown(district: District, bounds: Bounds | None = None) -> Drilldown:
    tables = LakeFactTables(district.access)
    return Drilldown(tables, bounds, bounds) if bounds else Drilldown(tables)


async def _page(
    district: District,
    audience: Audience,
    asked: Asked,
    *,
    limit: int = 100,
    position: Position | None = None,
    table: str = "results",
) -> Answer:
    return await _drilldown(district).page(district.scope, audience, table, asked, limit, position)


async def test_rows_are_filtered_sorted_and_cut_to_columns(north: District) -> None:
    asked = Asked('{"course":"algebra","score":{"from":1,"to":4}}', "learner,score", "-score")
    answer = await _page(north, ADMIN, asked)
    assert answer.rows.columns == ["learner", "score"]
    assert [float(score) for score in answer.rows["score"]] == [4.0, 3.0, 2.0, 1.0]
    assert (answer.data_version, answer.following) == (2, None)


async def test_pages_show_one_version_whatever_is_committed_between_them(north: District) -> None:
    first = await _page(north, ADMIN, SCORES, limit=4)
    later = ingest_id(2)
    await north.work(later, "gradebook.biology", _rows(later, "biology", range(50, 60)))
    await north.commit(later)
    assert first.following
    position = Position.of(first.following.text())
    second = await _page(north, ADMIN, SCORES, limit=4, position=position)
    third = await _page(north, ADMIN, SCORES, limit=4, position=second.following)
    scores = [float(score) for page in (first, second, third) for score in page.rows["score"]]
    assert scores == [5.0, 4.0, 3.0, 2.0, 2.0, 1.0, 1.0, 0.0, 0.0]
    assert ({page.data_version for page in (first, second, third)}, third.following) == ({2}, None)


async def test_a_list_without_an_order_comes_whole_and_once(north: District) -> None:
    found, position = pl.DataFrame(), None
    for _ in range(5):
        page = await _page(north, ADMIN, Asked(), limit=2, position=position)
        found, position = pl.concat([found, page.rows], how="diagonal"), page.following
    assert position is None
    assert found.height == found.unique(["course", "learner"]).height == 9


async def test_an_instructor_sees_rows_of_own_courses_only(north: District) -> None:
    assert set((await _page(north, TEACHER, Asked())).rows["course"]) == {"algebra"}
    assert (await _page(north, TEACHER, Asked('{"course":"biology"}'))).rows.is_empty()
    assert (await _page(north, TEACHER, Asked(), table="person")).rows.is_empty()


async def test_a_learner_sees_own_rows_only(north: District) -> None:
    answer = await _page(north, PUPIL, Asked())
    assert answer.rows.select("course", "learner").rows() == [
        ("algebra", learner_id(1)),
        ("biology", learner_id(1)),
    ]
    assert (await _page(north, PUPIL, Asked(f'{{"learner":"{learner_id(2)}"}}'))).rows.is_empty()


async def test_who_sees_aggregates_only_sees_no_row_about_a_learner(north: District) -> None:
    assert (await _page(north, SUPPORT, Asked())).rows.is_empty()


async def test_another_district_has_none_of_the_rows(north: District, districts: Districts) -> None:
    south = districts.new()
    answer = await _page(south, ADMIN, SCORES)
    assert (answer.rows.height, answer.data_version) == (0, 0)


async def test_learners_are_asked_for_and_shown_as_the_roster_knows_them(north: District) -> None:
    one, other, person = learner_id(1), learner_id(2), learner_id(200)
    rows = [("canvas", learner, person, "username", "sis_id") for learner in (one, other)]
    await LakePeople(north.access).replace_links(north.scope, pl.DataFrame(rows, schema=LINKS, orient="row"))
    found = await _page(north, ADMIN, Asked(f'{{"learner":"{person}"}}', sort="learner,course"))
    assert found.rows["learner"].to_list() == [person] * 4
    assert (await _page(north, ADMIN, Asked(f'{{"learner":"{one}"}}'))).rows.is_empty()
    assert (await _page(north, PUPIL, Asked())).rows.is_empty()


async def test_pages_keep_the_people_of_their_first(north: District) -> None:
    first = await _page(north, ADMIN, Asked(sort="learner"), limit=5)
    person = pl.DataFrame([("c", learner_id(5), learner_id(0), "u", "s")], schema=LINKS, orient="row")
    await LakePeople(north.access).replace_links(north.scope, person)
    second = await _page(north, ADMIN, Asked(sort="learner"), position=first.following)
    assert learner_id(5) in second.rows["learner"].to_list()


async def test_tombstones_are_not_shown(districts: Districts) -> None:
    district = districts.new()
    gone = fact(A, learner_id(0)) | {"deleted": True}
    await district.work(A, "gradebook.algebra", [gone, fact(A, learner_id(1))])
    await district.commit(A)
    assert (await _page(district, ADMIN, Asked())).rows["learner"].to_list() == [learner_id(1)]


async def test_files_that_the_log_rules_out_cost_nothing(north: District) -> None:
    version = await LakeFactTables(north.access).open(north.scope, "results")
    largest = max(file.size for file in version.files)
    narrow = _drilldown(north, Bounds(scanned=largest))
    for filter_ in ('{"source":"gradebook.biology"}', '{"course":"biology"}', f'{{"ingest_id":"{B}"}}'):
        answer = await narrow.page(north.scope, ADMIN, "results", Asked(filter_, sort="score"), 10, None)
        assert answer.rows.height == 3
    with pytest.raises(TooCostly) as refusal:
        await narrow.page(north.scope, ADMIN, "results", SCORES, 10, None)
    assert (refusal.value.bound, refusal.value.limit) == ("bytes", largest)
    assert refusal.value.needed == sum(file.size for file in version.files)


@pytest.mark.parametrize(
    ("bounds", "bound"),
    [(Bounds(seconds=-1), "seconds"), (Bounds(held=1), "memory"), (Bounds(rows=4), "rows")],
)
async def test_what_goes_beyond_a_bound_is_refused_by_its_name(
    north: District, bounds: Bounds, bound: str
) -> None:
    with pytest.raises(TooCostly, match=bound):
        await _drilldown(north, bounds).whole(north.scope, ADMIN, "results", SCORES)


async def test_a_version_that_is_gone_asks_to_start_again(north: District) -> None:
    first = await _page(north, ADMIN, Asked(), limit=1)
    assert first.following
    beyond = Position.of(first.following.text().replace("[2,", "[77,"))
    with pytest.raises(InvalidInput, match="start again"):
        await _page(north, ADMIN, Asked(), position=beyond)


async def test_a_table_that_is_none_is_not_found(north: District) -> None:
    with pytest.raises(NotFound):
        await _page(north, ADMIN, Asked(), table="person_link")
