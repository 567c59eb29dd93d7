"""Goes on dropping small files for a while, so that the dashboard page is seen refreshing."""

import asyncio
import io
import time
from itertools import cycle
from typing import Final

from rich.console import Console

from scripts.lib.demo.districts import DISTRICTS, DemoDistrict, GradebookFile
from scripts.lib.development_access import DevelopmentAccess

SECONDS: Final = 120
_PAUSE: Final = 6.0
_STUDENTS: Final = 25


async def keep_dropping(access: DevelopmentAccess, console: Console) -> None:
    """Upload a gradebook that grows, in turn for each district, every few seconds for two minutes.

    Each one replaces the one before of the same course. `ApiError`, `aiohttp.ClientError`.
    """
    until = time.monotonic() + SECONDS
    rows = dict.fromkeys(DISTRICTS, 0)
    for district in cycle(DISTRICTS):
        if time.monotonic() > until:
            break
        rows[district] += _STUDENTS
        await _drop(access, district, rows[district], console)
        await asyncio.sleep(_PAUSE)
    console.print("No more files are dropped; everything stays up until Ctrl-C.")


async def _drop(access: DevelopmentAccess, district: DemoDistrict, rows: int, console: Console) -> None:
    file = GradebookFile(district.live_course, seed=time.time_ns(), rows=rows)
    content = io.BytesIO()
    file.write(content)
    started = time.monotonic()
    async with access.api(district.id) as api:
        ended = await api.follow(await api.upload(content, file.name))
    seconds = time.monotonic() - started
    console.print(
        f"{district.name}: course {district.live_course} with {rows} students {ended.state} "
        f"after {seconds:.1f} s"
    )
