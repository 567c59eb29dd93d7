"""The page as principals, teachers and learners walk it: by keyboard alone, each their own, always fresh."""

from asyncio import to_thread
from pathlib import Path

import pytest
from playwright.async_api import expect

from scripts.lib.development_access import DevelopmentAccess
from tests.browser.conftest import ASSESSMENT, COURSE, COURSE_TITLE, DISTRICT, FILE, TITLE, SignIn, attempts
from tests.browser.district_files import SMALL_COURSE, STANDARDS, TITLES
from tests.browser.item_results import MISKEYED
from tests.browser.steps import expect_trail, focused, follow, open_view
from tests.fixtures.local_cloud import ingested

pytestmark = [pytest.mark.xdist_group("cloud"), pytest.mark.timeout(120)]


async def test_a_principal_walks_from_the_overview_to_an_assessment_by_keyboard(sign_in: SignIn) -> None:
    page = await sign_in("TenantAdmin")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
    await follow(page, "All courses")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Courses")
    await follow(page, COURSE_TITLE)
    await expect(page.get_by_role("heading", level=1)).to_have_text(COURSE_TITLE)
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


async def test_an_address_that_changes_while_the_page_is_drawn_is_followed(sign_in: SignIn) -> None:
    page = await sign_in("TenantAdmin")
    await page.add_init_script(f"""
      new MutationObserver((_, drawn) => {{
        if (!document.querySelector("h1")) return
        drawn.disconnect()
        location.hash = "#/courses/{COURSE}"
      }}).observe(document, {{ childList: true, subtree: true }})
    """)
    await page.reload()
    await expect(page.get_by_role("heading", level=1)).to_have_text(COURSE_TITLE)


async def test_the_first_stop_of_the_keyboard_skips_to_the_content(sign_in: SignIn) -> None:
    page = await sign_in("TenantAdmin")
    await page.reload()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
    await follow(page, "Skip to the content")
    await expect(page.get_by_role("main")).to_be_focused()


async def test_every_chart_has_its_table(sign_in: SignIn) -> None:
    page = await sign_in("TenantAdmin")
    await open_view(page, f"/courses/{COURSE}", COURSE_TITLE)
    charts = page.get_by_role("figure")
    assert await charts.count() > 0
    for chart in await charts.all():
        await expect(chart.get_by_role("table")).to_be_hidden()
        await chart.get_by_text("Show as a table").click()
        await expect(chart.get_by_role("table")).to_be_visible()


async def test_a_table_is_sorted_by_its_headers(sign_in: SignIn) -> None:
    page = await sign_in("TenantAdmin")
    await open_view(page, "/courses", "Courses")
    table = page.get_by_role("table", name="All courses with results")
    await table.get_by_role("button", name="Course").click()
    await table.get_by_role("button", name="Course").click()
    await expect(table.get_by_role("columnheader", name="Course")).to_have_attribute(
        "aria-sort", "descending"
    )
    names = await table.get_by_role("rowheader").all_inner_texts()
    assert names == sorted(names, reverse=True)


async def test_an_item_with_a_wrong_key_is_found_with_the_answer_that_draws(sign_in: SignIn) -> None:
    page = await sign_in("TenantAdmin")
    await open_view(page, f"/courses/{COURSE}/assessments/{ASSESSMENT}", TITLE)
    # Nobody has read the view of the course yet: the address was gone to directly.
    await expect_trail(page, "Overview", COURSE_TITLE)
    await page.get_by_role("link", name="How its items worked").click()
    await expect_trail(page, "Overview", COURSE_TITLE, TITLE)
    row = page.get_by_role("row", name=f"Question {MISKEYED}").last
    await expect(row).to_contain_text("key suspect")
    await row.get_by_role("link").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(f"Question {MISKEYED}")
    await expect(page.get_by_role("listitem").filter(has_text="Answer B")).to_contain_text("key suspect")
    await expect(page.get_by_role("row", name="C key").last).to_contain_text("100")


async def test_a_teacher_walks_from_own_courses_to_a_learner_of_a_section(sign_in: SignIn) -> None:
    page = await sign_in("Instructor")
    await follow(page, COURSE_TITLE)
    await page.get_by_role("table", name="Sections of this course").get_by_role("link").first.click()
    members = page.get_by_role("table", name="The learners of this section")
    await members.get_by_role("link").first.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Results")
    await expect(page.get_by_role("table", name=f"Latest results in {COURSE}")).to_be_visible()


