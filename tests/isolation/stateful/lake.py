"""Committed facts of many tenants in memory: one file per course, replaced by the next one of that course."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from shared.analytics.ports import CommittedChange, FactFile, WaitingChanges
from shared.analytics.structure import Structure
from shared.ingestion.tables import RESULTS
from shared.kernel.errors import NotFound
from shared.kernel.ids import new_id
from shared.kernel.scope import TenantScope
from tests.fixtures.facts import fact, frame

type Scores = Mapping[str, int]
"""Points out of ten by learner."""


@dataclass(slots=True)
class _Table:
    """The fact table of one tenant: past files stay readable, as they do in a lake."""

    frames: dict[str, pl.DataFrame] = field(default_factory=dict)
    live: dict[str, FactFile] = field(default_factory=dict)
    changes: dict[str, CommittedChange] = field(default_factory=dict)
    version: int = 0


@dataclass(frozen=True, slots=True)
class _Snapshot:
    version: int
    files: tuple[FactFile, ...]
    frames: Mapping[str, pl.DataFrame]

    async def scan(self, paths: Sequence[str]) -> pl.LazyFrame:
        return (
            pl.concat([pl.DataFrame(schema=RESULTS.schema), *(self.frames[path] for path in paths)])
            .with_row_index("row")
            .lazy()
        )

    async def collect(self, lazy: pl.LazyFrame) -> pl.DataFrame:
        return lazy.collect()


class TenantLake:
    """Implements `Facts` and `WaitingCommits`."""

    def __init__(self) -> None:
        self._tables: defaultdict[str, _Table] = defaultdict(_Table)

    def commit(self, tenant: str, course: str, scores: Scores) -> str:
        """Commit the results of a course in place of its earlier ones and return the id of the ingest."""
        table, ingest = self._tables[tenant], new_id()
        rows = [fact(ingest, learner, course, score=str(points)) for learner, points in scores.items()]
        path = f"results/{ingest}.parquet"
        table.frames[path] = frame(rows)
        before = table.live.get(course)
        table.live[course] = FactFile(path, len(rows), course, course)
        table.version += 1
        paths = (path,) if before is None else (path, before.path)
        table.changes[ingest] = CommittedChange(table.version, paths)
        return ingest

    async def snapshot(self, scope: TenantScope) -> _Snapshot:
        table = self._tables[scope.tenant_id]
        return _Snapshot(table.version, tuple(table.live.values()), table.frames)

    async def structure(self, _scope: TenantScope) -> Structure:
        """Return nothing: these districts have no roster."""
        return Structure()

    async def waiting(self, scope: TenantScope, ingest_id: str) -> WaitingChanges | None:
        change = self._tables[scope.tenant_id].changes.get(ingest_id)
        if change is None:
            raise NotFound
        return WaitingChanges((ingest_id,), change, CommittedChange(-1, ()))

    async def mark_folded(self, scope: TenantScope, ingest_id: str) -> None:
        """Keep the commit as it is: folding it again changes nothing."""
