"""The models of the HTTP requests and answers about ingests."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field

from shared.ingestion.following.ingest_views import PlannedTable
from shared.ingestion.following.lineage import Origin
from shared.ingestion.following.pace import Pace, pace_of
from shared.ingestion.model import Failure, Ingest, IngestState, LineFormat, Reject, RejectCode, Way
from shared.ingestion.ways.uploads import GrantedUpload
from shared.json_model import JsonModel


class UploadRequest(JsonModel):
    """The body of `POST /uploads`."""

    model_config = ConfigDict(extra="forbid")

    file_name: Annotated[str, Field(min_length=1, max_length=255)]
    size: Annotated[int | None, Field(ge=1)] = None
    feed: Annotated[str | None, Field(max_length=64)] = None
    way: Literal[Way.SAS, Way.APPLIANCE] = Way.SAS
    """`appliance` for a bundle that the district's own appliance has signed."""


class UploadView(JsonModel):
    """A granted upload: PUT the bytes to `url` with the header `x-ms-blob-type: BlockBlob`."""

    ingest_id: str
    file_name: str
    url: str
    method: str = "PUT"
    headers: dict[str, str] = Field(default={"x-ms-blob-type": "BlockBlob"})
    expires_at: datetime

    @classmethod
    def of(cls, granted: GrantedUpload) -> Self:
        """Show a granted upload."""
        upload = granted.upload
        return cls(
            ingest_id=upload.id,
            file_name=upload.file_name,
            url=granted.url,
            expires_at=upload.expires_at,
        )


class PlaceView(JsonModel):
    """One broken rule and its place."""

    place: str
    message: str


class FailureView(JsonModel):
    """Why an ingest failed."""

    code: str
    detail: str
    violations: list[PlaceView]

    @classmethod
    def of(cls, failure: Failure) -> Self:
        """Show a failure."""
        places = [PlaceView(place=v.place, message=v.message) for v in failure.violations]
        return cls(code=failure.code, detail=failure.detail, violations=places)


class PaceView(JsonModel):
    """How fast an ingest is worked, and when its last chunk is expected to be done, or was."""

    records_per_second: float
    bytes_per_second: float
    worked_at: datetime | None

    @classmethod
    def of(cls, pace: Pace) -> Self:
        """Show a pace."""
        return cls(**asdict(pace))


class FeedFreshness(JsonModel):
    """How fresh the data of a feed is, told from its newest files."""

    feed: str
    newest_ingest: str
    newest_state: IngestState
    newest_landed_at: datetime
    shown_landed_at: Annotated[
        datetime | None, Field(description="When the newest file landed whose figures are shown.")
    ]
    lag_seconds: Annotated[
        float | None, Field(description="Median time from landing to figures, of the files looked at.")
    ]
    files: Annotated[int, Field(description="Files looked at.")]
    failed: int
    records: int
    reject_counts: Annotated[dict[str, int], Field(description="Records not taken, by reason.")]


class Freshness(JsonModel):
    """How fresh the data of a tenant is, told from its newest 200 files; feeds by name."""

    on_the_way: Annotated[int, Field(description="Files that landed and whose figures are not shown yet.")]
    feeds: list[FeedFreshness]


class IngestView(JsonModel):
    """An ingest, its state and its counts."""

    id: str
    state: IngestState
    file_name: str
    way: Way
    size: int
    landed_at: datetime
    reached: dict[IngestState, datetime]
    feed: str | None = None
    mapping_version: int | None = None
    source: str | None = None
    sha256: str | None = None
    chunks: int
    chunks_done: int
    records: int
    accepted: int
    rejected: int
    facts: int
    reject_counts: dict[str, int]
    pace: PaceView | None = None
    warnings: list[str]
    failure: FailureView | None = None
    table_version: int | None = None
    table_versions: dict[str, int]
    supersedes: str | None = None
    replays: str | None = None

    @classmethod
    def of(cls, ingest: Ingest) -> Self:
        """Show an ingest."""
        pins, progress = ingest.recognition, ingest.progress
        return cls(
            id=ingest.id,
            state=ingest.state,
            file_name=ingest.file_name,
            way=ingest.way,
            size=ingest.size,
            landed_at=ingest.landed_at,
            reached=dict(ingest.reached),
            feed=pins.feed if pins else None,
            mapping_version=pins.mapping_version if pins else None,
            source=pins.source if pins else None,
            sha256=pins.sha256 if pins else None,
            chunks=progress.chunks,
            chunks_done=progress.chunks_done,
            records=progress.records,
            accepted=progress.accepted,
            rejected=progress.rejected,
            facts=progress.facts,
            reject_counts=dict(progress.rejects),
            pace=PaceView.of(pace) if (pace := pace_of(ingest)) else None,
            warnings=list(ingest.warnings),
            failure=FailureView.of(ingest.failure) if ingest.failure else None,
            table_version=ingest.table_version,
            table_versions={table.value: version for table, version in ingest.table_versions.items()},
            supersedes=ingest.supersedes,
            replays=ingest.replays,
        )


class IngestPage(JsonModel):
    """Ingests, newest first."""

    items: list[IngestView]
    next_cursor: str | None = None


class RejectView(JsonModel):
    """A rejected record: where it is, and why. It never shows what the record holds."""

    member: str | None
    chunk: int
    record: int
    byte: int
    length: int
    column: str | None
    code: RejectCode
    message: str

    @classmethod
    def of(cls, reject: Reject) -> Self:
        """Show a reject."""
        return cls(**asdict(reject))


class RejectPage(JsonModel):
    """Rejects in the order of the file."""

    items: list[RejectView]
    next_cursor: str | None = None


class MemberView(JsonModel):
    """One table of a file: how it is read and where its rows go. `drift` are columns that nobody reads."""

    name: str
    part: str
    lines: str
    encoding: str
    separator: str | None
    header: list[str]
    drift: list[str]
    records: int
    chunks: int
    chunks_done: int

    @classmethod
    def of(cls, planned: PlannedTable) -> Self:
        """Show a table of a plan."""
        member, dialect = planned.member, planned.member.layout.dialect
        delimited = dialect.lines is LineFormat.DELIMITED
        return cls(
            name=member.name,
            part=member.part,
            lines=dialect.lines,
            encoding=dialect.encoding,
            separator=dialect.separator if delimited else None,
            header=list(member.layout.header),
            drift=list(member.unread),
            records=planned.records,
            chunks=planned.chunks,
            chunks_done=planned.chunks_done,
        )


class PlanView(JsonModel):
    """What was planned for a file, table by table."""

    ingest_id: str
    members: list[MemberView]


class OriginView(JsonModel):
    """Where the record of a fact stands: file, member, ordinal, and bytes of the member's lines."""

    ingest_id: str
    file_name: str
    way: Way
    sha256: str
    feed: str
    mapping_version: int
    member: str
    part: str
    staged: bool
    chunk: int
    record: int
    byte: int
    length: int

    @classmethod
    def of(cls, origin: Origin) -> Self:
        """Show an origin."""
        ingest, pins = origin.ingest, origin.ingest.recognised
        return cls(
            ingest_id=ingest.id,
            file_name=ingest.file_name,
            way=ingest.way,
            sha256=pins.sha256,
            feed=pins.feed,
            mapping_version=pins.mapping_version,
            member=origin.member.name,
            part=origin.member.part,
            staged=origin.member.staged is not None,
            chunk=origin.chunk,
            record=origin.record,
            byte=origin.byte,
            length=origin.length,
        )


class ReplayView(JsonModel):
    """A replay that was started: its own ingest is followed as any other."""

    ingest_id: str
    replays: str
