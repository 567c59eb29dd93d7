"""The way back from a fact or a reject to its record: file, member, ordinal and bytes."""

import asyncio
from dataclasses import dataclass

from shared.ingestion.model import Chunk, Ingest, Plan, PlannedMember, Way
from shared.ingestion.ports import Ingests, LakeBlobs, LandingBlobs
from shared.ingestion.reading.planned_lines import PlannedLines
from shared.kernel.errors import NotFound
from shared.kernel.scope import TenantScope


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a record stands. `byte` and `length` count in the lines of the member, the line end included."""

    ingest: Ingest
    member: PlannedMember
    chunk: int
    record: int
    byte: int
    length: int


class Lineage:
    """Finds records again. What they hold is shown to nobody but who asks for the text."""

    def __init__(self, ingests: Ingests, landing: LandingBlobs, lake: LakeBlobs) -> None:
        self._ingests = ingests
        self._lines = PlannedLines(landing, lake)

    async def origin(self, scope: TenantScope, ingest_id: str, chunk: int, record: int) -> Origin:
        """Return where the record of a fact stands, by the fact's `ingest_id`, `chunk` and `record`.

        `NotFound` for a record that the chunk does not have or that never left its district; `FileRefused`
        when the landed file is gone.
        """
        origin, _ = await self._find(scope, ingest_id, chunk, record)
        return origin

    async def text(self, scope: TenantScope, ingest_id: str, chunk: int, record: int) -> str:
        """Return the record as it stands in the file: personal data, for eyes that may see the file."""
        origin, data = await self._find(scope, ingest_id, chunk, record)
        return data.decode(origin.member.layout.dialect.encoding, "backslashreplace").rstrip("\r\n")

    async def _find(self, scope: TenantScope, ingest_id: str, n: int, record: int) -> tuple[Origin, bytes]:
        ingest = (await self._ingests.get(scope, ingest_id)).value
        if ingest.way is Way.APPLIANCE:
            raise NotFound("the file is in the district: its appliance sent what came of it")
        plan = await self._ingests.plan(scope, ingest_id)
        chunk = _chunk(plan, n, record)
        member = plan.member_of(chunk)
        data = await self._lines.of(scope, ingest, member).read(chunk.offset, chunk.length)
        byte, length = await asyncio.to_thread(_place, data, chunk, member, record)
        origin = Origin(ingest=ingest, member=member, chunk=n, record=record, byte=byte, length=length)
        return origin, data[byte - chunk.offset :][:length]


def _chunk(plan: Plan, n: int, record: int) -> Chunk:
    if not 0 <= n < len(plan.chunks):
        raise NotFound
    chunk = plan.chunks[n]
    if not chunk.first_record <= record < chunk.first_record + chunk.records:
        raise NotFound
    return chunk


def _place(data: bytes, chunk: Chunk, member: PlannedMember, record: int) -> tuple[int, int]:
    from shared.ingestion.reading.chunks import locate  # noqa: PLC0415 - loads Polars, which only this question needs

    places = locate(data, chunk, member.layout)
    row = places.row(record - chunk.first_record, named=True)
    return int(row["byte"]), int(row["length"])
