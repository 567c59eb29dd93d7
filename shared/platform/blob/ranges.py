"""Ranged reads of blobs."""

from typing import TYPE_CHECKING, Any, Final

from azure.core.exceptions import HttpResponseError

from shared.platform.blob.errors import translated

if TYPE_CHECKING:
    from azure.storage.blob import BlobClient as BlockingBlobClient
    from azure.storage.blob.aio import BlobClient

_RANGE_NOT_SATISFIABLE: Final = 416


async def read_range(blob: "BlobClient", offset: int, length: int, **conditions: Any) -> bytes:  # noqa: ANN401 - the SDK's own options
    """Return at most `length` bytes from `offset`, none past the end or of an empty blob; `NotFound`."""
    with translated():
        try:
            stream = await blob.download_blob(offset, length, **conditions)
            # What came with one answer is handed on as it is; `readall` would copy it twice.
            content = b"".join([part async for part in stream.chunks()])
        except HttpResponseError as error:
            if error.status_code != _RANGE_NOT_SATISFIABLE:
                raise
            return b""
    return content


def read_range_blocking(blob: "BlockingBlobClient", offset: int, length: int, **conditions: Any) -> bytes:  # noqa: ANN401 - the same
    """Do the same in a thread that may wait.

    The bytes of a long range come there with few calls, and the interpreter is free while they do.
    """
    with translated():
        try:
            return b"".join(blob.download_blob(offset, length, **conditions).chunks())
        except HttpResponseError as error:
            if error.status_code != _RANGE_NOT_SATISFIABLE:
                raise
            return b""
