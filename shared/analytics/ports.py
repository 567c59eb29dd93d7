"""What analytics needs from outside: committed facts, the ledger of commits, and the store of rollups."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self

from shared.analytics.model import Page, Rollup, ShardChange, ShardHead
from shared.kernel.scope import TenantScope

if TYPE_CHECKING:
    import polars as pl

    from shared.analytics.structure import Structure


@dataclass(frozen=True, slots=True)
class FactFile:
    """A file of a table version: path in the tenant's container, and rows.

    `first` and `last` are the least and greatest value of the column that facts are found by; `owner` is the
    one ingest that all rows are of, None where they are of several or the log does not tell; `size` is in
    bytes.
    """

    path: str
    rows: int
    first: str
    last: str
    owner: str | None = None
    size: int | None = None


class FactSnapshot(Protocol):
    """One version of the facts of a tenant, read in place."""

    @property
    def version(self) -> int:
        """The version of the table."""
        ...

    @property
    def files(self) -> tuple[FactFile, ...]:
        """The files that hold facts."""
        ...

    async def scan(self, paths: Sequence[str]) -> "pl.LazyFrame":
        """Return a lazy frame over files, which may be of a past version; without rows for no files.

        Its column `row` is the position among all rows of these files, in the order of `paths`.
        """
        ...

    async def collect(self, frame: "pl.LazyFrame") -> "pl.DataFrame":
        """Compute a frame made from a scan, off the event loop; `NotFound` for a file that is gone."""
        ...


class Facts(Protocol):
    """The committed facts of tenants."""

    async def snapshot(self, scope: TenantScope) -> FactSnapshot:
        """Return the newest version; version -1, without files, before the first commit."""
        ...


class PlacedFacts(Facts, Protocol):
    """Facts of which is known where they belong."""

    async def structure(self, scope: TenantScope) -> "Structure":
        """Return where results belong, as the newest versions of its tables say; empty without any."""
        ...


@dataclass(frozen=True, slots=True)
class CommittedChange:
    """What a commit did to the table: its version (below 0: none) and the files that came or went.

    `restructured` says that it also changed where facts belong (`PlacedFacts.structure`).
    """

    table_version: int
    paths: tuple[str, ...]
    restructured: bool = False

    @classmethod
    def together(cls, changes: Sequence[Self]) -> Self:
        """Return what several commits changed, of one at least."""
        paths = dict.fromkeys(path for change in changes for path in change.paths)
        restructured = any(change.restructured for change in changes)
        return cls(max(change.table_version for change in changes), tuple(paths), restructured)


@dataclass(frozen=True, slots=True)
class WaitingChanges:
    """Commits that are folded together, and what they did to results and to item responses."""

    ingest_ids: tuple[str, ...]
    results: CommittedChange
    answers: CommittedChange


class WaitingCommits(Protocol):
    """Which commits wait for their rollups."""

    async def waiting(self, scope: TenantScope, ingest_id: str) -> WaitingChanges | None:
        """Return what an ingest and some of those changed that may be folded with it, None when it is folded.

        `Unavailable` while the ingest is not visible as committed yet.
        """
        ...

    async def mark_folded(self, scope: TenantScope, ingest_id: str) -> None:
        """Note that the rollups hold the ingest; a repetition changes nothing."""
        ...


class RollupReader(Protocol):
    """Rollups for dashboards."""

    async def find(self, scope: TenantScope, shard: str, view: str) -> Rollup | None:
        """Return a rollup by one point read of its page, None when there is none."""
        ...


type Place = tuple[str, str]
"""Where a rollup lies: its shard and its view."""


class RollupsReader(RollupReader, Protocol):
    """Rollups for pages that are made of several, and what tells whether they changed."""

    async def head(self, scope: TenantScope, shard: str) -> ShardHead:
        """Return the head of a shard, `EMPTY_SHARD` when it does not exist.

        That of the tenant's shard is moved by every fold of results when all its views are written.
        """
        ...

    async def find_together(self, scope: TenantScope, places: Collection[Place]) -> Mapping[Place, Rollup]:
        """Return those rollups that exist, by one request for nearly all."""
        ...


class ReadAhead(Protocol):
    """Remembers rollups that are about to be looked for."""

    async def read_ahead(self, scope: TenantScope, places: Collection[Place]) -> None:
        """Read rollups together that are not remembered yet."""
        ...


type Upon = tuple[ShardHead, ShardChange]
"""A change of a shard, and the head that it was made upon."""


class RollupStore(Protocol):
    """Rollups for folding. A shard changes only upon the head that its writer read."""

    async def heads(self, scope: TenantScope, shards: Collection[str] | None = None) -> dict[str, ShardHead]:
        """Return the heads of those of `shards` that exist, of all of the tenant when none are named."""
        ...

    async def read(
        self, scope: TenantScope, wanted: Mapping[str, Collection[str]]
    ) -> dict[str, dict[str, Page]]:
        """Return those of the wanted pages that exist, by shard and name; each shard is there.

        Pages that are read after a head are as old as that head or newer, and a write upon it tells.
        """
        ...

    async def write(self, scope: TenantScope, table_version: int, changes: Iterable[Upon]) -> Collection[str]:
        """Write and delete pages of shards and move their heads to `table_version`; a shard comes once.

        Return those shards that another fold wrote to since their heads were read: they are to be built anew.
        A small change happens whole or not at all. Large ones take several batches, each moving the head: a
        crash leaves a shard that the next delivery completes.
        """
        ...
