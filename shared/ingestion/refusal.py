"""Why a whole file is refused: the closed list of codes, and the error that carries it to the ingest."""

from enum import StrEnum

from shared.ingestion.model import Failure
from shared.kernel.errors import InvalidInput, Violation


class FailureCode(StrEnum):
    """Why an ingest failed: the closed list."""

    UNRECOGNISED = "unrecognised"
    CONTAINER = "unsupported-container"
    UNSAFE_ARCHIVE = "unsafe-archive"
    UNSAFE_XML = "unsafe-xml"
    DAMAGED = "damaged-file"
    ENCODING = "unsupported-encoding"
    NUL = "nul-byte"
    EMPTY = "empty-file"
    TOO_LARGE = "too-large"
    HEADER = "bad-header"
    TOO_LONG = "record-too-long"
    TOO_MANY_REJECTS = "too-many-rejects"
    COUNT_MISMATCH = "count-mismatch"
    REPLACED = "blob-replaced"
    OTHER_RELEASE = "other-release"
    GIVEN_UP = "given-up"
    DIRECT = "direct-upload"
    UNSIGNED = "unsigned-bundle"
    FOREIGN_SIGNATURE = "foreign-signature"
    FOREIGN_TENANT = "foreign-tenant"
    DAMAGED_BUNDLE = "damaged-bundle"
    REPLAYED = "replayed-bundle"
    OUT_OF_ORDER = "out-of-order-bundle"
    UNSOUND = "unsound-bundle"


class FileRefused(InvalidInput):
    """The file as a whole cannot be taken in; the ingest ends with `failure`."""

    def __init__(self, code: FailureCode, detail: str, *violations: Violation) -> None:
        super().__init__(detail, violations=violations)
        self.failure = Failure(code, detail, violations)


def given_up(reason: str) -> Failure:
    """Return the failure of a file whose planning or work was put aside for `reason`, a stable code."""
    return Failure(
        FailureCode.GIVEN_UP, f"the file could not be read to its end ({reason}); nothing was taken over"
    )


def replaced() -> FileRefused:
    """Return the refusal of a blob that is no longer the one that landed."""
    return FileRefused(FailureCode.REPLACED, "the blob was overwritten or deleted after it landed")


def other_release() -> FileRefused:
    """Return the refusal of what a release with other mappings or another engine has begun."""
    return FileRefused(
        FailureCode.OTHER_RELEASE, "the file was planned by another release; upload it once more"
    )
