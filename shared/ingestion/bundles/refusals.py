"""Why a bundle is refused: it fails its ingest, its message goes to quarantine, and the audit keeps it."""

from typing import Final

from shared.ingestion.model import Ingest, IngestState
from shared.ingestion.refusal import FailureCode, FileRefused
from shared.kernel.errors import Violation

NOT_TAKEN: Final = frozenset(
    {
        FailureCode.DIRECT,
        FailureCode.UNSIGNED,
        FailureCode.FOREIGN_SIGNATURE,
        FailureCode.FOREIGN_TENANT,
        FailureCode.DAMAGED_BUNDLE,
        FailureCode.OUT_OF_ORDER,
    }
)
"""The serial number of a bundle that is refused by one of these is still free: it may come again."""


class BundleRefused(FileRefused):
    """A bundle, or a file in the place of one, is not to be believed."""


def came_early(ingest: Ingest) -> bool:
    """Tell whether an ingest ended because its bundle came before its turn: it may be tried again."""
    failure = ingest.failure
    return (
        ingest.state is IngestState.FAILED
        and failure is not None
        and failure.code == FailureCode.OUT_OF_ORDER
    )


def direct() -> BundleRefused:
    """Return the refusal of a file that came past the appliance of its district."""
    return BundleRefused(FailureCode.DIRECT, "this district takes files through its own appliance only")


def unsigned() -> BundleRefused:
    """Return the refusal of what bears no signature."""
    return BundleRefused(FailureCode.UNSIGNED, "the file is not a bundle that an appliance has signed")


def foreign_signature() -> BundleRefused:
    """Return the refusal of a bundle that no appliance of the tenant has signed."""
    return BundleRefused(
        FailureCode.FOREIGN_SIGNATURE, "no appliance that is registered for this district signed the bundle"
    )


def foreign_tenant() -> BundleRefused:
    """Return the refusal of a bundle that is meant for another tenant."""
    return BundleRefused(FailureCode.FOREIGN_TENANT, "the bundle was not made for this district")


def damaged(place: str, message: str) -> BundleRefused:
    """Return the refusal of a bundle that is not as it was signed."""
    return BundleRefused(
        FailureCode.DAMAGED_BUNDLE, "the bundle is not as it was signed", Violation(place, message)
    )


def replayed(serial: int) -> BundleRefused:
    """Return the refusal of a bundle whose serial number was taken before."""
    return BundleRefused(FailureCode.REPLAYED, f"bundle {serial} of this appliance was taken before")


def out_of_order(serial: int, last: int) -> BundleRefused:
    """Return the refusal of a bundle that does not follow the last one that was taken."""
    return BundleRefused(
        FailureCode.OUT_OF_ORDER, f"bundle {serial} does not follow bundle {last}, the last that was taken"
    )


def unsound(*violations: Violation) -> BundleRefused:
    """Return the refusal of a bundle that is genuine and does not hold what it may or says."""
    return BundleRefused(FailureCode.UNSOUND, "the bundle does not hold what it says", *violations)
