"""Leases: who reads a range of the change feed, and how far it was read. One document for each range.

As on the platform, two functions that share a lease container and prefix share the leases too: only one of
them sees a change. Give each its own `leaseContainerPrefix`.
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from azure.core import MatchConditions
from azure.cosmos.aio import ContainerProxy
from azure.cosmos.exceptions import (
    CosmosAccessConditionFailedError,
    CosmosResourceExistsError,
    CosmosResourceNotFoundError,
)


class LeaseLost(Exception):
    """Another process took the lease over."""


@dataclass(frozen=True, slots=True)
class LeaseTimes:
    """How long a lease holds without being renewed, and how often it is renewed and asked for."""

    expiration: timedelta
    renewal: timedelta
    acquisition: timedelta


class FeedLease:
    """The lease of one range, for one owner. Every write is guarded by the document's ETag."""

    def __init__(self, container: ContainerProxy, lease_id: str, owner: str, times: LeaseTimes) -> None:
        self._container = container
        self._id = lease_id
        self._owner = owner
        self._times = times
        self._document: dict[str, Any] = {}
        self._writing = asyncio.Lock()

    @property
    def continuation(self) -> str | None:
        """Up to where the feed was handled; None before the first page."""
        position: str | None = self._document.get("continuation")
        return position

    async def acquire(self) -> bool:
        """Take the lease when it is free, lapsed or ours already; False when another owner holds it."""
        document = await self._read_or_create()
        owner, renewed = document["owner"], datetime.fromisoformat(document["renewed"])
        if owner not in {None, self._owner} and renewed + self._times.expiration > datetime.now(UTC):
            return False
        self._document = document
        try:
            await self._write(owner=self._owner)
        except LeaseLost:
            return False
        return True

    async def keep(self) -> None:
        """Renew the lease until it is lost."""
        while True:
            await asyncio.sleep(self._times.renewal.total_seconds())
            await self._write()

    async def store(self, continuation: str) -> None:
        """Note how far the feed was handled; `LeaseLost` when another process reads it by now."""
        await self._write(continuation=continuation)

    async def release(self) -> None:
        """Let another process take the lease at once."""
        await self._write(owner=None)

    async def _read_or_create(self) -> dict[str, Any]:
        fresh = {"id": self._id, "owner": None, "renewed": _now_text(), "continuation": None}
        try:
            return dict(await self._container.read_item(self._id, self._id))
        except CosmosResourceNotFoundError:
            try:
                return dict(await self._container.create_item(fresh))
            except CosmosResourceExistsError:
                return dict(await self._container.read_item(self._id, self._id))

    async def _write(self, **changes: object) -> None:
        async with self._writing:
            document = {**self._document, **changes, "renewed": _now_text()}
            try:
                self._document = dict(
                    await self._container.replace_item(
                        self._id,
                        document,
                        etag=self._document["_etag"],
                        match_condition=MatchConditions.IfNotModified,
                    )
                )
            except (CosmosAccessConditionFailedError, CosmosResourceNotFoundError) as taken:
                raise LeaseLost(self._id) from taken


def _now_text() -> str:
    return datetime.now(UTC).isoformat()
