"""The process-wide blob client: from settings, opened on first use, shared by every adapter."""

from typing import TYPE_CHECKING, Any, Final

from shared.platform.identity import blocking_identity, process_identity
from shared.settings import Endpoint

if TYPE_CHECKING:
    from azure.storage.blob import BlobServiceClient as BlockingServiceClient
    from azure.storage.blob.aio import BlobServiceClient

_ONE_REQUEST: Final = 32 * 1024 * 1024
"""Reads and writes up to this size are one request, so a chunk or a part never becomes a block list."""

_TAKEN_AT_ONCE: Final = 4 * 1024 * 1024

_CONNECTION: Final[dict[str, Any]] = {
    "connection_timeout": 5,
    "read_timeout": 60,
    # How much of an answer is taken up at a time: by blocks of 256 KB a read took half as long again.
    "connection_data_block_size": _TAKEN_AT_ONCE,
}

_OPTIONS: Final[dict[str, Any]] = {
    # Two more tries within about four seconds, then the caller hears `Unavailable` and can still answer.
    "retry_total": 2,
    "initial_backoff": 1,
    "increment_base": 2,
    "random_jitter_range": 1,
    "max_single_get_size": _ONE_REQUEST,
    "max_chunk_get_size": _ONE_REQUEST,
    "max_single_put_size": _ONE_REQUEST,
}


class BlobAccount:
    """The connection of one process to one storage account. It reaches out on first use."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._client: BlobServiceClient | None = None
        self._blocking: BlockingServiceClient | None = None

    @property
    def service(self) -> "BlobServiceClient":
        """The client of the account."""
        if self._client is None:
            self._client = _client(self._endpoint)
        return self._client

    @property
    def blocking(self) -> "BlockingServiceClient":
        """A client of the account for threads that may wait: long reads by it keep no event loop busy."""
        if self._blocking is None:
            self._blocking = _blocking_client(self._endpoint)
        return self._blocking

    async def close(self) -> None:
        """Close the clients that were opened; a later use opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()
        blocking, self._blocking = self._blocking, None
        if blocking is not None:
            blocking.close()


def _client(endpoint: Endpoint) -> "BlobServiceClient":
    from azure.storage.blob.aio import BlobServiceClient  # noqa: PLC0415 - 200 ms that most HTTP calls do not need

    from shared.platform.transport import transport  # noqa: PLC0415 - the same

    options = {**_OPTIONS, "transport": transport(**_CONNECTION)}
    if endpoint.connection_string is not None:
        return BlobServiceClient.from_connection_string(endpoint.connection_string, **options)
    return BlobServiceClient(str(endpoint.address), process_identity(), **options)


def _blocking_client(endpoint: Endpoint) -> "BlockingServiceClient":
    from azure.storage.blob import BlobServiceClient  # noqa: PLC0415 - as above

    from shared.platform.transport import blocking_transport  # noqa: PLC0415 - the same

    options = {**_OPTIONS, "transport": blocking_transport(**_CONNECTION)}
    if endpoint.connection_string is not None:
        return BlobServiceClient.from_connection_string(endpoint.connection_string, **options)
    return BlobServiceClient(str(endpoint.address), blocking_identity(), **options)