async def test_a_standard_leads_to_its_courses_and_from_there_to_its_assessments(sign_in: SignIn) -> None:
    page = await sign_in("TenantAdmin")
    await follow(page, "All standards")
    table = page.get_by_role("table", name="All standards with results")
    await expect(table.get_by_role("row")).to_have_count(1 + len(STANDARDS))
    await table.get_by_role("link", name=STANDARDS[0]).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(STANDARDS[0])
    await page.get_by_role("link", name=COURSE_TITLE).click()
    await expect(page.get_by_role("img", name="Mean score by standard")).to_be_visible()
    standards = page.get_by_role("table", name="Standards of this course")
    await standards.get_by_role("link", name=STANDARDS[0]).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(STANDARDS[0])
    await expect_trail(page, "Overview", COURSE_TITLE)
    await page.get_by_role("table", name="Assessments that are aligned").get_by_role("link").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)


async def test_a_learner_sees_own_results_by_standard(sign_in: SignIn) -> None:
    page = await sign_in("Learner")
    own = page.get_by_role("table", name=f"Results in {COURSE_TITLE} by standard")
    await expect(own.get_by_role("rowheader")).to_have_count(len(STANDARDS))


async def test_a_list_is_downloaded_as_it_is_shown(sign_in: SignIn) -> None:
    page = await sign_in("Instructor")
    await open_view(page, f"/courses/{COURSE}", COURSE_TITLE)
    async with page.expect_download() as expected:
        await page.get_by_role("button", name="Download as CSV: Assessments of this course").click()
    download = await expected.value
    assert download.suggested_filename.startswith(f"course-{COURSE}-")
    assert TITLE in await to_thread(Path(await download.path()).read_text, encoding="utf-8")


async def test_a_small_group_is_withheld_from_who_sees_aggregates_only(sign_in: SignIn) -> None:
    page = await sign_in("SupportReadonly")
    row = page.get_by_role("row", name=TITLES[SMALL_COURSE])
    await expect(row).to_contain_text("withheld")
    await row.get_by_role("link").click()
    await expect(page.get_by_text("is too small for its figures to be shown to you")).to_be_visible()
    await expect(page.get_by_role("figure")).to_have_count(0)


async def test_growth_is_told_from_one_period_to_the_next(sign_in: SignIn) -> None:
    page = await sign_in("TenantAdmin")
    growth = page.get_by_role("table", name="Growth of the same learners")
    await expect(growth.get_by_role("row", name="2026-03 to 2026-05")).to_contain_text("+")


async def test_two_courses_are_compared_and_the_address_keeps_which(sign_in: SignIn) -> None:
    page = await sign_in("TenantAdmin")
    await open_view(page, "/comparison", "Compare two groups")
    await page.get_by_label("First group").select_option(f"course:{COURSE}")
    await page.get_by_label("Second group").select_option("course:BIO_1")
    await expect(page.get_by_text("Effect size")).to_be_visible()
    await page.reload()
    await expect(page.get_by_label("Second group")).to_have_value("course:BIO_1")
    await expect(page.get_by_role("table", name="Compare two groups")).to_contain_text("Standard deviation")


async def test_a_course_is_found_by_a_part_of_its_name(sign_in: SignIn) -> None:
    page = await sign_in("TenantAdmin")
    await page.get_by_role("searchbox", name="Search for schools and courses").fill("alg")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Search: alg")
    await page.get_by_role("row", name=COURSE_TITLE).get_by_role("link").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(COURSE_TITLE)


async def test_figures_that_change_are_shown_without_a_reload(
    sign_in: SignIn, access: DevelopmentAccess
) -> None:
    page = await sign_in("TenantAdmin")
    feeds = page.get_by_role("table", name="Freshness by feed")
    before = await feeds.get_by_role("row", name="attempts").inner_text()
    await ingested(access, DISTRICT, "fresh-attempts.csv", attempts(seed=11))
    await expect(feeds.get_by_role("row", name="attempts")).not_to_have_text(before, timeout=45_000)


async def test_rejected_records_are_shown_with_place_and_reason(sign_in: SignIn) -> None:
    page = await sign_in("TenantAdmin")
    await follow(page, "Files")
    await page.get_by_role("link", name=FILE).last.click()
    rejects = page.get_by_role("table", name="In the order of the file")
    await expect(rejects).to_contain_text("Record")
    await expect(rejects.locator("tbody tr").first).to_contain_text("-")


async def test_a_teacher_sees_own_courses_only(sign_in: SignIn) -> None:
    page = await sign_in("Instructor")
    await expect(page.get_by_role("heading", level=1)).to_have_text("My courses")
    await expect(page.get_by_role("heading", level=2)).to_have_text([COURSE_TITLE])
    await open_view(page, "/courses", "Courses")
    courses = page.get_by_role("table", name="All courses with results")
    await expect(courses.get_by_role("rowheader")).to_have_text([COURSE_TITLE])
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
    await expect(page.locator(".loading")).to_have_count(0)
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
    await expect(page.get_by_role("table").first).to_be_visible()
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    await expect(page.get_by_role("table")).to_have_count(0)
