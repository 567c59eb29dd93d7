"""What keeping needs from outside: tables, blobs, the ledger of ingests, notes of removals, and readers."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from shared.ingestion.committing.ports import TableChange, TableSnapshot
from shared.ingestion.model import Ingest, IngestState
from shared.ingestion.ports import Versioned
from shared.ingestion.table_names import TableName
from shared.kernel.scope import TenantScope


@dataclass(frozen=True, slots=True)
class Removal:
    """Rows that are to go from a table by one transaction, noted before it is tried.

    Who finds the note after a crash does what has to follow, if the transaction says that it took place.
    """

    id: str
    table: TableName
    paths: tuple[str, ...]
    """The files that hold the groups to fold again, relative to the table's folder."""
    deletions: tuple[str, ...]
    """What the audit is told: `{noun}.{verb} {kind}:{id}` each."""

    @property
    def transaction(self) -> str:
        """The application id by which the table's log tells that it took place."""
        return f"removal:{self.id}"


class RemovalNotes(Protocol):
    """The removals of a tenant that are not finished."""

    async def note(self, scope: TenantScope, removal: Removal) -> None:
        """Store a removal before its transaction."""
        ...

    async def noted(self, scope: TenantScope) -> Sequence[Removal]:
        """Return all that are noted, oldest first."""
        ...

    async def forget(self, scope: TenantScope, removal: Removal) -> None:
        """Drop a note; one that is gone stays gone."""
        ...


class KeptIngests(Protocol):
    """The ingests of a tenant, as keeping sees them."""

    async def open(self, scope: TenantScope) -> Mapping[str, IngestState]:
        """Return all ingests that are on their way, or held and may be released, by id."""
        ...

    async def find(self, scope: TenantScope, ingest_id: str) -> Versioned[Ingest] | None:
        """Return an ingest, None when there is none."""
        ...

    def unsent(self, scope: TenantScope, until: datetime) -> AsyncIterator[str]:
        """Go through the ids of uploads that were recorded until a moment and have not become ingests."""
        ...

    async def forget(self, scope: TenantScope, ingest_id: str) -> None:
        """Delete all that is noted of an ingest; itself last, so that `find` tells what is left."""
        ...


class KeptTables(Protocol):
    """The tables of a tenant, as keeping sees them."""

    async def newest(self, scope: TenantScope, table: TableName) -> TableSnapshot | None:
        """Return the newest version by a fresh handle, None before the first commit."""
        ...

    async def commit(self, scope: TenantScope, snapshot: TableSnapshot, change: TableChange) -> int:
        """Apply `change` right upon `snapshot`; `PreconditionFailed` when anybody committed since."""
        ...

    async def read_since(self, scope: TenantScope, table: str, age: timedelta) -> frozenset[str]:
        """Return the files, relative to the table's folder, that a version of the last `age` consists of."""
        ...


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """A blob of a tenant; `age` is told by the clock of the store that dated it."""

    path: str
    age: timedelta
    etag: str


class KeptBlobs(Protocol):
    """Blobs of a tenant: of its lake, or its landed files."""

    def under(self, scope: TenantScope, folder: str) -> AsyncIterator[StoredBlob]:
        """Go through the blobs of a folder in order of their paths."""
        ...

    async def remove(self, scope: TenantScope, blob: StoredBlob) -> None:
        """Remove just this version of a blob; another one, or none, stays as it is."""
        ...


class Readers(Protocol):
    """Whoever has derived something from rows that are gone now."""

    async def refold(
        self, scope: TenantScope, table: TableName, paths: Sequence[str], table_version: int
    ) -> None:
        """Compute anew what is made of the rows of files of a table, of a past version perhaps."""
        ...

    async def relink(self, scope: TenantScope) -> None:
        """Link people anew after rows of theirs went."""
        ...


class Deletions(Protocol):
    """The audit of what is deleted."""

    async def allowed(self, owner: TenantScope, action: str, obj: str) -> None:
        """Write, durably, that `action` (`{noun}.{verb}`) is done to `obj` (`{kind}:{id}`)."""
        ...
