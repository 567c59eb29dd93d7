"""Deletes blobs, group by group: the audit is told of a group before the first of it goes."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from shared.ingestion.keeping.ports import Deletions, KeptBlobs, StoredBlob
from shared.kernel.scope import TenantScope

_BLOBS_AT_ONCE: Final = 10_000
"""Deleted in one round at most; the next goes on with what is left."""


@dataclass(frozen=True, slots=True)
class Dead:
    """A blob that goes, and what the audit calls its group (`{kind}:{id}`)."""

    blob: StoredBlob
    group: str


class Deleter:
    """Deletes the blobs of one kind."""

    def __init__(self, blobs: KeptBlobs, audit: Deletions, action: str) -> None:
        self._blobs = blobs
        self._audit = audit
        self._action = action

    async def delete(self, scope: TenantScope, found: AsyncIterator[Dead]) -> int:
        """Delete what is found, to a limit, and return how many blobs went; the rest is found again."""
        gone, group = 0, ""
        async for dead in found:
            if dead.group != group:
                group = dead.group
                await self._audit.allowed(scope, self._action, group)
            await self._blobs.remove(scope, dead.blob)
            gone += 1
            if gone >= _BLOBS_AT_ONCE:
                break
        return gone
