"""What committing needs from outside: the lake's fact tables and the ledger of ingests."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from shared.ingestion.events import Outgoing
from shared.ingestion.model import ChunkDone, Ingest, Part
from shared.ingestion.ports import BlobFacts, Versioned
from shared.ingestion.table_names import TableName
from shared.kernel.scope import TenantScope

type Extremes = Mapping[str, tuple[str, str]]
"""Least and greatest value by column; a column that has no value is left out."""


@dataclass(frozen=True, slots=True)
class LiveFile:
    """A file that a version of a fact table consists of. `path` is relative to the table's folder."""

    path: str
    size: int
    rows: int
    source: str
    extremes: Extremes

    @property
    def owner(self) -> str | None:
        """The one ingest whose rows it holds; None when compaction brought rows of several together."""
        least, greatest = self.extremes["ingest_id"]
        return least if least == greatest else None

    def may_hold(self, column: str, values: Sequence[str]) -> bool:
        """Tell whether a row may have one of `values`, which are sorted, by the extremes of a column."""
        extremes = self.extremes.get(column)
        if extremes is None:
            return True
        at = bisect_left(values, extremes[0])
        return at < len(values) and values[at] <= extremes[1]


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a part says about itself: bytes, rows, column types, and the extremes of some columns."""

    size: int
    rows: int
    columns: Mapping[str, str]
    extremes: Extremes


@dataclass(frozen=True, slots=True)
class TableChange:
    """One transaction of a fact table. `transactions` are application ids with the versions they reach."""

    additions: tuple[LiveFile, ...]
    removals: tuple[LiveFile, ...]
    transactions: Mapping[str, int]
    changes_data: bool = True
    """False when the same rows only lie in other files."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What the commit of one ingest does to one table."""

    table: TableName
    additions: tuple[LiveFile, ...]
    removals: tuple[LiveFile, ...]
    marks: tuple[str, ...] = ()
    """The application ids that reach the ingest's sequence: what it is the newest of."""


class TableSnapshot(Protocol):
    """One version of one fact table, as it was when it was opened."""

    @property
    def version(self) -> int:
        """The version of the table."""
        ...

    @property
    def files(self) -> tuple[LiveFile, ...]:
        """The files that make up this version."""
        ...

    async def transactions(self, app_ids: Iterable[str]) -> Mapping[str, int]:
        """Return the versions that applications reached, without those that never committed."""
        ...


class CommitTables(Protocol):
    """The fact tables of a tenant, for writing."""

    async def open(self, scope: TenantScope, table: TableName) -> TableSnapshot:
        """Return the newest version by a handle that nobody else has.

        Creates the table on first use and adds the columns that the fact schema gained since.
        """
        ...

    async def as_of(self, scope: TenantScope, table: TableName, version: int) -> TableSnapshot:
        """Return a past version."""
        ...

    async def inspect(
        self, scope: TenantScope, table: TableName, path: str, columns: Collection[str]
    ) -> Inspection:
        """Read size and footer of a part, and the extremes of those of `columns` that it has.

        `NotFound`, or `InvalidInput` when it is no readable Parquet.
        """
        ...

    async def stored(self, scope: TenantScope, table: TableName, prefix: str) -> Mapping[str, BlobFacts]:
        """Return what the store says of the blobs in the table's folder whose paths begin with `prefix`."""
        ...

    async def rows_by_ingest(self, scope: TenantScope, table: TableName, path: str) -> Mapping[str, int]:
        """Count the rows of a file by the ingest they come from; `NotFound`."""
        ...

    async def commit(self, scope: TenantScope, snapshot: TableSnapshot, change: TableChange) -> int:
        """Apply `change` right upon `snapshot` and return the new version, `snapshot.version + 1`.

        `PreconditionFailed` when anybody else committed since the snapshot.
        """
        ...


@dataclass(frozen=True, slots=True)
class Manifest:
    """What one ingest did to its tables: the point of visibility, and what a fold has to look at."""

    versions: Mapping[TableName, int]
    """Since which version of each table it is visible."""
    added: tuple[Part, ...]
    removed: tuple[Part, ...]


class CommitLedger(Protocol):
    """The ingests of a tenant, as committing sees them."""

    async def worked(self, scope: TenantScope) -> Sequence[Versioned[Ingest]]:
        """Return the oldest ingests that wait to be committed, up to 50, oldest first."""
        ...

    async def get(self, scope: TenantScope, ingest_id: str) -> Versioned[Ingest]:
        """Return an ingest that is proven to be there; `Unavailable` while it is not visible."""
        ...

    async def chunks(
        self, scope: TenantScope, ingest_id: str, *, single: bool = False
    ) -> tuple[ChunkDone, ...]:
        """Return the completion marks of an ingest, in order; of a `single` chunk where there is but one."""
        ...

    async def close(
        self,
        scope: TenantScope,
        ingest: Ingest,
        etag: str,
        *,
        manifest: Manifest | None = None,
        outgoing: Sequence[Outgoing] = (),
    ) -> None:
        """Replace the ingest and create its manifest and events in one batch.

        `PreconditionFailed` when the ingest changed since it was read.
        """
        ...
