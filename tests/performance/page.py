"""The page in a real Chromium over the local cloud: how soon a visitor sees anything, and how much comes."""

import asyncio
import shutil
import tempfile
from pathlib import Path
from statistics import median
from typing import Final

from playwright.async_api import Browser, async_playwright

from functions.http.page import BUILT
from tests.fixtures.local_cloud import running_cloud

type Figure = tuple[str, float, str, float | None]

_VISITS: Final = 15
_PAINT: Final = """new Promise(resolve => new PerformanceObserver(
    list => list.getEntriesByName("first-contentful-paint").forEach(paint => resolve(paint.startTime))
).observe({type: "paint", buffered: true}))"""
_WELCOME: Final = """new Promise(resolve => {
    const look = () =>
        document.querySelector("h1") ? resolve(performance.now()) : requestAnimationFrame(look);
    look();
})"""


def run() -> list[Figure]:
    """Return name, value, unit and target of each figure."""
    with tempfile.TemporaryDirectory() as folder, running_cloud(Path(folder)) as cloud:
        return asyncio.run(_measure(f"{cloud.base_url}/api/dashboard"))


async def _measure(address: str) -> list[Figure]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        visits = [await _visit(browser, address) for _ in range(_VISITS)]
        await browser.close()
    paints, welcomes = ([visit[i] for visit in visits] for i in (0, 1))
    weight = sum(path.stat().st_size for path in BUILT.glob("*.gz"))
    return [
        ("first contentful paint, median", median(paints), "ms", 1_000),
        ("first contentful paint, slowest", max(paints), "ms", 1_000),
        ("invitation to sign in is there, median", median(welcomes), "ms", None),
        ("everything, gzipped", weight / 1_000, "kB", 200),
    ]


async def _visit(browser: Browser, address: str) -> tuple[float, float]:
    """Open the page with nothing kept from before; return when it first painted, and when it was complete."""
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(address)
    painted, complete = float(await page.evaluate(_PAINT)), float(await page.evaluate(_WELCOME))
    await context.close()
    return painted, complete
