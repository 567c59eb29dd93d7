"""How the page comes over the wire: small, squeezed, kept for ever, and unable to run what is not its own."""

import pytest

from tests.browser.conftest import COURSE, COURSE_TITLE, SignIn
from tests.browser.steps import open_view

pytestmark = [pytest.mark.xdist_group("cloud"), pytest.mark.timeout(120)]

MOST = 200_000
ENCODED = """performance.getEntriesByType("resource").concat(performance.getEntriesByType("navigation"))
    .filter(entry => /[/]pages[/]|[/]dashboard$/.test(entry.name.split("#")[0]))
    .map(entry => [entry.name, entry.encodedBodySize, entry.decodedBodySize])"""


async def test_everything_that_is_loaded_is_small_and_squeezed(sign_in: SignIn) -> None:
    page = await sign_in("TenantAdmin")
    await open_view(page, f"/courses/{COURSE}", COURSE_TITLE)
    await page.reload(wait_until="networkidle")
    loaded = await page.evaluate(ENCODED)
    scripts = [entry for entry in loaded if entry[0].endswith(".js")]
    assert len(scripts) == 2
    assert all(encoded < decoded for _, encoded, decoded in scripts)
    assert 0 < sum(encoded for _, encoded, _ in loaded) < MOST


async def test_an_injected_script_or_style_does_nothing(sign_in: SignIn) -> None:
    page = await sign_in("Learner")
    refused = await page.evaluate("""() => {
      try { document.body.innerHTML += "<img src=x onerror='window.broken = 1'>"; return false; }
      catch (fault) { return fault instanceof TypeError; }
    }""")
    assert refused
    assert await page.evaluate("window.broken === undefined")
