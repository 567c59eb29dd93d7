"""Reads the change feed of a container page by page."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from azure.cosmos.aio import ContainerProxy

type FeedStart = Literal["Now", "Beginning"]
type Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """Changed documents, oldest first, and the position behind them."""

    documents: tuple[Document, ...]
    continuation: str


class ChangeFeed:
    """The feed of a container whose client nobody else uses, and which reads one page at a time.

    The SDK tells the position behind an empty page only in the client's last response headers. `wait` is how
    many seconds a server that knows how may hold an answer until there is a document (RFC 7240, section 4.3).
    """

    def __init__(self, container: ContainerProxy, start: FeedStart, at_most: int, wait: int) -> None:
        self._container = container
        self._start: FeedStart = start
        self._at_most = at_most
        self._headers = {"Prefer": f"wait={wait}"}
        self._reading = asyncio.Lock()

    async def ranges(self) -> list[Document]:
        """Return the ranges into which the container is divided."""
        return [dict(found) async for found in self._container.read_feed_ranges()]

    async def page(self, feed_range: Document, continuation: str | None, *, may_wait: bool = False) -> Page:
        """Return the page of a range behind a position, or its first; it may hold no document.

        Where it `may_wait`, no other range can be read meanwhile.
        """
        if continuation is None:
            changes = self._container.query_items_change_feed(
                feed_range=dict(feed_range), start_time=self._start, max_item_count=self._at_most
            )
        else:
            changes = self._container.query_items_change_feed(
                continuation=continuation,
                max_item_count=self._at_most,
                headers=self._headers if may_wait else {},
            )
        async with self._reading:
            documents = await _first_page(changes.by_page())
            headers = self._container.client_connection.last_response_headers
            return Page(documents, headers["etag"])


async def _first_page(pages: AsyncIterator[AsyncIterator[Document]]) -> tuple[Document, ...]:
    async for page in pages:
        return tuple([document async for document in page])
    return ()
