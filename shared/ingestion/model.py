"""The nouns of ingestion: upload, ingest and its states, plan, chunks, and what a chunk came to."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, Self

from shared.ingestion.loads import Target
from shared.ingestion.table_names import TableName
from shared.kernel.errors import Conflict, Violation


class IngestState(StrEnum):
    """Where an ingest stands. `failed`, `duplicate`, `superseded` and `folded` are final.

    Only a file held for making too much vanish, or a bundle that came early, comes back from `failed`,
    by an operator.
    """

    LANDED = "landed"
    PLANNED = "planned"
    WORKING = "working"
    WORKED = "worked"
    COMMITTED = "committed"
    FOLDED = "folded"
    FAILED = "failed"
    DUPLICATE = "duplicate"
    SUPERSEDED = "superseded"
    """A newer file of the same source was there first, so this one's facts never became visible."""


_S = IngestState
TRANSITIONS: Final[Mapping[IngestState, frozenset[IngestState]]] = {
    _S.LANDED: frozenset({_S.PLANNED, _S.DUPLICATE, _S.SUPERSEDED, _S.FAILED}),
    _S.PLANNED: frozenset({_S.WORKING, _S.WORKED, _S.FAILED}),
    _S.WORKING: frozenset({_S.WORKED, _S.FAILED}),
    _S.WORKED: frozenset({_S.COMMITTED, _S.SUPERSEDED, _S.FAILED}),
    _S.COMMITTED: frozenset({_S.FOLDED}),
    _S.FOLDED: frozenset(),
    _S.FAILED: frozenset({_S.WORKED}),
    _S.DUPLICATE: frozenset(),
    _S.SUPERSEDED: frozenset(),
}

ENDED: Final = frozenset({_S.FOLDED, _S.FAILED, _S.DUPLICATE, _S.SUPERSEDED})
"""Where an ingest stays by itself; an operator may give one that failed another chance."""

WITH_FACTS: Final = frozenset({_S.COMMITTED, _S.FOLDED})
"""Where the facts of an ingest are in the tables."""

OPEN: Final = frozenset(IngestState) - ENDED
"""Where an ingest still has to go on by itself."""

BEFORE_COMMIT: Final = OPEN - WITH_FACTS
"""Where nothing of an open ingest is visible yet."""


class LineFormat(StrEnum):
    """The three forms that everything is cut and worked in: each can be split between two records."""

    DELIMITED = "delimited"
    JSON_LINES = "json-lines"
    FIXED_WIDTH = "fixed-width"


class Way(StrEnum):
    """By which way a file came in."""

    SAS = "sas"
    SFTP = "sftp"
    MAIL = "mail"
    APPLIANCE = "appliance"


