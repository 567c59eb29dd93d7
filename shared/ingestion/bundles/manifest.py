"""The manifest of a bundle: where it stands in the chain of its appliance, and all that it holds."""

import hashlib
import zlib
from collections.abc import Iterator
from typing import Annotated, Final, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from shared.ingestion.bundles.framing import Entry, Frame
from shared.ingestion.bundles.refusals import unsound
from shared.ingestion.bundles.signing import SIGNATURE_BYTES
from shared.ingestion.loads import Load
from shared.ingestion.model import RejectCode
from shared.ingestion.table_names import TableName
from shared.kernel.errors import Violation

MANIFEST: Final = "termtide-bundle.json"
SIGNATURE: Final = "termtide-bundle.sig"
FORMAT: Final = 1

LARGEST_CONTENT: Final = 64 * 1024 * 1024
MOST_ROWS: Final = 2**24
"""What a chunk comes to at most, many times over: a content is held in memory as a whole."""

type Count = Annotated[int, Field(ge=0, lt=2**63)]
type Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Stated(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, validate_by_name=True, serialize_by_alias=True
    )


class Source(_Stated):
    """The file that the bundle was made of; it stays in the district."""

    name: Annotated[str, Field(min_length=1, max_length=255)]
    size: Count
    sha256: Digest


class PackedTarget(_Stated):
    """A table that the bundle adds to, and how."""

    table: TableName
    load: Load


class PackedMember(_Stated):
    """A member of the file, the part of the feed that read it, and the bytes of its lines."""

    name: str
    part: str
    size: Count


class Content(_Stated):
    """One member of the archive."""

    size: Annotated[int, Field(gt=0, le=LARGEST_CONTENT)]
    sha256: Digest
    crc32: Annotated[int, Field(ge=0, lt=2**32)]

    @classmethod
    def of(cls, content: bytes) -> Self:
        """Describe a content."""
        return cls(size=len(content), sha256=hashlib.sha256(content).hexdigest(), crc32=zlib.crc32(content))


class PackedFacts(Content):
    """The facts of a chunk as a Parquet file."""

    rows: Annotated[int, Field(gt=0, le=MOST_ROWS)]


class PackedChunk(_Stated):
    """What one chunk of a member came to. `records` counts the accepted and the rejected."""

    member: Count
    first_record: Annotated[int, Field(gt=0, lt=2**63)]
    records: Count
    reject_counts: dict[RejectCode, Annotated[int, Field(gt=0)]]
    facts: PackedFacts | None
    rejects: Content | None

    @property
    def rejected(self) -> int:
        """The rejected records."""
        return sum(self.reject_counts.values())

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.rejected > self.records or (self.rejected > 0) != (self.rejects is not None):
            raise ValueError("the rejects do not go with their counts")
        return self


class BundleManifest(_Stated):
    """Everything that an appliance says of a bundle."""

    format: Literal[1] = FORMAT
    tenant: str
    appliance: str
    serial: Annotated[int, Field(gt=0, lt=10**12)]
    previous: Digest | None
    """The digest of the manifest before this one, None in the first."""
    created: AwareDatetime
    file: Source
    feed: str
    mapping_version: int
    engine_version: int
    source: str
    targets: Annotated[tuple[PackedTarget, ...], Field(min_length=1)]
    members: Annotated[tuple[PackedMember, ...], Field(min_length=1)]
    chunks: Annotated[tuple[PackedChunk, ...], Field(min_length=1)]
    records: Count
    warnings: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if (self.previous is None) != (self.serial == 1):
            raise ValueError("the first bundle follows none, every other one follows one")
        if self.records != sum(chunk.records for chunk in self.chunks):
            raise ValueError("the records are not those of the chunks")
        if any(chunk.member >= len(self.members) for chunk in self.chunks):
            raise ValueError("a chunk is of a member that is not listed")
        return self

    def to_bytes(self) -> bytes:
        """Write the manifest."""
        return self.model_dump_json(indent=1).encode()

    def contents(self) -> Iterator[tuple[str, Content]]:
        """Yield the members of the archive behind manifest and signature, in order."""
        for n, chunk in enumerate(self.chunks):
            if chunk.facts is not None:
                yield facts_name(n), chunk.facts
            if chunk.rejects is not None:
                yield rejects_name(n), chunk.rejects


def facts_name(n: int) -> str:
    """Return the name of the facts of chunk `n` in the archive."""
    return f"facts/{n:06d}.parquet"


def rejects_name(n: int) -> str:
    """Return the name of the rejects of chunk `n` in the archive."""
    return f"rejects/{n:06d}.jsonl"


def read_manifest(data: bytes) -> BundleManifest:
    """Read a manifest whose signature holds; `BundleRefused` when it breaks rules of the format."""
    try:
        return BundleManifest.model_validate_json(data)
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False)
        places = ("/".join(map(str, fault["loc"])) for fault in faults)
        raise unsound(
            *(
                Violation(f"{MANIFEST}#/{place}", fault["msg"])
                for place, fault in zip(places, faults, strict=True)
            )
        ) from None


def digest_of(manifest: bytes) -> str:
    """Return the digest by which the next bundle names this one."""
    return hashlib.sha256(manifest).hexdigest()


def frame_of(data: bytes, signature: bytes, manifest: BundleManifest) -> Frame:
    """Return the frame of the archive that a manifest describes; `data` are its bytes."""
    opening = (
        Entry(MANIFEST, len(data), zlib.crc32(data)),
        Entry(SIGNATURE, SIGNATURE_BYTES, zlib.crc32(signature)),
    )
    return Frame((*opening, *(Entry(name, it.size, it.crc32) for name, it in manifest.contents())))
