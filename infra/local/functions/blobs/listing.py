"""Finds written blobs: lists a container below a prefix, then is told what is written where the store tells.

A store that does not is listed again and again. A listing costs Azurite seconds per 10,000 blobs, so the
pause between two listings grows with their duration: polling takes a tenth of the time at most. The SDK never
repeats a listing here: the time in which the store was away would count as a long one. Of blobs that are
overwritten between two looks only the last version is seen.
"""

import asyncio
from collections.abc import AsyncIterator

from azure.core.exceptions import ResourceNotFoundError
from azure.storage.blob import BlobProperties
from azure.storage.blob.aio import BlobServiceClient

from infra.local.functions.blobs.events import WrittenBlob
from infra.local.functions.blobs.written import WrittenNames
from infra.local.functions.supervision import Shutdown

_SHORTEST_PAUSE_SECONDS = 1.0
_PAUSE_PER_LISTING_TIME = 9.0
_PAGE = 1000


class BlobWatch:
    """Watches one container and prefix for versions of blobs that it has not seen yet."""

    def __init__(
        self, service: BlobServiceClient, container: str, prefix: str, told: WrittenNames | None = None
    ) -> None:
        self._container = service.get_container_client(container)
        self._prefix = prefix
        self._told = told
        self._seen: set[int] = set()

    async def changes(self, shutdown: Shutdown) -> AsyncIterator[list[WrittenBlob]]:
        """Yield the new versions page by page, for ever; `Stopping` when the host stops."""
        clock = asyncio.get_running_loop()
        while True:
            # What is written while the listing goes on is told behind this position.
            position = None if self._told is None else await shutdown.wait_for(self._told.position())
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
            if self._told is not None and position is not None:
                async for told in self._told_behind(self._told, position, shutdown):
                    yield told
                continue
            pause = (clock.time() - started) * _PAUSE_PER_LISTING_TIME
            await shutdown.sleep(max(pause, _SHORTEST_PAUSE_SECONDS))

    async def _told_behind(
        self, told: WrittenNames, position: str, shutdown: Shutdown
    ) -> AsyncIterator[list[WrittenBlob]]:
        """Yield what is written behind a position, until the store cannot tell any more."""
        while (written := await shutdown.wait_for(told.after(position))) is not None:
            position = written.position
            names = [name for name in dict.fromkeys(written.names) if name.startswith(self._prefix)]
            found = [await shutdown.wait_for(self._blob(name)) for name in names]
            if blobs := [blob for blob in found if blob is not None]:
                yield blobs

    async def _blob(self, name: str) -> WrittenBlob | None:
        """Return the newest version of a blob, None when it is gone by now."""
        try:
            found = await self._container.get_blob_client(name).get_blob_properties(retry_total=0)
        except ResourceNotFoundError:
            return None
        return _written(self._container.container_name, found)


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
