"""A real Chromium, two districts with results, and people who sign in as they would."""

import io
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright

from scripts.lib.demo_files import write_attempts
from scripts.lib.development_access import DevelopmentAccess
from scripts.lib.seeding import District
from tests.browser.district_files import TITLES, roster, spring_attempts
from tests.browser.item_results import item_results
from tests.fixtures.local_cloud import ingested

DISTRICT = "quay"
NAME = "Quay District"
COURSE = "ALG_1"
COURSE_TITLE = TITLES[COURSE]
ASSESSMENT = "ALG_1-A0"
TITLE = "Warm-up"
FILE = "quay-attempts.csv"
LEARNER = "0000001"

_LEFT_OUT: Final = (
    # The address bar of every window is a page of its own, which takes half of the time that ours takes.
    *("WebUIOmniboxPopup", "WebUIOmniboxFullPopup", "WebUIOmniboxAimPopup"),
    # This replaces what Playwright leaves out; these of its list could come between a test and the page.
    *("HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable", "PaintHolding", "Translate", "MediaRouter"),
)

type SignIn = Callable[[str], Awaitable[Page]]


def attempts(seed: int) -> bytes:
    """Return a small file of attempts with a few faults."""
    out = io.BytesIO()
    write_attempts(out, seed=seed, rows=400, courses=(COURSE, "BIO_1"))
    return out.getvalue()


@pytest.fixture(scope="session")
async def district(access: DevelopmentAccess) -> str:
    """A district with a roster, results of two periods, answers, a teacher of one course, and a learner."""
    learner = await access.pseudonym(DISTRICT, "sis", LEARNER)
    await access.seed(District(DISTRICT, NAME, courses=frozenset({COURSE}), learners=frozenset({learner})))
    files = {
        "roster.zip": roster(),
        FILE: attempts(seed=7),
        "quay-spring-attempts.csv": spring_attempts(),
        "item_results_by_student.csv": item_results(COURSE, ASSESSMENT, TITLE),
    }
    for name, content in files.items():
        ingest = await ingested(access, DISTRICT, name, content)
        assert ingest.state == "folded"
    return DISTRICT


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The system's Chromium, without a window."""
    path = shutil.which("chromium")
    assert path, "chromium is missing: scripts/test installs it"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=path,
            args=[
                *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"),
                f"--disable-features={','.join(_LEFT_OUT)}",
            ],
        )
        yield browser
        await browser.close()


@pytest.fixture
async def sign_in(chromium: Browser, access: DevelopmentAccess, district: str) -> AsyncIterator[SignIn]:
    """Opens the page in a fresh profile and signs in with a role; any error of the page fails the test."""
    faults: list[str] = []
    context = await chromium.new_context(viewport={"width": 1280, "height": 900})

    async def signed_in(role: str) -> Page:
        page = await context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda line: faults.append(line.text) if _is_fault(line) else None)
        page.on("request", lambda request: faults.append(request.url) if _is_foreign(request.url) else None)
        await page.goto(f"{access.endpoints.url('http')}/api/dashboard")
        await page.get_by_role("button", name="Sign in").click()
        await page.get_by_label("District").select_option(label=NAME)
        await page.get_by_label("Role").select_option(role)
        await page.get_by_role("button", name="Sign in").click()
        await page.get_by_role("button", name="Sign out").wait_for()
        return page

    yield signed_in
    await context.close()
    assert faults == []


def _is_fault(line: ConsoleMessage) -> bool:
    """Tell whether a line of the console is an error.

    What the caller may not see is a 404 on purpose, and what a test injects is refused aloud.
    """
    hidden = "status of 404" in line.text and "/api/dashboards/" in line.location["url"]
    return line.type == "error" and not hidden and "TrustedHTML" not in line.text


def _is_foreign(url: str) -> bool:
    return not url.startswith(("http://127.0.0.1:", "data:"))
