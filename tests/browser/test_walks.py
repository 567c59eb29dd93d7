"""The page as principals, teachers and learners walk it: by keyboard alone, each their own, always fresh."""

import pytest
from playwright.async_api import expect

from scripts.lib.development_access import DevelopmentAccess
from tests.browser.conftest import COURSE, DISTRICT, FILE, SignIn, attempts
from tests.browser.steps import focused, follow, open_view
from tests.fixtures.local_cloud import ingested

pytestmark = [pytest.mark.xdist_group("cloud"), pytest.mark.timeout(120)]


async def test_a_principal_walks_from_the_overview_to_an_assessment_by_keyboard(sign_in: SignIn) -> None:
    page = await sign_in("TenantAdmin")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
    await follow(page, COURSE)
    await expect(page.get_by_role("heading", level=1)).to_have_text(f"Course {COURSE}")
    await expect(page.get_by_role("img", name="Scores by band")).to_be_visible()
    title = await page.locator("tbody a").first.inner_text()
    await follow(page, title)
    await expect(page.get_by_role("heading", level=1)).to_have_text(title)
    await expect(page.get_by_role("table").last).to_contain_text("fully graded")


async def test_a_step_puts_the_keyboard_at_the_title_of_the_view(sign_in: SignIn) -> None:
    page = await sign_in("TenantAdmin")
    await follow(page, "Files")
    await expect(page.get_by_role("heading", level=1)).to_be_focused()
    assert await focused(page) == "Files"


async def test_the_first_stop_of_the_keyboard_skips_to_the_content(sign_in: SignIn) -> None:
    page = await sign_in("TenantAdmin")
    await page.reload()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
    await follow(page, "Skip to the content")
    await expect(page.get_by_role("main")).to_be_focused()


async def test_every_chart_has_its_table(sign_in: SignIn) -> None:
    page = await sign_in("TenantAdmin")
    await open_view(page, f"/courses/{COURSE}", f"Course {COURSE}")
    charts = page.get_by_role("figure")
    assert await charts.count() > 0
    for chart in await charts.all():
        await expect(chart.get_by_role("table")).to_be_hidden()
        await chart.get_by_text("Show as a table").click()
        await expect(chart.get_by_role("table")).to_be_visible()


async def test_a_table_is_sorted_by_its_headers(sign_in: SignIn) -> None:
    page = await sign_in("TenantAdmin")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
    table = page.get_by_role("table", name="All courses with results")
    await table.get_by_role("button", name="Course").click()
    await table.get_by_role("button", name="Course").click()
    await expect(table.get_by_role("columnheader", name="Course")).to_have_attribute(
        "aria-sort", "descending"
    )
    names = await table.get_by_role("rowheader").all_inner_texts()
    assert names == sorted(names, reverse=True)


async def test_rejected_records_are_shown_with_place_and_reason(sign_in: SignIn) -> None:
    page = await sign_in("TenantAdmin")
    await follow(page, "Files")
    await page.get_by_role("link", name=FILE).last.click()
    rejects = page.get_by_role("table", name="In the order of the file")
    await expect(rejects).to_contain_text("Record")
    await expect(rejects.locator("tbody tr").first).to_contain_text("-")


async def test_a_teacher_sees_own_courses_only(sign_in: SignIn) -> None:
    page = await sign_in("Instructor")
    courses = page.get_by_role("table", name="All courses with results")
    await expect(courses.get_by_role("rowheader")).to_have_text([COURSE])
    await page.goto(f"{page.url.split('#', maxsplit=1)[0]}#/courses/BIO_1")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Nothing to show")


async def test_a_learner_lands_on_own_results_and_is_offered_nothing_else(sign_in: SignIn) -> None:
    page = await sign_in("Learner")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Results")
    await expect(page.get_by_role("navigation", name="Main").get_by_role("link")).to_have_text(["My results"])


async def test_a_file_that_lands_shows_without_a_reload(sign_in: SignIn, access: DevelopmentAccess) -> None:
    page = await sign_in("TenantAdmin")
    await follow(page, "Files")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Files")
    rows = page.locator("tbody tr")
    before = await rows.count()
    await ingested(access, DISTRICT, "another-attempts.csv", attempts(seed=8))
    await expect(rows).to_have_count(before + 1, timeout=15_000)
    await expect(rows.first).to_contain_text("done", timeout=15_000)


async def test_a_refresh_leaves_the_keyboard_where_it_is(sign_in: SignIn, access: DevelopmentAccess) -> None:
    page = await sign_in("TenantAdmin")
    await open_view(page, "/files", "Files")
    link = page.get_by_role("link", name=FILE).last
    await link.focus()
    await ingested(access, DISTRICT, "a-third-attempts.csv", attempts(seed=9))
    await expect(page.locator("tbody tr").first).to_contain_text("a-third-attempts.csv", timeout=15_000)
    assert await focused(page) == FILE
    await expect(page.get_by_role("status")).to_have_text("Updated", timeout=15_000)


async def test_who_signs_out_sees_no_figure_any_more(sign_in: SignIn) -> None:
    page = await sign_in("TenantAdmin")
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    await expect(page.get_by_role("table")).to_have_count(0)
