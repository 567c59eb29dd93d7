"""What ingestion needs from outside, each as the smallest interface that serves it."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.ingestion.events import Outgoing
from shared.ingestion.model import ChunkDone, Ingest, Plan, Upload
from shared.kernel.scope import TenantScope


@dataclass(frozen=True, slots=True)
class Versioned[T]:
    """A stored object with the ETag that guards its replacement."""

    value: T
    etag: str


@dataclass(frozen=True, slots=True)
class Listed[T]:
    """One page of a list and the cursor of the next, None at the end."""

    items: tuple[T, ...]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """The newest file that was planned for a source."""

    ingest_id: str
    sha256: str
    restated: str | None = None
    """The newest ingest that stated the facts of a committed one again and was not worked for that."""


class Ingests(Protocol):
    """The documents of ingests. Every write of an ingest takes the outgoing events into the same batch."""

    async def add_upload(self, scope: TenantScope, upload: Upload) -> None:
        """Store an upload record; `Conflict` when the id exists."""
        ...

    async def find_upload(self, scope: TenantScope, upload_id: str) -> Upload | None:
        """Return an upload record, None when there is none."""
        ...

    def overlooked(self, scope: TenantScope, since: datetime, until: datetime) -> AsyncIterator[Upload]:
        """Go through the uploads that were recorded between two moments and have not become ingests."""
        ...

    async def add(self, scope: TenantScope, ingest: Ingest, outgoing: Sequence[Outgoing]) -> None:
        """Store a new ingest with its events; `Conflict` when the upload became an ingest before."""
        ...

    async def find(self, scope: TenantScope, ingest_id: str) -> Versioned[Ingest] | None:
        """Return an ingest, None when there is none."""
        ...

    async def get(self, scope: TenantScope, ingest_id: str) -> Versioned[Ingest]:
        """Return an ingest; `NotFound`."""
        ...

    async def save(
        self,
        scope: TenantScope,
        ingest: Versioned[Ingest],
        *,
        beside: Plan | ChunkDone | None = None,
        outgoing: Sequence[Outgoing] = (),
    ) -> Versioned[Ingest]:
        """Replace an ingest and, in the same batch, create its plan or a chunk mark and the events.

        Returns the ingest as it is stored now.
        `PreconditionFailed` when the stored ingest has another ETag by now, `Conflict` when the plan or the
        chunk mark exists.
        """
        ...

    async def plan(self, scope: TenantScope, ingest_id: str) -> Plan:
        """Return the plan of an ingest; `NotFound`."""
        ...

    async def find_chunk(self, scope: TenantScope, ingest_id: str, n: int) -> ChunkDone | None:
        """Return the completion mark of a chunk, None while it is not done."""
        ...

    async def chunks_done(self, scope: TenantScope, ingest_id: str) -> frozenset[int]:
        """Return the numbers of the chunks that have a completion mark."""
        ...

    async def chunks_with_rejects(self, scope: TenantScope, ingest_id: str, first: int) -> tuple[int, ...]:
        """Return, in order, the numbers from `first` on of the chunks that are done and rejected records."""
        ...

    async def page(self, scope: TenantScope, limit: int, cursor: str | None) -> Listed[Ingest]:
        """Return ingests of the tenant, newest first."""
        ...

    async def stuck(self, scope: TenantScope, since: datetime) -> tuple[Versioned[Ingest], ...]:
        """Return up to 100 ingests that are not in a final state and made no progress after `since`."""
        ...

    async def planned_file(self, scope: TenantScope, source: str) -> Versioned[PlannedFile] | None:
        """Return the newest planned file of a source, None before the first."""
        ...

    async def note_planned(
        self, scope: TenantScope, source: str, planned: PlannedFile, etag: str | None
    ) -> None:
        """Make `planned` the newest planned file of the source; etag None creates.

        `PreconditionFailed` or `Conflict` when another file was noted meanwhile.
        """
        ...


@dataclass(frozen=True, slots=True)
class BlobFacts:
    """What the store says about a blob now."""

    size: int
    etag: str


class LandingBlobs(Protocol):
    """The landed files, read only. A name is `{tenant}/{upload}/{file}`; reads never leave the scope."""

    async def facts(self, scope: TenantScope, blob: str) -> BlobFacts:
        """Return size and ETag; `NotFound`."""
        ...

    async def read(self, scope: TenantScope, blob: str, offset: int, length: int, etag: str) -> bytes:
        """Return at most `length` bytes from `offset`; `PreconditionFailed` when the ETag is another now."""
        ...


class RangedFile(Protocol):
    """One file, opened for whoever may read it: its bytes in ranges, all of one version of it."""

    @property
    def name(self) -> str:
        """The name that the file came under, without folders."""
        ...

    @property
    def size(self) -> int:
        """Its length in bytes."""
        ...

    async def read(self, offset: int, length: int) -> bytes:
        """Return at most `length` bytes from `offset`; `FileRefused` when the file has changed."""
        ...


class UploadGrants(Protocol):
    """Hands out the right to write one blob."""

    async def grant(self, scope: TenantScope, blob: str, expires_at: datetime) -> str:
        """Return a URL that may create and write just this landing blob until `expires_at`."""
        ...


@dataclass(frozen=True, slots=True)
class Created:
    """A blob that is there now: its size, and the ETag that this writer gave it."""

    size: int
    etag: str | None
    """None when somebody else had written the blob before."""


class LakeBlobs(Protocol):
    """Parts and rejects in the container of the scope's tenant; written once, never replaced."""

    async def create(self, scope: TenantScope, path: str, content: bytes) -> Created:
        """Write a blob; one that exists stays as it is: same path, same content."""
        ...

    async def write(self, scope: TenantScope, path: str, blocks: AsyncIterator[bytes]) -> int:
        """Write a blob from a stream in bounded memory and return its size.

        It appears whole or not at all. One that exists is written again: same path, same content.
        """
        ...

    async def read(self, scope: TenantScope, path: str, offset: int, length: int) -> bytes:
        """Return at most `length` bytes from `offset`, none past the end; `NotFound`."""
        ...


class PseudonymKeys(Protocol):
    """The secret that turns a tenant's identifiers of people into pseudonyms."""

    async def key(self, scope: TenantScope) -> bytes:
        """Return the 32-byte pseudonym key of the scope's tenant."""
        ...


class UploadRules(Protocol):
    """What the tenant's policies say about direct uploads."""

    async def direct_upload_allowed(self, scope: TenantScope) -> bool:
        """Tell whether the tenant takes files from anybody but its appliance (`ingress` policy)."""
        ...

    async def largest_upload(self, scope: TenantScope) -> int:
        """Return how many bytes a file of the tenant may have by its agreement."""
        ...
