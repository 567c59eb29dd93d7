"""Pictures of every view for people to look at, kept when `PICTURES` names a folder."""

import os
import re
from pathlib import Path
from typing import Final

from playwright.async_api import Page

_FOLDER: Final = os.environ.get("PICTURES")


async def keep_picture(page: Page, scheme: str) -> None:
    """Keep the whole page as it is shown, named by test, view and scheme, if a folder is named."""
    if not _FOLDER:
        return
    test = os.environ["PYTEST_CURRENT_TEST"].partition("::")[2].removesuffix(" (call)")
    view = page.url.partition("#")[2]
    name = "-".join(re.findall(r"\w+", f"{test} {view} {scheme}"))
    await page.screenshot(path=Path(_FOLDER) / f"{name}.png", full_page=True)
