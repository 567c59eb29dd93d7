"""What the audit needs from a store: append, seal, and walk everything in order."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from shared.audit.chain import Segment
from shared.audit.sealing import Head, Seal
from shared.kernel.stamp import Owner


@dataclass(frozen=True, slots=True)
class StoredSegment:
    """A segment and the number of the seal it says it is covered by, None while it is unsealed."""

    segment: Segment
    sealed_by: int | None


class SegmentLog(Protocol):
    """Where writers append. Every call may raise `Unavailable`."""

    async def append(self, owner: Owner, segment: Segment) -> None:
        """Write a new segment; `Conflict` when its id exists."""
        ...


class AuditStore(SegmentLog, Protocol):
    """Where segments are sealed and verified."""

    async def head(self, owner: Owner) -> Head:
        """Return the owner's head; the empty one when nothing was sealed yet."""
        ...

    async def unsealed(self, owner: Owner, limit: int) -> list[Segment]:
        """Return up to `limit` segments that no seal has marked, ordered by id."""
        ...

    async def add_seal(self, owner: Owner, seal: Seal, head: Head) -> None:
        """Write the seal and make it the head in one batch.

        `PreconditionFailed` or `Conflict` when the head is not `head` any more.
        """
        ...

    async def mark_sealed(self, owner: Owner, seal: Seal) -> None:
        """Mark the segments that `seal` covers; marking again changes nothing."""
        ...

    async def seal_at(self, owner: Owner, number: int) -> Seal:
        """Return one seal; `NotFound`."""
        ...

    def seals(self, owner: Owner) -> AsyncIterator[Seal]:
        """Go through the owner's seals by number."""
        ...

    def segments(self, owner: Owner) -> AsyncIterator[StoredSegment]:
        """Go through all of the owner's segments, of every month, by id."""
        ...

    async def claimants(self, owner: Owner, number: int) -> Mapping[str, str]:
        """Return id and last hash of every segment that is marked with the seal `number`."""
        ...
