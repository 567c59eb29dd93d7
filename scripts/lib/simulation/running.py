"""Runs a simulation against a running local cloud: sends files at a rate, and compares what comes of each."""

import asyncio
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import cycle

import polars as pl
from rich.console import Console
from rich.progress import Progress, TaskID

from infra.local.launcher.options import Options
from scripts.lib.development_access import DevelopmentAccess, development_access
from scripts.lib.owners import tenants
from scripts.lib.seeding import District
from scripts.lib.simulation.batches import Batch
from scripts.lib.simulation.checking import differences
from scripts.lib.simulation.finals import live_rows, unlike_final
from scripts.lib.simulation.sending import Senders, senders
from scripts.lib.simulation.writing import Written
from shared.ingestion.model import ENDED, Ingest, Way
from shared.ingestion.table_names import TableName
from shared.ingestion.ways.file_names import sanitised
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


async def run(batches: Sequence[Batch], plan: Plan, options: Options) -> int:
    """Send the files and return 0, or 1 when they came to something else than the truth.

    Feeds go side by side. Files of one feed go one after the other where they are compared, since a newer one
    may take the place of an older. What the tables hold in the end is compared, too, unless the tenant had
    facts of the feed before.
    """
    async with development_access(options) as access:
        await access.seed(District(plan.tenant_id, plan.tenant_id))
        (scope,) = [scope async for scope in tenants(access.services, plan.tenant_id, _SCRIPT)]
        with Progress(console=Console(stderr=True)) as progress:
            async with senders(access, scope) as opened:
                running = _Run(access, scope, opened, plan, progress)
                return await running.all(batches)


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

    async def all(self, batches: Sequence[Batch]) -> int:
        """Send everything, feed by feed side by side."""
        total = sum(len(batch.files) for batch in batches)
        task = self._progress.add_task(self._plan.tenant_id, total=total)
        async with asyncio.TaskGroup() as group:
            for batch in batches:
                group.create_task(self._batch(batch, task))
        return 1 if self._wrong else 0

    async def _batch(self, batch: Batch, task: TaskID) -> None:
        fresh = [table for table in batch.finals if not await self._height(table, batch)]
        for written in batch.files:
            await self._plan.pace.wait()
            way = next(self._ways)
            truth = written.truth
            await self._senders.send(way, written.path, truth.name, truth.feed)
            if self._plan.check:
                await self._compare(written, way)
            self._progress.advance(task)
        for table in batch.finals if self._plan.check else ():
            await self._settled(table, batch, fresh=table in fresh)

    async def _height(self, table: TableName, batch: Batch) -> int:
        return (await live_rows(self._access.services, self._scope, table, batch.mapping.id)).height

    async def _settled(self, table: TableName, batch: Batch, *, fresh: bool) -> None:
        """Compare what a table holds in the end with what it must."""
        services, mapping = self._access.services, batch.mapping
        if not fresh:
            self._progress.console.print(
                f"{mapping.id}  {table}: had facts before, so its end is not compared"
            )
            return
        found = await live_rows(services, self._scope, table, mapping.id)
        final = pl.read_parquet(batch.finals[table])
        key = await services.pseudonym_keys.key(self._scope)
        wrong = unlike_final(found, final, table, key, mapping.system)
        self._tell(mapping.id, f"{table} in the end", wrong or [f"{final.height} rows, as they must be"])
        self._wrong += bool(wrong)

    def _tell(self, feed: str, what: str, found: Iterable[str]) -> None:
        for difference in found:
            sys.stdout.write(f"{feed}  {what}: {difference}\n")

    async def _compare(self, written: Written, way: Way) -> None:
        services, truth = self._access.services, written.truth
        ingest = await self._ended(truth.name)
        found = await differences(services, self._scope, ingest, written)
        if ingest.way is not way:
            found.append(f"came by {ingest.way}, not {way}")
        self._tell(truth.feed, written.path.parent.name + "/" + truth.name, found)
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
