"""Reads ingests and their rejects for the outside."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from shared.ingestion.following.line_pages import LINE_BYTES, whole_lines
from shared.ingestion.lake_paths import rejects_path
from shared.ingestion.model import Chunk, Ingest, PlannedMember, Reject, RejectCode
from shared.ingestion.ports import Ingests, LakeBlobs, Listed, Versioned
from shared.kernel.errors import InvalidInput, NotFound
from shared.kernel.ids import is_id
from shared.kernel.scope import TenantScope


@dataclass(frozen=True, slots=True)
class PlannedTable:
    """One table of a planned file, and how far its work has come."""

    member: PlannedMember
    records: int
    chunks: int
    chunks_done: int


class IngestViews:
    """The read side of ingestion. A position is where a list goes on, None at its start."""

    def __init__(self, ingests: Ingests, lake: LakeBlobs) -> None:
        self._ingests = ingests
        self._lake = lake

    async def ingest(self, scope: TenantScope, ingest_id: str) -> Versioned[Ingest]:
        """Return an ingest; `NotFound`."""
        if not is_id(ingest_id):
            raise NotFound
        return await self._ingests.get(scope, ingest_id)

    async def ingests(self, scope: TenantScope, limit: int, position: str | None) -> Listed[Ingest]:
        """Return up to `limit` ingests, newest first."""
        return await self._ingests.page(scope, limit, position)

    async def rejects(
        self, scope: TenantScope, ingest_id: str, limit: int, position: str | None
    ) -> Listed[Reject]:
        """Return up to `limit` rejects in the order of the file, of the chunks that are done; `NotFound`."""
        await self.ingest(scope, ingest_id)
        first, offset = _parsed(position)
        chunks = await self._ingests.chunks_with_rejects(scope, ingest_id, first)
        members = await self._members(scope, ingest_id) if chunks else []
        found: list[Reject] = []
        for n in chunks:
            offset = offset if n == first else 0
            left = limit - len(found)
            data = await self._lake.read(scope, rejects_path(ingest_id, n), offset, left * LINE_BYTES)
            lines, at_end = whole_lines(data, left)
            found += [_reject(line, n, members[n]) for line in lines]
            offset += sum(map(len, lines))
            if not at_end:
                return Listed(tuple(found), f"{n}:{offset}")
            if len(found) == limit and n != chunks[-1]:
                return Listed(tuple(found), f"{n + 1}:0")
        return Listed(tuple(found), None)

    async def plan(self, scope: TenantScope, ingest_id: str) -> tuple[PlannedTable, ...]:
        """Return the tables of a planned file; `NotFound`, also before it is planned."""
        await self.ingest(scope, ingest_id)
        plan = await self._ingests.plan(scope, ingest_id)
        done = await self._ingests.chunks_done(scope, ingest_id)
        return tuple(
            _planned_table(member, [chunk for chunk in plan.chunks if chunk.member == at], done)
            for at, member in enumerate(plan.members)
        )

    async def _members(self, scope: TenantScope, ingest_id: str) -> list[str]:
        """Return the name of the member of each chunk."""
        plan = await self._ingests.plan(scope, ingest_id)
        return [plan.member_of(chunk).name for chunk in plan.chunks]


def _parsed(position: str | None) -> tuple[int, int]:
    if position is None:
        return 0, 0
    chunk, _, offset = position.partition(":")
    if not (chunk.isdecimal() and offset.isdecimal()):
        raise InvalidInput.at("query:cursor", "not a position in this list")
    return int(chunk), int(offset)


def _reject(line: bytes, chunk: int, member: str) -> Reject:
    fields = json.loads(line)
    return Reject(**{**fields, "code": RejectCode(fields["code"]), "chunk": chunk, "member": member})


def _planned_table(member: PlannedMember, chunks: Sequence[Chunk], done: Collection[int]) -> PlannedTable:
    return PlannedTable(
        member=member,
        records=sum(chunk.records for chunk in chunks),
        chunks=len(chunks),
        chunks_done=sum(chunk.n in done for chunk in chunks),
    )
