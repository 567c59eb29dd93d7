"""A dump of 1.2 GB from the blob to the last rollup, with the whole local cloud running on this machine.

The time counts from the answer to the upload, which is when the blob exists. While a second dump is worked, a
file of 1 MB of another district has to come into its dashboard.
"""

import asyncio
import io
import os
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from scripts.lib.api import Api
from scripts.lib.development_access import DevelopmentAccess, development_access
from scripts.lib.seeding import District
from shared.ingestion.model import IngestState
from shared.ingestion.views import IngestView
from tests.fixtures.attempts_dump import ROWS_OF_A_DUMP, write_dump
from tests.fixtures.local_cloud import RunningCloud, running_cloud
from tests.fixtures.process_meter import cpu_seconds, peak_megabytes

type Figure = tuple[str, float, str, float | None]

_LARGE: Final = District(id="large-district", name="Large District")
_SMALL: Final = District(id="small-district", name="Small District")
_SMALL_ROWS: Final = 12_700
_STEPS: Final = (
    IngestState.PLANNED,
    IngestState.WORKING,
    IngestState.WORKED,
    IngestState.COMMITTED,
    IngestState.FOLDED,
)


@dataclass(slots=True)
class _Timeline:
    """When each state was first seen, in seconds, and what the ingest host had used by then."""

    cloud: RunningCloud
    size: int
    started: float = field(default_factory=time.monotonic)
    seconds: dict[IngestState, float] = field(default_factory=dict)
    used: dict[IngestState, float] = field(default_factory=dict)

    def watch(self, ingest: IngestView) -> None:
        """Take a look at the ingest."""
        if ingest.state not in self.seconds:
            self.seconds[ingest.state] = time.monotonic() - self.started
            self.used[ingest.state] = cpu_seconds(self.cloud.pid("ingest"))
            sys.stderr.write(f"  {ingest.state} after {self.seconds[ingest.state]:.1f} s\n")


def run() -> list[Figure]:
    """Return name, value, unit and target of each figure."""
    with tempfile.TemporaryDirectory() as folder:
        dump = Path(folder) / "attempts.csv"
        write_dump(dump, ROWS_OF_A_DUMP)
        state = Path(folder) / "cloud"
        state.mkdir()
        with running_cloud(state) as cloud:
            return asyncio.run(_measure(cloud, dump))


async def _measure(cloud: RunningCloud, dump: Path) -> list[Figure]:
    async with development_access(cloud.options) as access:
        for district in (_LARGE, _SMALL):
            await access.seed(district)
        async with access.api(_LARGE.id) as api:
            timeline = await _timed(cloud, api, dump)
            peak = peak_megabytes(cloud.pid("ingest"))
            return [*_figures(timeline, peak), await _fairness(access, api, dump)]


async def _timed(cloud: RunningCloud, api: Api, dump: Path) -> _Timeline:
    with dump.open("rb") as content:
        size = content.seek(0, os.SEEK_END)
        ingest_id = await api.upload(content, dump.name)
    timeline = _Timeline(cloud, size)
    ended = await api.follow(ingest_id, timeline.watch)
    if ended.state is not IngestState.FOLDED or ended.accepted != ROWS_OF_A_DUMP:
        raise RuntimeError(f"the dump ended {ended.state} with {ended.accepted} records accepted")
    return timeline


def _figures(timeline: _Timeline, peak: float) -> list[Figure]:
    seconds: Mapping[IngestState, float] = timeline.seconds
    working = timeline.used[IngestState.WORKED] - timeline.used[IngestState.PLANNED]
    states: list[Figure] = [
        (f"1.2 GB, {state} after", seconds[state], "s", 45.0 if state is IngestState.FOLDED else None)
        for state in _STEPS
        if state in seconds
    ]
    return [
        *states,
        ("Whole calls of the worker, MB of file per CPU-second", timeline.size / 1e6 / working, "MB/s", 60.0),
        ("Peak memory of the ingest host", peak, "MB", 400.0),
    ]


async def _fairness(access: DevelopmentAccess, large: Api, dump: Path) -> Figure:
    """Return how long a small file takes to its dashboard while a dump of another district is worked."""
    with dump.open("rb") as content:
        ingest_id = await large.upload(content, "attempts again.csv")
    small = dump.with_name("small.csv")
    write_dump(small, _SMALL_ROWS)
    while not await _is_working(large, ingest_id):  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(0.2)
    async with access.api(_SMALL.id) as api:
        await api.upload(io.BytesIO(small.read_bytes()), small.name)
        started = time.monotonic()
        while not (await api.overview()).courses:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.2)
        waited = time.monotonic() - started
    return "1 MB of another district, in its dashboard after", waited, "s", 10.0


async def _is_working(api: Api, ingest_id: str) -> bool:
    ingest = await api.ingest(ingest_id)
    return ingest is not None and ingest.state is IngestState.WORKING