class RejectCode(StrEnum):
    """Why a record was rejected: the closed list."""

    RAGGED = "ragged-record"
    QUOTING = "malformed-quoting"
    MISSING = "missing-value"
    NUMBER = "bad-number"
    INTEGER = "bad-integer"
    TIMESTAMP = "bad-timestamp"
    CODE = "unknown-code"
    RANGE = "out-of-range"
    TEXT = "bad-text"
    DURATION = "bad-duration"
    BOOLEAN = "bad-boolean"
    JSON = "malformed-json"
    WIDTH = "wrong-width"
    REFERENCE = "unknown-reference"
    POISON = "poison-record"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A permission to land one blob: the proof, later, for which tenant the blob came."""

    id: str
    file_name: str
    blob: str
    size: int | None
    size_limit: int
    """More bytes than this are not taken in, whatever was announced."""
    feed_hint: str | None
    created_at: datetime
    created_by: str
    expires_at: datetime
    way: Way = Way.SAS


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a file was refused or an ingest ended: a stable code, a detail that is safe to show, places."""

    code: str
    detail: str
    violations: tuple[Violation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """What the plan pinned: which bytes, read by which mapping and engine, replacing which source's facts."""

    sha256: str
    feed: str
    mapping_version: int
    engine_version: int
    source: str
    targets: tuple[Target, ...]
    """Each table that the ingest writes to, once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Counts of an ingest. At the end `records == accepted + rejected`; `facts` counts table rows.

    `rejects` counts records by code, each record once, under the code of its first fault.
    """

    chunks: int = 0
    chunks_done: int = 0
    records: int = 0
    accepted: int = 0
    rejected: int = 0
    facts: int = 0
    rejects: Mapping[str, int] = field(default_factory=dict)
    at: datetime | None = None
    """When a chunk was last done or asked for again."""

    def plus(self, done: "ChunkDone", at: datetime) -> "Progress":
        """Return the counts after one more chunk."""
        codes = self.rejects.keys() | done.rejects.keys()
        return replace(
            self,
            chunks_done=self.chunks_done + 1,
            accepted=self.accepted + done.accepted,
            rejected=self.rejected + done.rejected,
            facts=self.facts + (done.part.rows if done.part else 0),
            rejects={code: self.rejects.get(code, 0) + done.rejects.get(code, 0) for code in sorted(codes)},
            at=at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingest:
    """One landed file on its way into the fact tables; its id is the id of its upload.

    Ids are UUIDv7, so of two ingests of one source the greater id is the newer file.
    """

    id: str
    state: IngestState
    file_name: str
    blob: str
    etag: str
    size: int
    feed_hint: str | None = None
    way: Way = Way.SAS
    reached: Mapping[IngestState, datetime]
    recognition: Recognition | None = None
    progress: Progress = Progress()
    warnings: tuple[str, ...] = ()
    failure: Failure | None = None
    table_versions: Mapping[TableName, int] = field(default_factory=dict)
    """Since which version of each of its tables it is visible."""
    supersedes: str | None = None
    released: bool = False
    """Whether an operator let it pass though it makes much vanish."""
    replays: str | None = None
    """The ingest of the same bytes that this one takes the place of."""

    @property
    def landed_at(self) -> datetime:
        """When the file landed."""
        return self.reached[IngestState.LANDED]

    @property
    def last_progress_at(self) -> datetime:
        """When the ingest last changed its state, or a chunk was done or asked for again."""
        return max([*self.reached.values(), *([self.progress.at] if self.progress.at else [])])

    @property
    def recognised(self) -> Recognition:
        """The pins of the plan; `Conflict` before the ingest is planned."""
        if self.recognition is None:
            raise Conflict(f"the ingest is {self.state}, not planned yet")
        return self.recognition

    def to(self, state: IngestState, at: datetime) -> Self:
        """Return the ingest in another state; `Conflict` when the state machine has no such step."""
        if state not in TRANSITIONS[self.state]:
            raise Conflict(f"an ingest that is {self.state} cannot become {state}")
        return replace(self, state=state, reached={**self.reached, state: at})

    def failed(self, failure: Failure, at: datetime) -> Self:
        """Return the ingest ended by `failure`."""
        return replace(self.to(IngestState.FAILED, at), failure=failure)

    @property
    def table_version(self) -> int | None:
        """Since which version of the results it is visible; None without results, or before."""
        return self.table_versions.get(TableName.RESULTS)

    def reopened(self) -> Self:
        """Return the ingest as it was when its file landed: what it failed for may be mended meanwhile."""
        landed = {IngestState.LANDED: self.landed_at}
        return replace(self, state=IngestState.LANDED, reached=landed, failure=None)

    def committed(self, versions: Mapping[TableName, int], supersedes: str | None, at: datetime) -> Self:
        """Return the ingest visible since `versions` of its tables, in place of `supersedes`."""
        after = self.to(IngestState.COMMITTED, at)
        return replace(after, table_versions=versions, supersedes=supersedes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How the bytes of a member are to be read: utf-8 or cp1252, and one character each."""

    encoding: str = "utf-8"
    lines: LineFormat = LineFormat.DELIMITED
    separator: str = ","
    decimal: str = "."
    regular: bool = True
    """Whether every quote of delimited text stands where RFC 4180 section 2 allows one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What one fact of a wide record is made of: canonical columns by position, and as constant text."""

    values: Mapping[str, int]
    constants: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What the head of a member says about all of its records; with a part it decides how they are read."""

    dialect: Dialect
    header: tuple[str, ...]
    constants: Mapping[str, str]
    measures: tuple[Measure, ...] = ()
    slices: tuple[tuple[int, int], ...] = ()
    """Start and length, in characters, of each column of a fixed-width line."""
    body_offset: int
    """Where the first data record starts, behind header and preamble records."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A row-aligned byte range of a member. `n` counts the chunks of all members.

    `first_record` is the ordinal of its first record in the member, the header, if there is one, being 1.
    """

    n: int
    offset: int
    length: int
    first_record: int
    records: int
    member: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedMember:
    """One table of a file, read by one part of the feed."""

    name: str
    part: str
    layout: Layout
    staged: str | None = None
    """Where its lines lie in the tenant's lake; None when they lie in the landed blob itself."""
    size: int
    """Bytes of its lines."""
    unread: tuple[str, ...] = ()
    """Labels of its columns that the feed does not know: its drift."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The members of one file and the chunks that cover the data records of each exactly once, in order."""

    ingest_id: str
    members: tuple[PlannedMember, ...]
    chunks: tuple[Chunk, ...]
    references: Mapping[TableName, int] = field(default_factory=dict)
    """The versions of the tables in which its chunks look up what the file does not state itself."""

    def member_of(self, chunk: Chunk) -> PlannedMember:
        """Return the member that a chunk is cut from."""
        return self.members[chunk.member]


@dataclass(frozen=True, slots=True)
class Part:
    """A Parquet part in the tenant's lake: its path in the container, bytes, and rows."""

    path: str
    size: int
    rows: int

    @property
    def table(self) -> TableName:
        """The table in whose folder it lies."""
        return TableName(self.path.partition("/")[0])


@dataclass(frozen=True, slots=True)
class Written:
    """What the writer of a part knows of it: true of the blob as long as that has this ETag."""

    etag: str
    columns: Mapping[str, str]
    """The type of each column."""
    extremes: Mapping[str, tuple[str, str]]
    """Least and greatest text of the columns that readers find files by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkDone:
    """What one chunk came to. `part` is None when no fact came out of it."""

    n: int
    part: Part | None
    people: Part | None = None
    """What the chunk says about its people besides, for the table `person`."""
    accepted: int
    rejected: int
    rejects: Mapping[str, int]
    written: Mapping[str, Written] = field(default_factory=dict)
    """By path, what is known of the parts that were not there before."""

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts that were written, of whatever table."""
        return tuple(part for part in (self.part, self.people) if part is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """A rejected record: where it is, the column of its first fault, the code, and a message without data."""

    code: RejectCode
    member: str | None = None
    chunk: int = 0
    record: int
    byte: int
    length: int
    column: str | None
    message: str
