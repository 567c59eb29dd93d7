"""Finds written blobs by listing a container below a prefix.

A listing costs Azurite seconds per 10,000 blobs, so the pause between two listings grows with their
duration: polling takes a tenth of the time at most. The SDK never repeats a listing here: the time in which
the store was away would count as a long one. Of blobs that are overwritten between two listings only the last
version is seen.
"""

import asyncio
from collections.abc import AsyncIterator

from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob import BlobProperties
from azure.storage.blob.aio import BlobServiceClient

from infra.local.functions.blobs.events import WrittenBlob
from infra.local.functions.supervision import Shutdown

_SHORTEST_PAUSE_SECONDS = 1.0
_PAUSE_PER_LISTING_TIME = 9.0
_PAGE = 1000


class BlobWatch:
    """Watches one container and prefix for versions of blobs that it has not seen yet."""

    def __init__(self, service: BlobServiceClient, container: str, prefix: str) -> None:
        self._container = service.get_container_client(container)
        self._prefix = prefix
        self._seen: set[int] = set()

    async def changes(self, shutdown: Shutdown) -> AsyncIterator[list[WrittenBlob]]:
        """Yield the new versions page by page, for ever; `Stopping` when the host stops."""
        clock = asyncio.get_running_loop()
        while True:
            started = clock.time()
            listed: set[int] = set()
            pages = self._container.list_blobs(
                name_starts_with=self._prefix or None, results_per_page=_PAGE, retry_total=0
            ).by_page()
            while (page := await shutdown.wait_for(_next_page(pages))) is not None:
                blobs = [_written(self._container.container_name, found) for found in page]
                fresh = [blob for blob in blobs if hash((blob.name, blob.etag)) not in self._seen]
                listed.update(hash((blob.name, blob.etag)) for blob in blobs)
                if fresh:
                    yield fresh
            # Only what still exists is remembered, so memory is bounded by the listing.
            self._seen = listed
            pause = (clock.time() - started) * _PAUSE_PER_LISTING_TIME
            await shutdown.sleep(max(pause, _SHORTEST_PAUSE_SECONDS))


async def _next_page(pages: AsyncIterator[AsyncIterator[BlobProperties]]) -> list[BlobProperties] | None:
    try:
        return [found async for found in await anext(pages)]
    except StopAsyncIteration:
        return None
    except ResourceNotFoundError:
        # A container that does not exist yet holds no blobs; it may be made while the host runs.
        return None


def _written(container: str, found: BlobProperties) -> WrittenBlob:
    return WrittenBlob(
        container=container,
        name=found.name,
        etag=found.etag.strip('"'),
        size=found.size,
        content_type=found.content_settings.content_type or "application/octet-stream",
        kind=str(found.blob_type.value),
        modified=found.last_modified,
    )
