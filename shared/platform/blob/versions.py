"""Just one version of a blob: another one that took its place meanwhile, or none, stays as it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from azure.core import MatchConditions

from shared.kernel.errors import NotFound, PreconditionFailed
from shared.platform.blob.errors import translated

if TYPE_CHECKING:
    from azure.storage.blob.aio import BlobClient

REFUSED: Final = "termtiderefused"
"""Metadata of a blob that was put aside: the reason."""


def only(etag: str) -> dict[str, Any]:
    """Return the options by which the SDK does to this version what it is asked for, or is refused."""
    return {"etag": etag, "match_condition": MatchConditions.IfNotModified}


async def refuse(blob: "BlobClient", etag: str, reason: str) -> None:
    """Write the reason upon this version; `Unavailable`."""
    with _unless_changed():
        await blob.set_blob_metadata({REFUSED: reason}, **only(etag))


async def remove(blob: "BlobClient", etag: str) -> None:
    """Remove this version; `Unavailable`."""
    with _unless_changed():
        await blob.delete_blob(**only(etag))


@contextmanager
def _unless_changed() -> Iterator[None]:
    try:
        with translated():
            yield
    except (PreconditionFailed, NotFound):
        return
