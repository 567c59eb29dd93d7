"""A process that puts the small files of a source together, while corrections of it come and go."""

import asyncio
from collections import defaultdict
from itertools import count

import polars as pl

from shared.ingestion.commit_ports import LiveFile, TableChange
from shared.ingestion.tables import RESULTS
from shared.kernel.errors import PreconditionFailed, TermtideError
from shared.platform.lake.tables import DeltaTables
from tests.simulation.hosts import Run
from tests.simulation.lake import parquet
from tests.simulation.weather import Process
from tests.simulation.world import World, scope_of

_EVERY = 45.0
TABLE = RESULTS.name


def compacts(world: World) -> Run:
    """Return what makes a process compact tables now and then."""
    return lambda process: process.start(_compact_for_ever(world))


async def _compact_for_ever(world: World) -> None:
    numbers = count(1)
    while True:
        await asyncio.sleep(world.random.uniform(0, 2 * _EVERY))
        for tenant in world.tenants:
            try:
                await _compact(world, tenant, next(numbers))
            except TermtideError as fault:
                world.weather.note(f"compaction failed: {fault!r}")


async def _compact(world: World, tenant: str, number: int) -> None:
    """Replace the files of each source that has several by one of the same rows, upon one snapshot."""
    scope, services = scope_of(tenant), Process.current.get().services
    tables: DeltaTables = services.fact_tables
    snapshot = await tables.open(scope, TABLE)
    by_source: defaultdict[str, list[LiveFile]] = defaultdict(list)
    for file in snapshot.files:
        by_source[file.source].append(file)
    additions, removals = [], []
    for source, files in sorted(by_source.items()):
        if len(files) < 2:
            continue
        rows = pl.concat([world.lake.frame(tenant, f"{TABLE}/{file.path}") for file in files])
        path = f"source={source}/compact-{snapshot.version}-{number}-{Process.current.get().name}.parquet"
        await services.lake_blobs.create(scope, f"{TABLE}/{path}", parquet(rows))
        seen = await tables.inspect(scope, TABLE, path, list(files[0].extremes))
        additions.append(LiveFile(path, seen.size, seen.rows, source, seen.extremes))
        removals += files
    if not additions:
        return
    try:
        await tables.commit(scope, snapshot, TableChange(tuple(additions), tuple(removals), {}))
    except PreconditionFailed:
        world.weather.note("compaction: somebody committed meanwhile")
