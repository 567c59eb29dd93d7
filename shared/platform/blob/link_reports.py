"""What a clerk reads of linking, as two blobs in the tenant's lake."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final

from shared.ingestion.linking.ports import NO_LINKS
from shared.ingestion.ports import LakeBlobs
from shared.kernel.errors import NotFound
from shared.kernel.events import Json
from shared.kernel.scope import TenantScope

_SUMMARY: Final = "people/matching.json"
_UNMATCHED: Final = "people/unmatched.jsonl"
_FOLDED: Final = "people/folded"
_LARGEST_NUMBER: Final = 20
_LARGEST_SUMMARY: Final = 1024 * 1024


class LakeLinkReports:
    """Implements `LinkReports`."""

    def __init__(self, lake: LakeBlobs) -> None:
        self._lake = lake

    async def write(
        self, scope: TenantScope, summary: Sequence[Mapping[str, Json]], unmatched: bytes
    ) -> None:
        """Replace the summary and the lines."""
        await self._lake.write(scope, _UNMATCHED, _once(unmatched))
        await self._lake.write(scope, _SUMMARY, _once(json.dumps(list(summary)).encode()))

    async def folded(self, scope: TenantScope) -> int:
        """Return the version of links by which the rollups were last rebuilt, `NO_LINKS` before that."""
        return int(await self._read(scope, _FOLDED, 0, _LARGEST_NUMBER) or NO_LINKS)

    async def note_folded(self, scope: TenantScope, version: int) -> None:
        """Note the version of links by which the rollups were rebuilt."""
        await self._lake.write(scope, _FOLDED, _once(str(version).encode()))

    async def summary(self, scope: TenantScope) -> Sequence[Mapping[str, Json]]:
        """Return the summary, empty before the first linking."""
        found = await self._read(scope, _SUMMARY, 0, _LARGEST_SUMMARY)
        summary: list[Mapping[str, Json]] = json.loads(found) if found else []
        return summary

    async def unmatched(self, scope: TenantScope, offset: int, length: int) -> bytes:
        """Return at most `length` bytes of the lines from `offset`, none past the end."""
        return await self._read(scope, _UNMATCHED, offset, length)

    async def _read(self, scope: TenantScope, path: str, offset: int, length: int) -> bytes:
        try:
            return await self._lake.read(scope, path, offset, length)
        except NotFound:
            return b""


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content
