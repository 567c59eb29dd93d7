"""Runs a simulation against a running local cloud: sends files at a rate, and compares what comes of each."""

import asyncio
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import cycle, groupby

from rich.console import Console
from rich.progress import Progress, TaskID

from infra.local.launcher.options import Options
from scripts.lib.development_access import DevelopmentAccess, development_access
from scripts.lib.owners import tenants
from scripts.lib.seeding import District
from scripts.lib.simulation.checking import differences
from scripts.lib.simulation.sending import Senders, senders
from scripts.lib.simulation.writing import Written
from shared.ingestion.file_names import sanitised
from shared.ingestion.model import ENDED, Ingest, Way
from shared.kernel.scope import TenantScope

_SCRIPT = "simulate"
_POLL_SECONDS = 0.5


@dataclass(slots=True)
class Pace:
    """Lets so many files go in a minute, evenly."""

    per_minute: float
    _next: float = field(default_factory=time.monotonic)

    async def wait(self) -> None:
        """Wait until the next file may go."""
        due = max(self._next, time.monotonic())
        self._next = due + 60 / self.per_minute
        await asyncio.sleep(due - time.monotonic())


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do with the files: whose they are, by which ways and how fast they go, whether to compare."""

    tenant_id: str
    ways: Sequence[Way]
    pace: Pace
    check: bool


async def run(files: Iterable[Written], plan: Plan, options: Options) -> int:
    """Send the files and return 0, or 1 when one came to something else than its truth.

    Feeds go side by side. Files of one feed go one after the other where they are compared, since a newer one
    may take the place of an older.
    """
    async with development_access(options) as access:
        await access.seed(District(plan.tenant_id, plan.tenant_id))
        (scope,) = [scope async for scope in tenants(access.services, plan.tenant_id, _SCRIPT)]
        with Progress(console=Console(stderr=True)) as progress:
            async with senders(access, scope) as opened:
                running = _Run(access, scope, opened, plan, progress)
                return await running.all(files)


class _Run:
    def __init__(
        self,
        access: DevelopmentAccess,
        scope: TenantScope,
        opened: Senders,
        plan: Plan,
        progress: Progress,
    ) -> None:
        self._access = access
        self._scope = scope
        self._senders = opened
        self._plan = plan
        self._progress = progress
        self._started = datetime.now(UTC)
        self._seen: set[str] = set()
        self._ways = cycle(plan.ways)
        self._wrong = 0

    async def all(self, files: Iterable[Written]) -> int:
        """Send everything, feed by feed side by side."""
        feeds = [list(some) for _, some in groupby(files, key=lambda one: one.truth.feed)]
        task = self._progress.add_task(f"{self._plan.tenant_id}", total=sum(map(len, feeds)))
        async with asyncio.TaskGroup() as group:
            for feed in feeds:
                group.create_task(self._feed(feed, task))
        return 1 if self._wrong else 0

    async def _feed(self, files: Sequence[Written], task: TaskID) -> None:
        for written in files:
            await self._plan.pace.wait()
            way = next(self._ways)
            truth = written.truth
            await self._senders.send(way, written.path, truth.name, truth.feed)
            if self._plan.check:
                await self._compare(written, way)
            self._progress.advance(task)

    async def _compare(self, written: Written, way: Way) -> None:
        services, truth = self._access.services, written.truth
        ingest = await self._ended(truth.name)
        found = await differences(services, self._scope, ingest, written)
        if ingest.way is not way:
            found.append(f"came by {ingest.way}, not {way}")
        for difference in found:
            sys.stdout.write(f"{truth.feed}  {truth.name}: {difference}\n")
        self._wrong += bool(found)

    def _is_new(self, ingest: Ingest) -> bool:
        """Tell whether an ingest has ended of a file that nobody has compared yet."""
        sent = ingest.landed_at >= self._started and ingest.id not in self._seen
        return sent and ingest.state in ENDED

    async def _ended(self, name: str) -> Ingest:
        """Wait until the file of this name, sent in this run, has come to its end."""
        wanted = sanitised(name)
        while True:
            page = await self._access.services.ingests.page(self._scope, 100, None)
            for ingest in page.items:
                if ingest.file_name == wanted and self._is_new(ingest):
                    self._seen.add(ingest.id)
                    return ingest
            await asyncio.sleep(_POLL_SECONDS)
