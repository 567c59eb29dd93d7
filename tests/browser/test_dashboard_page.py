"""The dashboard page in a real browser: what people see, by keyboard alone, accessible, fresh."""

from typing import Literal

import pytest
from playwright.async_api import Page, expect

from scripts.lib.development_access import DevelopmentAccess
from tests.browser.conftest import COURSE, DISTRICT, FILE, SignIn, attempts
from tests.fixtures.local_cloud import ingested

pytestmark = [pytest.mark.xdist_group("cloud"), pytest.mark.timeout(120)]


SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SIZES = """performance.getEntriesByType("resource")
    .filter(entry => entry.name.includes("/pages/")).map(entry => entry.decodedBodySize)"""


async def violations(page: Page, axe: str) -> list[str]:
    """Return what axe-core finds against WCAG 2.2 AA, one line per rule with the places."""
    await page.evaluate(axe)
    report = await page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    return [f"{v['id']}: {[node['target'] for node in v['nodes']]}" for v in report["violations"]]


async def follow(page: Page, link: str) -> None:
    """Reach a link by the tab key and follow it by the enter key."""
    for _ in range(60):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.textContent.trim()") == link:
            await page.keyboard.press("Enter")
            return
    pytest.fail(f"no link {link!r} is reached by the keyboard")


async def test_an_administrator_walks_from_the_overview_to_an_assessment_by_keyboard(sign_in: SignIn) -> None:
    page = await sign_in("TenantAdmin")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
    await follow(page, COURSE)
    await expect(page.get_by_role("heading", level=1)).to_have_text(f"Course {COURSE}")
    await expect(page.get_by_role("img", name="Scores by band")).to_be_visible()
    title = await page.locator("tbody a").first.inner_text()
    await follow(page, title)
    await expect(page.get_by_role("heading", level=1)).to_have_text(title)
    await expect(page.get_by_role("table").last).to_contain_text("fully graded")


async def test_rejected_records_are_shown_with_place_and_reason(sign_in: SignIn) -> None:
    page = await sign_in("TenantAdmin")
    await follow(page, "Files")
    await page.get_by_role("link", name=FILE).last.click()
    rejects = page.get_by_role("table").last
    await expect(rejects).to_contain_text("Record")
    await expect(rejects.locator("tbody tr").first).to_contain_text("-")
    assert await rejects.locator("tbody tr").count() > 0


async def test_a_teacher_sees_own_courses_only(sign_in: SignIn) -> None:
    page = await sign_in("Instructor")
    await expect(page.locator("tbody tr")).to_have_count(1)
    await expect(page.locator("tbody")).to_contain_text(COURSE)
    await page.goto(f"{page.url.split('#', maxsplit=1)[0]}#/courses/BIO_1")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Nothing to show")


async def test_a_learner_lands_on_own_results_and_is_offered_nothing_else(sign_in: SignIn) -> None:
    page = await sign_in("Learner")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Results")
    await expect(page.get_by_role("link", name="Files")).to_be_hidden()


async def test_a_file_that_lands_shows_without_a_reload(sign_in: SignIn, access: DevelopmentAccess) -> None:
    page = await sign_in("TenantAdmin")
    await follow(page, "Files")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Files")
    rows = page.locator("tbody tr")
    before = await rows.count()
    await ingested(access, DISTRICT, "another-attempts.csv", attempts(seed=8))
    await expect(rows).to_have_count(before + 1, timeout=15_000)
    await expect(rows.first).to_contain_text("folded", timeout=15_000)


@pytest.mark.parametrize("width", [1280, 360])
async def test_no_view_violates_accessibility_rules_in_either_colour_scheme(
    sign_in: SignIn, axe: str, width: int
) -> None:
    page = await sign_in("TenantAdmin")
    await page.set_viewport_size({"width": width, "height": 800})
    for address, heading in (
        ("/", "Overview"),
        (f"/courses/{COURSE}", f"Course {COURSE}"),
        ("/files", "Files"),
    ):
        await page.goto(f"{page.url.split('#', maxsplit=1)[0]}#{address}")
        await expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        for scheme in SCHEMES:
            await page.emulate_media(color_scheme=scheme)
            assert await violations(page, axe) == []
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_the_page_is_small(sign_in: SignIn) -> None:
    page = await sign_in("TenantAdmin")
    sizes = await page.evaluate(SIZES)
    assert len(sizes) >= 8
    assert 0 < sum(sizes) < 200_000
