"""The models of the HTTP requests and answers about ingests."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from shared.ingestion.model import Failure, Ingest, IngestState, Reject, RejectCode, Way
from shared.ingestion.uploads import GrantedUpload


class View(BaseModel):
    """An answer: camelCase outside."""

    model_config = ConfigDict(
        frozen=True,
        alias_generator=to_camel,
        validate_by_name=True,
        serialize_by_alias=True,
        # Built at first use, so that a cold start for another route does not pay for it.
        defer_build=True,
    )


class UploadRequest(View):
    """The body of `POST /uploads`."""

    model_config = ConfigDict(extra="forbid")

    file_name: Annotated[str, Field(min_length=1, max_length=255)]
    size: Annotated[int | None, Field(ge=1)] = None
    feed: Annotated[str | None, Field(max_length=64)] = None
    way: Literal[Way.SAS, Way.APPLIANCE] = Way.SAS
    """`appliance` for a bundle that the district's own appliance has signed."""


class UploadView(View):
    """A granted upload: PUT the bytes to `url` with the header `x-ms-blob-type: BlockBlob`."""

    ingest_id: str
    file_name: str
    url: str
    method: str = "PUT"
    headers: dict[str, str] = {"x-ms-blob-type": "BlockBlob"}
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


class PlaceView(View):
    """One broken rule and its place."""

    place: str
    message: str


class FailureView(View):
    """Why an ingest failed."""

    code: str
    detail: str
    violations: list[PlaceView]

    @classmethod
    def of(cls, failure: Failure) -> Self:
        """Show a failure."""
        places = [PlaceView(place=v.place, message=v.message) for v in failure.violations]
        return cls(code=failure.code, detail=failure.detail, violations=places)


class IngestView(View):
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
    warnings: list[str]
    failure: FailureView | None = None
    table_version: int | None = None
    supersedes: str | None = None

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
            warnings=list(ingest.warnings),
            failure=FailureView.of(ingest.failure) if ingest.failure else None,
            table_version=ingest.table_version,
            supersedes=ingest.supersedes,
        )


class IngestPage(View):
    """Ingests, newest first."""

    items: list[IngestView]
    next_cursor: str | None = None


class RejectView(View):
    """A rejected record: where it is, and why. It never shows what the record holds."""

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


class RejectPage(View):
    """Rejects in the order of the file."""

    items: list[RejectView]
    next_cursor: str | None = None
