"""The three ways to run: stay up with the demo, do the demo once, ingest one file."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Final

import aiohttp
from rich.console import Console

from infra.local.launcher.cloud import LocalCloud
from infra.local.launcher.errors import LocalCloudError
from infra.local.launcher.health import answers_ok
from infra.local.launcher.options import Options
from scripts.lib.api import ApiError
from scripts.lib.demo.districts import DISTRICTS
from scripts.lib.demo.dropping import SECONDS, keep_dropping
from scripts.lib.demo.loading import load_demo
from scripts.lib.demo.progress import watching
from scripts.lib.demo.result import DistrictResult
from scripts.lib.demo.tables import print_demo, print_ingest
from scripts.lib.development_access import development_access
from scripts.lib.seeding import District
from shared.ingestion.model import IngestState
from shared.ingestion.views import IngestView

_WELL: Final = frozenset({IngestState.FOLDED, IngestState.DUPLICATE})
_REJECTS_SHOWN: Final = 10


async def stay(options: Options, console: Console) -> int:
    """Start everything, load the demo, and serve until this task is cancelled."""
    started = time.monotonic()
    async with LocalCloud(options, console) as cloud, development_access(options) as access:
        console.print(cloud.table())
        with watching(console) as watch:
            result = await load_demo(access, DISTRICTS, watch)
        print_demo(console, result)
        _invite(options, console, time.monotonic() - started)
        try:
            await keep_dropping(access, console)
        except (ApiError, aiohttp.ClientError) as failure:
            console.print(f"No more files are dropped: {failure}", markup=False)
        await asyncio.Event().wait()
    return 0


async def once(options: Options, console: Console) -> int:
    """Start everything, load the demo, stop everything, and print the result as JSON on standard output.

    Returns 1 when any figure is not as the generator's truth says.
    """
    started = time.monotonic()
    async with LocalCloud(options, console), development_access(options) as access:
        ready = time.monotonic()
        with watching(console) as watch:
            result = await load_demo(access, DISTRICTS, watch)
        loaded = time.monotonic()
    print_demo(console, result)
    seconds = {"start": ready - started, "demo": loaded - ready, "stop": time.monotonic() - loaded}
    print(json.dumps(_document(result, seconds), indent=2))
    return 0 if all(district.correct for district in result) else 1


async def one_file(options: Options, console: Console, file: Path, tenant: str) -> int:
    """Ingest a file for a tenant, with the cloud that runs or one of its own; 1 when it is refused.

    A tenant that is not known is made.
    """
    async with _some_cloud(options, console), development_access(options) as access:
        if await access.services.tenancy.find(tenant) is None:
            console.print(f"{tenant} is not known yet: seeding it")
            await access.seed(District(tenant, tenant))
        async with access.api(tenant) as api:
            with file.open("rb") as content:
                ingest = await api.upload(content, file.name)
            with watching(console) as watch:
                ended = await api.follow(ingest, lambda now: watch(f"{tenant} {file.name}", now))
            rejects = await api.rejects(ended.id, _REJECTS_SHOWN) if ended.rejected else []
    print_ingest(console, ended, rejects)
    if ended.state in _WELL:
        return 0
    console.print(f"[bold red]{ended.file_name} is {ended.state}[/]: {_reason(ended)}")
    return 1


@asynccontextmanager
async def _some_cloud(options: Options, console: Console) -> AsyncIterator[None]:
    """Make sure that a local cloud runs during the block; one that runs already is left running."""
    url = options.endpoints.url("http")
    if not options.fresh and await answers_ok(f"{url}/api/health")():
        if not (options.data / "secrets.json").exists():
            raise LocalCloudError(
                f"something answers at {url}, but its state is not in {options.data}: give its --data"
            )
        yield
        return
    async with LocalCloud(options, console):
        yield


def _invite(options: Options, console: Console, seconds: float) -> None:
    console.print(
        f"\nReady after {seconds:.1f} s. Open [bold]{options.endpoints.url('http')}/api/dashboard[/] and "
        "sign in: choose a district and a role, nobody asks for a password.\n"
        f"For {SECONDS // 60} minutes small files keep coming, so the page is seen refreshing. "
        f"Full logs: {options.data / 'logs'}. Ctrl-C stops everything.",
        soft_wrap=True,
    )


def _document(districts: list[DistrictResult], seconds: dict[str, float]) -> dict[str, object]:
    return {
        "correct": all(district.correct for district in districts),
        "seconds": {name: round(value, 2) for name, value in seconds.items()},
        "districts": [asdict(district) for district in districts],
    }


def _reason(ingest: IngestView) -> str:
    if ingest.failure is None:
        return "a newer file of the same source was committed first"
    places = "".join(f"\n  {place.place}: {place.message}" for place in ingest.failure.violations)
    return f"{ingest.failure.detail} ({ingest.failure.code}){places}"
