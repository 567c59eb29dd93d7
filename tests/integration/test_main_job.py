"""The main job over the whole local cloud: files land through the interface, dashboards show them."""

import io
from collections.abc import Iterable
from dataclasses import fields

import polars as pl
import pytest

from infra.local.launcher.endpoints import BLOB_ACCOUNT, BLOB_KEY
from scripts.lib.demo.result import CourseResult, FileResult
from scripts.lib.demo_files import Style, Truth, write_attempts, write_gradebook
from scripts.lib.development_access import DevelopmentAccess
from scripts.lib.seeding import District
from shared.ingestion.mapping.catalogue import Catalogue
from shared.ingestion.model import IngestState
from shared.ingestion.views import IngestView, RejectView
from shared.ingestion.working.pseudonyms import pseudonym, tenant_key
from tests.fixtures.local_cloud import RunningCloud, ingested, seen_anew
from tests.fixtures.stated_facts import Pseudonym, StatedFact, attempts, gradebook, records

pytestmark = [pytest.mark.xdist_group("cloud"), pytest.mark.timeout(120)]

COURSES = ("ALG_1", "BIO_1", "LIT_1")
GRADEBOOK = "2026-03-05T1200_Grades-CHEM_1.csv"
PAGE = 100


def attempts_file(seed: int, rows: int, style: Style | None = None) -> tuple[bytes, Truth]:
    out = io.BytesIO()
    truth = write_attempts(out, seed=seed, rows=rows, courses=COURSES, style=style or Style())
    return out.getvalue(), truth


def gradebook_file(seed: int, rows: int) -> tuple[bytes, Truth]:
    out = io.BytesIO()
    truth = write_gradebook(out, seed=seed, rows=rows, course="CHEM_1")
    return out.getvalue(), truth


async def pseudonyms(access: DevelopmentAccess, tenant: str, system: str) -> Pseudonym:
    key = tenant_key(await access.services.current_key("pseudonym"), tenant)
    return lambda source_id: pseudonym(key, system, source_id)


async def all_rejects(access: DevelopmentAccess, tenant: str, ingest: IngestView) -> list[RejectView]:
    async with access.api(tenant) as api:
        rejects = await api.rejects(ingest.id, PAGE)
    assert len(rejects) == ingest.rejected < PAGE
    return rejects


def facts_in_place(cloud: RunningCloud, tenant: str) -> list[StatedFact]:
    """Read the tenant's table as a warehouse would: Delta Lake on its blobs, nothing of the application."""
    table = pl.scan_delta(
        f"az://lake-{tenant}/results",
        storage_options={
            "account_name": BLOB_ACCOUNT,
            "account_key": BLOB_KEY,
            "endpoint": f"{cloud.options.endpoints.url('blob')}/{BLOB_ACCOUNT}",
            "allow_http": "true",
        },
    )
    names = [field.name for field in fields(StatedFact)]
    return [StatedFact(**row) for row in table.select(names).collect().iter_rows(named=True)]


def assert_rejects_are_where_they_say(content: bytes, rejects: Iterable[RejectView]) -> None:
    lines = records(content)
    for reject in rejects:
        found = records(content[reject.byte : reject.byte + reject.length])
        assert found == [lines[reject.record - 1]]


async def assert_dashboard(access: DevelopmentAccess, tenant: str, truth: Truth) -> None:
    async with access.api(tenant) as api:
        lines = {line.course_id: line for line in (await api.overview()).courses}
    assert lines.keys() == truth.courses.keys()
    for course, expected in truth.courses.items():
        assert CourseResult.of(course, lines[course], expected).differences == ()


async def test_attempts_become_facts_rejects_and_dashboards_to_the_row(
    cloud: RunningCloud, access: DevelopmentAccess
) -> None:
    await access.seed(District("attempts", "Attempts"))
    content, truth = attempts_file(1, 3000)
    ingest = await ingested(access, "attempts", "spring-attempts.csv", content)
    assert FileResult.of(ingest, truth).differences == ()
    rejects = await all_rejects(access, "attempts", ingest)
    assert_rejects_are_where_they_say(content, rejects)
    named = await pseudonyms(access, "attempts", "sis")
    stated = attempts(content, {reject.record for reject in rejects}, named)
    assert sorted(facts_in_place(cloud, "attempts")) == list(stated)
    await assert_dashboard(access, "attempts", truth)


async def test_a_gradebook_becomes_facts_rejects_and_dashboards_to_the_cell(
    cloud: RunningCloud, access: DevelopmentAccess
) -> None:
    await access.seed(District("gradebook", "Gradebook"))
    content, truth = gradebook_file(1, 600)
    ingest = await ingested(access, "gradebook", GRADEBOOK, content)
    assert FileResult.of(ingest, truth).differences == ()
    rejects = await all_rejects(access, "gradebook", ingest)
    assert_rejects_are_where_they_say(content, rejects)
    named = await pseudonyms(access, "gradebook", "canvas")
    stated = gradebook(content, "CHEM_1", {reject.record for reject in rejects}, named)
    assert sorted(facts_in_place(cloud, "gradebook")) == list(stated)
    await assert_dashboard(access, "gradebook", truth)


async def test_a_b_and_a_again_end_at_a_and_a_once_more_is_a_duplicate(access: DevelopmentAccess) -> None:
    await access.seed(District("again", "Again"))
    (a, truth_of_a), (b, truth_of_b) = attempts_file(2, 300), attempts_file(3, 500)
    for content, truth in ((a, truth_of_a), (b, truth_of_b), (a, truth_of_a)):
        ingest = await ingested(access, "again", "attempts.csv", content)
        assert ingest.state is IngestState.FOLDED
        await seen_anew()
        await assert_dashboard(access, "again", truth)
    repeated = await ingested(access, "again", "attempts (1).csv", a)
    assert repeated.state is IngestState.DUPLICATE
    await seen_anew()
    await assert_dashboard(access, "again", truth_of_a)


async def test_a_refused_file_names_its_place_and_changes_nothing(access: DevelopmentAccess) -> None:
    await access.seed(District("refused", "Refused"))
    sound, truth = attempts_file(4, 200)
    await ingested(access, "refused", "attempts.csv", sound)
    damaged = sound[:1000] + b"\0" + sound[1000:]
    refused = await ingested(access, "refused", "attempts.csv", damaged)
    assert refused.state is IngestState.FAILED
    assert refused.failure is not None
    assert [place.place for place in refused.failure.violations] == ["byte 1000"]
    strange = await ingested(access, "refused", "attempts.csv", b"hello,world\n1,2\n")
    assert strange.failure is not None
    places = {place.place for place in strange.failure.violations}
    assert places == {f"feed {feed.id}" for feed in Catalogue.built_in().newest}
    await assert_dashboard(access, "refused", truth)


async def test_the_same_content_in_another_style_comes_to_the_same_dashboard(
    access: DevelopmentAccess,
) -> None:
    await access.seed(District("styles", "Styles"))
    plain, truth = attempts_file(5, 200)
    german, _ = attempts_file(5, 200, Style(separator=";", decimal=",", line_end="\r\n", bom=True))
    for content in (plain, german):
        ingest = await ingested(access, "styles", "attempts.csv", content)
        assert FileResult.of(ingest, truth).differences == ()
    await assert_dashboard(access, "styles", truth)
