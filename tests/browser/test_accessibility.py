"""WCAG 2.2 AA by axe-core, in every view of each role: wide and narrow, both schemes, both directions."""

from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import quote

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import ASSESSMENT, COURSE, COURSE_TITLE, FILE, TITLE, SignIn
from tests.browser.district_files import SCHOOLS, SMALL_COURSE, STANDARDS, TITLES
from tests.browser.item_results import MISKEYED
from tests.browser.pictures import keep_picture
from tests.browser.steps import open_view

pytestmark = [pytest.mark.xdist_group("cloud"), pytest.mark.timeout(300)]

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES: Final = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
COLOUR: Final = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
"""All rules that look at colours; nothing else depends on the scheme."""

WIDTHS: Final = (1440, 320)
"""As wide as a desk's screen, and as narrow as WCAG 1.4.10 asks for."""

_VIOLATIONS: Final = """async rules => {
  const report = await axe.run(document, {runOnly: rules, resultTypes: ["violations"]})
  return report.violations.map(one => `${one.id}: ${one.nodes.map(node => node.target.join(" "))}`)
}"""

SCHEMES: Final[dict[Literal["light", "dark"], dict[str, Any]]] = {"light": RULES, "dark": COLOUR}
STANDARD = quote(STANDARDS[0], safe="")
ITEMS = f"/courses/{COURSE}/assessments/{ASSESSMENT}/items"
VIEWS = {
    "TenantAdmin": [
        ("/", "Overview"),
        ("/schools/quay-high", SCHOOLS["quay-high"]),
        ("/courses", "Courses"),
        (f"/courses/{COURSE}", COURSE_TITLE),
        (f"/courses/{COURSE}/sections/{COURSE}-0", f"{COURSE_TITLE}, group 1"),
        (f"/courses/{COURSE}/assessments/{ASSESSMENT}", TITLE),
        (ITEMS, "Item analysis"),
        (f"{ITEMS}/q{MISKEYED}", f"Question {MISKEYED}"),
        (f"/courses/{COURSE}/standards/{STANDARD}", STANDARDS[0]),
        ("/standards", "Standards"),
        (f"/standards/{STANDARD}", STANDARDS[0]),
        ("/periods", "Periods"),
        (f"/comparison/course:{COURSE}/course:BIO_1", "Compare two groups"),
        ("/search/alg", "Search: alg"),
        ("/files", "Files"),
        ("/people", "People"),
        ("/none", "There is no such page"),
    ],
    "Instructor": [
        ("/", "My courses"),
        ("/courses", "Courses"),
        (f"/courses/{COURSE}", COURSE_TITLE),
    ],
    "SupportReadonly": [
        ("/", "Overview"),
        (f"/courses/{COURSE}", COURSE_TITLE),
        (f"/courses/{SMALL_COURSE}", TITLES[SMALL_COURSE]),
    ],
    "Learner": [("/", "Results")],
}


async def violations(page: Page, rules: dict[str, Any]) -> list[str]:
    """Return what axe-core finds against some rules, one line per rule with the places."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = await page.evaluate(_VIOLATIONS, rules)
    return found


async def assert_fit(page: Page) -> None:
    """Nothing violates a rule in any width and scheme, and nothing has to be scrolled sideways."""
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": 900})
        for scheme, rules in SCHEMES.items():
            await page.emulate_media(color_scheme=scheme)
            assert await violations(page, rules) == [], f"{page.url}, {width} wide, {scheme}"
            await keep_picture(page, f"{width} {scheme}")
        asks = await page.evaluate("document.documentElement.scrollWidth")
        assert asks <= width, f"{page.url} asks for {asks} of {width}"


@pytest.mark.parametrize("role", VIEWS)
async def test_no_view_violates_a_rule(sign_in: SignIn, role: str) -> None:
    page = await sign_in(role)
    for address, heading in VIEWS[role]:
        await open_view(page, address, heading)
        await assert_fit(page)


async def test_a_file_with_rejects_violates_no_rule(sign_in: SignIn) -> None:
    page = await sign_in("TenantAdmin")
    await open_view(page, "/files", "Files")
    await page.get_by_role("link", name=FILE).last.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(FILE)
    await expect(page.get_by_role("table", name="In the order of the file")).to_be_visible()
    await assert_fit(page)


async def test_the_page_reads_from_right_to_left_as_well(sign_in: SignIn) -> None:
    page = await sign_in("TenantAdmin")
    await open_view(page, f"/courses/{COURSE}", COURSE_TITLE)
    await page.evaluate("document.documentElement.dir = 'rtl'")
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": 900})
        box = await page.get_by_role("heading", level=1).bounding_box()
        assert box
        assert box["x"] + box["width"] > width / 2
    await assert_fit(page)


async def test_a_chart_that_is_drawn_anew_asks_for_no_more_room_than_there_is(sign_in: SignIn) -> None:
    page = await sign_in("TenantAdmin")
    await page.set_viewport_size({"width": 320, "height": 900})
    await open_view(page, "/courses", "Courses")
    # Between two drawings, and before the first, a canvas has the size that HTML gives it.
    asks = await page.evaluate("""() => {
      for (const canvas of document.querySelectorAll("canvas")) {
        for (const drawn of ["style", "width", "height"]) canvas.removeAttribute(drawn)
      }
      return [document.querySelectorAll("canvas").length, document.documentElement.scrollWidth]
    }""")
    assert asks == [1, 320]


async def test_tables_keep_their_roles_when_they_are_laid_out_as_lists(sign_in: SignIn) -> None:
    page = await sign_in("TenantAdmin")
    await page.set_viewport_size({"width": 320, "height": 900})
    await open_view(page, "/courses", "Courses")
    table = page.get_by_role("table", name="All courses with results")
    await expect(table.get_by_role("columnheader").first).to_contain_text("Course")
    await expect(table.get_by_role("rowheader").filter(has_text=COURSE_TITLE)).to_be_visible()
    assert await table.get_by_role("cell").count() > 0


async def test_targets_are_large_enough_to_hit(sign_in: SignIn) -> None:
    page = await sign_in("TenantAdmin")
    await page.set_viewport_size({"width": 320, "height": 900})
    for target in await page.locator("button:visible, nav a:visible, summary:visible").all():
        box = await target.bounding_box()
        assert box and box["height"] >= 24, await target.inner_text()
