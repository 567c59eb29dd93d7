"""Dashboards under load while 60 files of 5,000 rows come in each minute, over twelve districts.

A file is visible when its ingest is folded. In the page it is visible at the first answer to a poller that
follows the overview by `Next-Poll` and `If-None-Match`, as an open page does, and gets a version with it.
"""

import asyncio
import io
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import perf_counter
from typing import Final

import aiohttp
import uvloop

from scripts.lib.development_access import DevelopmentAccess, development_access
from shared.ingestion.model import IngestState
from shared.ingestion.views import IngestView
from shared.tenancy.model import Role
from tests.fixtures.dashboards.figures import Figure, errors, latencies, quantile
from tests.fixtures.dashboards.files import DISTRICTS, school_days
from tests.fixtures.dashboards.mix import Visitors, content_of, requests
from tests.fixtures.dashboards.seeding import EVERY, dashboards_cloud, let_in
from tests.fixtures.local_cloud import RunningCloud
from tests.fixtures.open_loop import OpenLoop, Sent

_RATE: Final = 300
_WARM_UP_SECONDS: Final = 20
_FILES_A_MINUTE: Final = 60
_MINUTE: Final = 60.0
_ENDS: Final = {IngestState.FOLDED, IngestState.SUPERSEDED}


@dataclass(slots=True)
class _Watched:
    """A district: the ids of its files with when each was sent, and what an open page saw when."""

    visitors: Visitors
    sent: dict[str, datetime] = field(default_factory=dict)
    seen: list[tuple[datetime, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _File:
    """How many seconds passed from its commit to its fold, and from its sending to fold and open page."""

    folding: float
    folded: float
    seen: float


def run(minutes: int) -> list[Figure]:
    """Return name, value, unit and target of each figure."""
    with dashboards_cloud() as cloud:
        return uvloop.run(_measured(cloud, minutes * _MINUTE))


async def _measured(cloud: RunningCloud, seconds: float) -> list[Figure]:
    async with development_access(cloud.options) as access:
        await let_in(access)
        districts = [_Watched(await Visitors.of(access, district)) for district in EVERY]
        sent = await _loaded(cloud, access, districts, seconds)
        files = [file for district in districts for file in [file async for file in _files(access, district)]]
        return [
            *latencies("all views", sent, 200, None),
            ("worst minute, p95", max(_minutes(sent)), "ms", 500),
            *errors(sent),
            ("files that came in meanwhile", len(files), "files", None),
            *_spread("committed to folded", [file.folding for file in files], 5),
            *_spread("sent to folded", [file.folded for file in files], None),
            *_spread("sent to seen by an open page", [file.seen for file in files], None),
        ]


async def _loaded(
    cloud: RunningCloud, access: DevelopmentAccess, districts: Sequence[_Watched], seconds: float
) -> list[Sent]:
    loop = OpenLoop(cloud.options.endpoints.ports["http"])
    wanted = requests([district.visitors for district in districts])
    await loop.run(wanted, _RATE / 3, _WARM_UP_SECONDS)
    loop.sent.clear()
    async with asyncio.TaskGroup() as tasks:
        pages = [tasks.create_task(_open_page(loop, district)) for district in districts]
        sending = tasks.create_task(_send(access, districts, seconds))
        await loop.run(wanted, _RATE, seconds)
        await sending
        await asyncio.gather(*(_settled(access, district) for district in districts))
        for page in pages:
            page.cancel()
    loop.close()
    return loop.sent


async def _send(access: DevelopmentAccess, districts: Sequence[_Watched], seconds: float) -> None:
    """Send a file each second, of the districts in turn, at scheduled times."""
    days = [school_days(district.visitors.district.schools) for district in districts]
    started = perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for n in range(int(seconds * _FILES_A_MINUTE / _MINUTE)):
            await asyncio.sleep(max(0.0, started + n * _MINUTE / _FILES_A_MINUTE - perf_counter()))
            district = districts[n % DISTRICTS]
            _, name, content = next(days[n % DISTRICTS])
            tasks.create_task(_send_one(access, district, name, content))


async def _send_one(access: DevelopmentAccess, district: _Watched, name: str, content: bytes) -> None:
    async with access.api(district.visitors.district.tenant) as api:
        sent = datetime.now(UTC)
        district.sent[await _answered(lambda: api.upload(io.BytesIO(content), name))] = sent


async def _open_page(loop: OpenLoop, district: _Watched) -> None:
    """Follow the overview as an open page does."""
    tag: str | None = None
    token = district.visitors.tokens[Role.TENANT_ADMIN]
    while True:
        try:
            answer = await loop.ask(content_of("dashboards", token, tag))
        except (OSError, TimeoutError):
            continue  # a page tries again
        tag = answer.field("etag") or tag
        district.seen.append((datetime.now(UTC), int(answer.field("data-version") or -1)))
        await asyncio.sleep(float(answer.field("next-poll") or 1))


async def _settled(access: DevelopmentAccess, district: _Watched) -> None:
    """Wait until every file has ended, and the open page has seen the last of them."""
    newest = 0
    for name in district.sent:
        newest = max(newest, (await _ended(access, district, name)).table_version or 0)
    while not district.seen or district.seen[-1][1] < newest:  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(0.2)


async def _ended(access: DevelopmentAccess, district: _Watched, ingest_id: str) -> IngestView:
    async with access.api(district.visitors.district.tenant) as api:
        ended = await _answered(lambda: api.follow(ingest_id))
    if ended.state not in _ENDS:
        raise RuntimeError(f"{ended.file_name} ended {ended.state}")
    return ended


async def _answered[T](call: Callable[[], Awaitable[T]]) -> T:
    """Call until somebody answers: who sends files tries again when a host takes no connection."""
    while True:
        try:
            return await call()
        except aiohttp.ClientConnectionError:
            continue


async def _files(access: DevelopmentAccess, district: _Watched) -> AsyncIterator[_File]:
    """Yield what became of the files of a district; one that a newer file overtook was never to be seen."""
    for name, sent in district.sent.items():
        ended = await _ended(access, district, name)
        version = ended.table_version
        if ended.state is IngestState.FOLDED and version is not None:
            seen = next(at for at, shown in district.seen if shown >= version)
            folded = ended.reached[IngestState.FOLDED]
            yield _File(
                (folded - ended.reached[IngestState.COMMITTED]).total_seconds(),
                (folded - sent).total_seconds(),
                (seen - sent).total_seconds(),
            )


def _minutes(sent: Sequence[Sent]) -> Iterator[float]:
    """Yield the p95 of each minute, in milliseconds."""
    first = min(each.due for each in sent)
    minutes = defaultdict[int, list[float]](list)
    for each in sent:
        minutes[int((each.due - first) / _MINUTE)].append(1_000 * each.latency)
    return (quantile(values, 0.95) for values in minutes.values())


def _spread(name: str, seconds: Sequence[float], target: float | None) -> Iterator[Figure]:
    yield f"{name}, p50", quantile(seconds, 0.5), "s", None
    yield f"{name}, p95", quantile(seconds, 0.95), "s", target
    yield f"{name}, longest", max(seconds), "s", None
