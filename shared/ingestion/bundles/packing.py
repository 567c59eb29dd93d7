"""Packs a file as a bundle, on the district's own machine: what leaves it names nobody.

It is the work of planner and worker, by the same engine, with the same results; only that the results are
put on a shelf and signed, and that the file stays where it is.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

import polars as pl
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.ingestion.bundles.manifest import (
    BundleManifest,
    Content,
    PackedChunk,
    PackedFacts,
    PackedMember,
    PackedTarget,
    Source,
    facts_name,
    rejects_name,
)
from shared.ingestion.bundles.signing import appliance_id
from shared.ingestion.mapping.feed import Mapping
from shared.ingestion.model import Chunk, RejectCode
from shared.ingestion.planning.survey import Stage, Survey, Surveyor
from shared.ingestion.ports import RangedFile
from shared.ingestion.working.part_files import parquet
from shared.ingestion.working.work import Task, Work, normalise, work
from shared.kernel.clock import Clock

_LATER: Final = ""
"""The ingest of packed facts: the id is given where they are taken in."""


class Shelf(Protocol):
    """Where the contents of a bundle lie until it is closed."""

    async def put(self, name: str, content: bytes) -> None:
        """Keep a content under its name in the archive."""
        ...


@dataclass(frozen=True, slots=True)
class Appliance:
    """A district's own machine: for whom it packs, how it names people, and how it signs."""

    tenant_id: str
    pseudonym_key: bytes
    key: Ed25519PrivateKey

    @property
    def id(self) -> str:
        """Its name, by its public key."""
        return appliance_id(self.key.public_key().public_bytes_raw())


@dataclass(frozen=True, slots=True)
class Place:
    """Where a bundle stands in the chain of its appliance."""

    serial: int = 1
    previous: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Packer:
    """Packs files of `feeds` for one appliance, in memory bounded by one chunk."""

    appliance: Appliance
    feeds: Sequence[Mapping]
    stage: Stage
    clock: Clock
    surveyor: Surveyor = field(default_factory=Surveyor)

    async def pack(self, file: RangedFile, place: Place, shelf: Shelf) -> BundleManifest:
        """Put the contents on the shelf and return the manifest; `FileRefused` says why there is none."""
        survey = await self.surveyor.survey(file, self.feeds, self.stage)
        # Each in a call of its own, so that nothing of a chunk is held while the next is read.
        chunks = [await self._chunk(survey, chunk, shelf) for chunk in survey.chunks]
        pins = survey.pins
        return BundleManifest(
            tenant=self.appliance.tenant_id,
            appliance=self.appliance.id,
            serial=place.serial,
            previous=place.previous,
            created=self.clock.now(),
            file=Source(name=file.name, size=file.size, sha256=pins.sha256),
            feed=pins.feed,
            mapping_version=pins.mapping_version,
            engine_version=pins.engine_version,
            source=pins.source,
            targets=_targets(survey),
            members=tuple(
                PackedMember(name=it.planned.name, part=it.planned.part, size=it.planned.size)
                for it in survey.members
            ),
            chunks=tuple(chunks),
            records=survey.records,
            warnings=survey.warnings,
        )

    async def _chunk(self, survey: Survey, chunk: Chunk, shelf: Shelf) -> PackedChunk:
        task = await self._task(survey, chunk)
        data = await survey.members[chunk.member].lines.read(chunk.offset, chunk.length)
        result = await asyncio.to_thread(work, data, task, self.appliance.pseudonym_key)
        return PackedChunk(
            member=chunk.member,
            first_record=chunk.first_record,
            records=result.records,
            reject_counts={RejectCode(code): count for code, count in result.reject_counts.items()},
            facts=await self._facts(chunk.n, result, shelf),
            rejects=await self._rejects(chunk.n, result, shelf),
        )

    async def _facts(self, n: int, result: Work, shelf: Shelf) -> PackedFacts | None:
        if result.facts.is_empty():
            return None
        content = await asyncio.to_thread(parquet, result.facts)
        await shelf.put(facts_name(n), content)
        return PackedFacts(rows=result.facts.height, **Content.of(content).model_dump())

    async def _rejects(self, n: int, result: Work, shelf: Shelf) -> Content | None:
        if result.rejects.is_empty():
            return None
        content = result.reject_lines()
        await shelf.put(rejects_name(n), content)
        return Content.of(content)

    async def _task(self, survey: Survey, chunk: Chunk) -> Task:
        task = Task(
            ingest_id=_LATER,
            chunk=chunk,
            member=survey.members[chunk.member].planned,
            recognition=survey.pins,
            mapping=survey.recognised.mapping,
        )
        lookup = task.part.lookup
        if lookup is None:
            return task
        others = [it for it in survey.chunks if survey.members[it.member].planned.part == lookup.part]
        known = [await self._known(survey, replace(task, chunk=other)) for other in others]
        return replace(task, known=pl.concat(known) if known else None)

    async def _known(self, survey: Survey, task: Task) -> pl.DataFrame:
        """Return the facts of a chunk that another part looks up in."""
        member = survey.members[task.chunk.member]
        data = await member.lines.read(task.chunk.offset, task.chunk.length)
        return (await asyncio.to_thread(normalise, data, replace(task, member=member.planned))).facts


def _targets(survey: Survey) -> tuple[PackedTarget, ...]:
    """Return the tables that facts go to; what files say of people besides stays in the district."""
    tables = {member.taken.part.table for member in survey.members}
    return tuple(
        PackedTarget(table=it.table, load=it.load) for it in survey.pins.targets if it.table in tables
    )
