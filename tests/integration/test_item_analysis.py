"""Item analysis over the whole local cloud: answers land through the interface, their analysis is shown."""

from urllib.parse import quote

import pytest

from scripts.lib.development_access import DevelopmentAccess
from scripts.lib.seeding import District
from shared.analytics.items.views import ItemDashboard, ItemLine
from shared.ingestion.model import IngestState
from shared.kernel.ids import new_id
from shared.kernel.scope import TenantScope
from tests.fixtures.item_results import LEARNERS, QUIZ, item_results
from tests.fixtures.local_cloud import ingested, seen_anew

pytestmark = [pytest.mark.xdist_group("cloud"), pytest.mark.timeout(120)]

TENANT = "asked-district"
STUDENT_ANALYSIS = (
    "name,id,sis_id,section,section_id,section_sis_id,submitted,attempt,"
    "101: Why?,1.0,n correct,n incorrect,score\n"
    + "".join(
        f"Pupil {who},{who},s{who},P1,7,p1,2026-03-05 10:00:00 UTC,1,{answer},{points},{points},0,{points}\n"
        for who, answer, points in (
            (who, "yes" if who > 3 else "no", 1 if who > 3 else 0) for who in range(12)
        )
    )
)

GRADEBOOK = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Quiz (12)\n    Points Possible,,,,,10\n"
    '"Poe, Ann",41,0007,ann,P1,8\n"Ray, Bo",42,0008,bo,P1,6\n'
)


async def analysis(access: DevelopmentAccess, course: str, line_item: str) -> ItemDashboard:
    """Return what the administrator sees of the items of an assessment."""
    async with access.api(TENANT) as api:
        path = f"dashboards/courses/{course}/assessments/{quote(line_item)}/items"
        return await api.read(path, ItemDashboard)


async def folded(access: DevelopmentAccess, name: str, content: bytes) -> None:
    ingest = await ingested(access, TENANT, name, content)
    assert (ingest.state, ingest.failure) == (IngestState.FOLDED, None)
    assert set(ingest.table_versions) == {"item_response"}


def item(view: ItemDashboard, name: str) -> ItemLine:
    return next(known for known in view.items if known.item_id == name)


async def test_answers_become_an_analysis_that_a_correction_replaces_and_grades_leave_alone(
    access: DevelopmentAccess,
) -> None:
    await access.seed(District(TENANT, TENANT))
    await folded(access, "Fractions item results.csv", item_results("ALG_1"))
    view = await analysis(access, "ALG_1", QUIZ)
    assert (view.title, view.learners, [known.item_id for known in view.items]) == (
        "Fractions",
        LEARNERS,
        ["Q1", "Q2", "Q3"],
    )
    first, essay = item(view, "Q1"), item(view, "Q3")
    assert (first.p_value, first.omitted, first.scored) == (0.5, 1, LEARNERS)
    assert [(option.option, option.count) for option in first.options or []] == [
        ("A", 10),
        ("B", 6),
        ("C", 3),
        (None, 1),
    ]
    assert (essay.maximum, essay.p_value, essay.options) == (4.0, 0.75, [])
    assert view.form is not None
    assert (view.form.learners, view.form.items, view.form.maximum) == (LEARNERS, 3, 6.0)

    await folded(access, "Fractions item results.csv", item_results("ALG_1", first_to_master=15))
    await seen_anew()
    corrected = await analysis(access, "ALG_1", QUIZ)
    assert item(corrected, "Q1").p_value == 0.25
    assert [flag.flag for flag in item(corrected, "Q1").flags] == ["too-hard"]

    graded = await ingested(access, TENANT, "2026-03-05T1200_Grades-ALG_1.csv", GRADEBOOK.encode())
    assert graded.state is IngestState.FOLDED
    await seen_anew()
    assert await analysis(access, "ALG_1", QUIZ) == corrected
    services = access.services
    await services.folds.rebuild(TenantScope.of_iteration(TENANT, services.settings.stamp, "test", new_id()))
    await seen_anew()
    assert await analysis(access, "ALG_1", QUIZ) == corrected
    async with access.api(TENANT) as api:
        assert [line.course_id for line in (await api.overview()).courses] == ["ALG_1"]


async def test_answers_of_a_file_that_names_no_course_are_shown_under_none(access: DevelopmentAccess) -> None:
    await access.seed(District(TENANT, TENANT))
    await folded(access, "Unit 1 Quiz Student Analysis Report.csv", STUDENT_ANALYSIS.encode())
    view = await analysis(access, "-", "Unit 1")
    assert [(known.item_id, known.title, known.scored, known.p_value) for known in view.items] == [
        ("101", "Why?", 12, 0.66666667)
    ]
