import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
from azure.core.exceptions import ResourceNotFoundError, ServiceRequestError
from azure.storage.blob.aio import BlobServiceClient

from infra.local.functions.blobs.listing import BlobWatch
from infra.local.functions.supervision import Shutdown, Stopping
from infra.local.launcher.endpoints import Endpoints
from tests.fixtures.processes import free_port

type Listed = list[list[tuple[str, str]]]


class _Storage:
    """A container whose listings are scripted: each is a list of pages of (name, etag)."""

    container_name = "landing"

    def __init__(self, listings: list[Listed | Exception], seconds: float = 0.0) -> None:
        self.listings = listings
        self.seconds = seconds
        self.prefixes: list[str | None] = []

    def get_container_client(self, _name: str) -> "_Storage":
        return self

    def list_blobs(
        self, *, name_starts_with: str | None, results_per_page: int, retry_total: int
    ) -> "_Storage":
        assert (results_per_page > 1, retry_total) == (True, 0)
        self.prefixes.append(name_starts_with)
        return self

    async def by_page(self) -> AsyncIterator[AsyncIterator[Any]]:
        await asyncio.sleep(self.seconds)
        listing = self.listings.pop(0)
        if isinstance(listing, Exception):
            raise listing
        for page in listing:
            yield _page(page)


async def _page(blobs: list[tuple[str, str]]) -> AsyncIterator[Any]:
    for name, etag in blobs:
        yield SimpleNamespace(
            name=name,
            etag=f'"{etag}"',
            size=1,
            content_settings=SimpleNamespace(content_type=None),
            blob_type=SimpleNamespace(value="BlockBlob"),
            last_modified=datetime(2026, 11, 20, tzinfo=UTC),
        )


class _Pauses(Shutdown):
    """Notes the pauses instead of making them, and stops after as many as it is told to."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.made: list[float] = []
        self._count = count

    async def sleep(self, seconds: float) -> None:
        self.made.append(seconds)
        if len(self.made) == self._count:
            raise Stopping


async def _changes(storage: _Storage, pauses: _Pauses, prefix: str = "") -> list[list[tuple[str, str]]]:
    watch = BlobWatch(cast("BlobServiceClient", storage), "landing", prefix)
    found: list[list[tuple[str, str]]] = []
    with pytest.raises(Stopping):
        async for blobs in watch.changes(pauses):
            found.append([(blob.name, blob.etag) for blob in blobs])  # noqa: PERF401 - it ends by an error
    return found


async def test_only_versions_that_were_not_seen_before_are_told() -> None:
    first: Listed = [[("a", "1"), ("b", "1")], [("c", "1")]]
    second: Listed = [[("a", "1"), ("b", "2")], [("c", "1"), ("d", "1")]]

    found = await _changes(_Storage([first, second, second]), _Pauses(3))

    assert found == [[("a", "1"), ("b", "1")], [("c", "1")], [("b", "2")], [("d", "1")]]


async def test_a_blob_that_was_deleted_and_written_again_is_told_again() -> None:
    listings: list[Listed | Exception] = [[[("a", "1")]], [], [[("a", "1")]]]

    assert await _changes(_Storage(listings), _Pauses(3)) == [[("a", "1")], [("a", "1")]]


async def test_a_container_that_does_not_exist_yet_holds_nothing() -> None:
    listings: list[Listed | Exception] = [ResourceNotFoundError(), [[("a", "1")]]]

    assert await _changes(_Storage(listings), _Pauses(2)) == [[("a", "1")]]


async def test_listings_are_narrowed_by_the_prefix() -> None:
    storage = _Storage([[], []])

    await _changes(storage, _Pauses(2), prefix="in/2026-11-20/")

    assert storage.prefixes == ["in/2026-11-20/"] * 2


async def test_polling_takes_a_tenth_of_the_time_at_most() -> None:
    pauses = _Pauses(2)

    await _changes(_Storage([[], []], seconds=0.1), pauses)

    assert min(pauses.made) >= 0.9


async def test_quick_listings_are_still_a_second_apart() -> None:
    pauses = _Pauses(1)

    await _changes(_Storage([[]]), pauses)

    assert pauses.made == [1.0]


async def test_a_store_that_is_away_is_told_at_once_and_makes_no_long_pause() -> None:
    connection = Endpoints.at(blob=free_port()).blob_connection
    started = time.monotonic()

    async with BlobServiceClient.from_connection_string(connection) as service:
        with pytest.raises(ServiceRequestError):
            await anext(BlobWatch(service, "landing", "").changes(Shutdown()))

    assert time.monotonic() - started < 2
