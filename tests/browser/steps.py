"""What people do on the page: go to an address, walk by keyboard, read what it says."""

import pytest
from playwright.async_api import Page, expect

_PATIENCE = 200
"""Presses of the tab key after which nobody goes on."""


async def open_view(page: Page, address: str, heading: str) -> None:
    """Go to the view of an address and wait until it shows its figures."""
    await page.goto(f"{page.url.split('#', maxsplit=1)[0]}#{address}")
    await expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    await expect(page.locator(".loading")).to_have_count(0)


async def follow(page: Page, link: str) -> None:
    """Reach a link by the tab key and follow it by the enter key."""
    for _ in range(_PATIENCE):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.textContent.trim()") == link:
            await page.keyboard.press("Enter")
            return
    pytest.fail(f"no link {link!r} is reached by the keyboard")


async def focused(page: Page) -> str:
    """Return the text of the element that the keyboard is at."""
    text: str = await page.evaluate("document.activeElement.textContent.trim()")
    return text


async def expect_trail(page: Page, *names: str) -> None:
    """Wait until the way to the view leads by these names."""
    way = page.get_by_role("navigation", name="You are here")
    await expect(way.get_by_role("link")).to_have_text(names)
