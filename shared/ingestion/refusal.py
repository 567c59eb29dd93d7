"""Why a whole file is refused: the closed list of codes, and the error that carries it to the ingest."""

from enum import StrEnum
from typing import Final

from shared.ingestion.model import Failure, Ingest, IngestState
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


QUARANTINED: Final = frozenset(
    {
        FailureCode.UNSAFE_ARCHIVE,
        FailureCode.UNSAFE_XML,
        FailureCode.DAMAGED,
        FailureCode.NUL,
        FailureCode.TOO_LONG,
        FailureCode.DIRECT,
        FailureCode.UNSIGNED,
        FailureCode.FOREIGN_SIGNATURE,
        FailureCode.FOREIGN_TENANT,
        FailureCode.DAMAGED_BUNDLE,
        FailureCode.REPLAYED,
        FailureCode.OUT_OF_ORDER,
        FailureCode.UNSOUND,
    }
)
"""What no honest sender sends: such a file ends its ingest, and its message goes to quarantine and audit."""


class FileRefused(InvalidInput):
    """The file as a whole cannot be taken in; the ingest ends with `failure`, whose code is `code`."""

    def __init__(self, code: FailureCode, detail: str, *violations: Violation) -> None:
        super().__init__(detail, violations=violations)
        self.code = code
        self.failure = Failure(code, detail, violations)

    @property
    def is_quarantined(self) -> bool:
        """Whether the message that led to the file is to be kept for somebody to look at."""
        return self.code in QUARANTINED


def raise_again(ingest: Ingest) -> None:
    """Raise the refusal that ended an ingest, if its message is to go to quarantine.

    So it does although the process that refused the file died before.
    """
    failure = ingest.failure
    if ingest.state is IngestState.FAILED and failure is not None and failure.code in QUARANTINED:
        raise FileRefused(FailureCode(failure.code), failure.detail, *failure.violations)


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
