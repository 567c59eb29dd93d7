"""What must hold in every version that a table ever had, not only in the last."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise
from typing import Any, Final

import polars as pl

from shared.ingestion.model import Ingest
from tests.fixtures.commits import MemorySnapshot
from tests.simulation import journals, registers
from tests.simulation.world import World

_MERGING: Final = (journals.SOURCE, registers.SOURCE)

type _Ingests = Mapping[str, Ingest]


def flaws(world: World, tenant: str, ingests: _Ingests) -> Iterator[str]:
    """Yield what is wrong with any version of the tables of a tenant."""
    for table, versions in world.lake.of(tenant).tables.items():
        for before, after in pairwise(versions):
            place = f"{tenant} {table} version {after.version}"
            yield from (f"{place}: {flaw}" for flaw in _flaws(world, tenant, before, after, ingests))


def _flaws(
    world: World, tenant: str, before: MemorySnapshot, after: MemorySnapshot, ingests: _Ingests
) -> Iterator[str]:
    yield from _doubled(after)
    committed = [i for name, at in after.reached.items() if (i := _committed(name, at, after, ingests))]
    if not committed and _rows(world, tenant, before) != _rows(world, tenant, after):
        yield "a compaction changed rows"
    for ingest in committed:
        if ingest.recognised.feed == registers.FEED.stem and not ingest.released:
            yield from _vanished(world, tenant, before, after, ingest)


def _committed(name: str, at: int, after: MemorySnapshot, ingests: _Ingests) -> Ingest | None:
    """Return the ingest that a transaction of this very version tells of."""
    kind, _, ingest_id = name.partition(":")
    return ingests.get(ingest_id) if (kind, at) == ("ingest", after.version) else None


def _doubled(version: MemorySnapshot) -> Iterator[str]:
    """Find sources that show two files at once, though each file states everything."""
    owners: dict[str, set[str]] = {}
    for file in version.files:
        if not any(source in file.source for source in _MERGING):
            owners.setdefault(file.source, set()).update(file.extremes["ingest_id"])
    for source, ids in owners.items():
        if len(ids) > 1:
            yield f"shows {sorted(ids)} of {source} together"


def _vanished(
    world: World, tenant: str, before: MemorySnapshot, after: MemorySnapshot, ingest: Ingest
) -> Iterator[str]:
    """Find a snapshot that took more away than it may without anybody having released it."""
    source, column = ingest.recognised.source, registers.KEYS[after.table]
    was, now = (_keys(world, tenant, version, source, column) for version in (before, after))
    if registers.too_many(was, was - now):
        yield f"{len(was - now)} of {len(was)} rows vanished with {ingest.id}, which nobody released"


def _keys(world: World, tenant: str, version: MemorySnapshot, source: str, column: str) -> frozenset[str]:
    found = _frames(world, tenant, version, {source})
    return frozenset(key for frame in found for key in frame.filter(~pl.col("deleted"))[column])


def _rows(world: World, tenant: str, version: MemorySnapshot) -> Counter[tuple[Any, ...]]:
    sources = {file.source for file in version.files}
    return Counter(row for frame in _frames(world, tenant, version, sources) for row in frame.iter_rows())


def _frames(
    world: World, tenant: str, version: MemorySnapshot, sources: Collection[str]
) -> list[pl.DataFrame]:
    paths = [file.path for file in version.files if file.source in sources]
    return [world.lake.frame(tenant, f"{version.table}/{path}") for path in paths]
