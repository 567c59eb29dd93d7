"""Leases: who reads a range of the change feed, and how far it was read. One document for each range.

As on the platform, two functions that share a lease container and prefix share the leases too: only one of
them sees a change. Give each its own `leaseContainerPrefix`.

Where many small batches follow each other, the position is written once a second and not behind each: a host
that is killed hands out again what it handled since, as one in the cloud does with its last batch.
"""

import asyncio
import time
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

_SPACED_SECONDS = 1.0


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
        self._position: str | None = None
        self._written = 0.0
        self._writing = asyncio.Lock()

    @property
    def continuation(self) -> str | None:
        """Up to where the feed was handled; None before the first page."""
        return self._position

    async def acquire(self) -> bool:
        """Take the lease when it is free, lapsed or ours already; False when another owner holds it."""
        document = await self._read_or_create()
        owner, renewed = document["owner"], datetime.fromisoformat(document["renewed"])
        if owner not in {None, self._owner} and renewed + self._times.expiration > datetime.now(UTC):
            return False
        self._document, self._position = document, document["continuation"]
        try:
            await self._write(owner=self._owner)
        except LeaseLost:
            return False
        return True

    async def keep(self) -> None:
        """Renew the lease, and write what was noted meanwhile, until it is lost."""
        renewal = self._times.renewal.total_seconds()
        while True:
            await asyncio.sleep(min(renewal, _SPACED_SECONDS))
            noted = self._position != self._document["continuation"]
            if self._age() >= (_SPACED_SECONDS if noted else renewal):
                await self._write()

    async def store(self, continuation: str) -> None:
        """Note how far the feed was handled; `LeaseLost` when another process is seen to read it by now."""
        first, self._position = self._position is None, continuation
        if first or self._age() >= _SPACED_SECONDS:
            await self._write()

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
            noted = {"continuation": self._position, "renewed": _now_text()}
            document = {**self._document, **noted, **changes}
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
            self._written = time.monotonic()

    def _age(self) -> float:
        """Return how many seconds ago the lease was written."""
        return time.monotonic() - self._written


def _now_text() -> str:
    return datetime.now(UTC).isoformat()
