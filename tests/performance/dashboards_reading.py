"""Dashboards of 5 million results under 300 requests a second, with the whole local cloud on this machine.

The load generator runs here too, in this process, and sends at scheduled times (`open_loop`).
"""

from collections.abc import Iterator
from typing import Final

import uvloop

from scripts.lib.development_access import DevelopmentAccess, development_access
from shared.platform.collector import settle
from tests.fixtures.dashboards.figures import Figure, Spent, by_view, errors, latencies
from tests.fixtures.dashboards.mix import Visitors, requests
from tests.fixtures.dashboards.reads import reads_per_view
from tests.fixtures.dashboards.seeding import EVERY, dashboards_cloud, let_in
from tests.fixtures.local_cloud import RunningCloud
from tests.fixtures.open_loop import OpenLoop, Request
from tests.fixtures.process_meter import stolen_seconds

RATE: Final = 300
WARM_UP_SECONDS: Final = 20
_SECONDS: Final = 60
_IDLE_SECONDS: Final = 10
_NOTHING: Final = Request("health", b"GET /api/health HTTP/1.1\r\nHost: bench\r\n\r\n")


def run() -> list[Figure]:
    """Return name, value, unit and target of each figure."""
    with dashboards_cloud() as cloud:
        return uvloop.run(_measured(cloud))


async def _measured(cloud: RunningCloud) -> list[Figure]:
    async with development_access(cloud.options) as access:
        await let_in(access)
        everybody = [await Visitors.of(access, district) for district in EVERY]
        return [*await _loaded(cloud, everybody), *await _reads(access, everybody[0])]


async def _loaded(cloud: RunningCloud, everybody: list[Visitors]) -> list[Figure]:
    loop, wanted = OpenLoop(cloud.options.endpoints.ports["http"]), requests(everybody)
    await loop.run(wanted, RATE / 3, WARM_UP_SECONDS)
    loop.sent.clear()
    settle()  # a full collection of the load generator would be felt as one of the cloud
    before, stolen = Spent.so_far(cloud), stolen_seconds()
    await loop.run(wanted, RATE, _SECONDS)
    spent, stolen = Spent.so_far(cloud).since(before, len(loop.sent)), stolen_seconds() - stolen
    least = await _least(cloud)
    loop.close()
    return [
        *latencies("all views", loop.sent, 50, 150),
        *by_view(loop.sent),
        *errors(loop.sent),
        ("CPU time withheld by the host of this machine", 100 * stolen / _SECONDS, "% of a core", None),
        ("Termtide and its clients, per request", spent.http - least, "CPU-µs", None),
        ("local Functions host, per request (/health)", least, "CPU-µs", None),
        ("local Cosmos, per request", spent.cosmos, "CPU-µs", None),
    ]


async def _least(cloud: RunningCloud) -> float:
    """Return what the host uses for an answer that asks nobody and tells nothing, in CPU-µs."""
    loop = OpenLoop(cloud.options.endpoints.ports["http"])
    before = Spent.so_far(cloud)
    await loop.run(iter(lambda: _NOTHING, None), RATE, _IDLE_SECONDS)
    loop.close()
    return Spent.so_far(cloud).since(before, len(loop.sent)).http


async def _reads(access: DevelopmentAccess, visitors: Visitors) -> Iterator[Figure]:
    counts = await reads_per_view(access.services, visitors.district, visitors.learners[0])
    return (
        (f"point reads of {view}", reads, "reads", _ALLOWED.get(view, 1)) for view, reads in counts.items()
    )


_ALLOWED: Final[dict[str, int | None]] = {
    "school, aggregates": 2,
    "course, aggregates": 2,
    "assessment, aggregates": 2,
    "comparison": 2,
    "cohorts": 2,
    "me/admin": 2,
    "me/teacher": None,
    "me/student": None,
}
"""How many reads each view may cost, where not one: two where groups beside it decide, or two are shown."""
