"""Inspects a file as the pipeline would take it in, and tells what is in it; nothing is stored.

A file that fits no feed is still taken apart, table by table, so that whoever maps it sees its records.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import polars as pl

from shared.ingestion import policies
from shared.ingestion.inspecting.examining import (
    VERDICTS,
    Examined,
    Examiner,
    FeedExaminer,
    Status,
    TableExaminer,
)
from shared.ingestion.inspecting.inspection import Counts, Inspection, Match, MemberInspection
from shared.ingestion.inspecting.record_lines import RecordLines
from shared.ingestion.loads import Load
from shared.ingestion.mapping.feed import Mapping
from shared.ingestion.mapping.layouts import positions_of
from shared.ingestion.model import Chunk, Layout, LineFormat
from shared.ingestion.planning.scanning import Body, Scanned
from shared.ingestion.planning.survey import Stage, Survey, SurveyedMember, Surveyor, heads_of
from shared.ingestion.ports import RangedFile
from shared.ingestion.reading.containers import Container, signed_container
from shared.ingestion.reading.sniffing import HEAD_BYTES
from shared.ingestion.reading.swapped_quotes import SINGLE, SwappedQuotes
from shared.ingestion.recognising.members import MemberHead, Taken
from shared.ingestion.recognising.recognition import Recognised, recognise
from shared.ingestion.recognising.table_forms import TableForm, form_of
from shared.ingestion.refusal import FileRefused
from shared.ingestion.staging import Member, OpenedFile, open_file
from shared.ingestion.table_names import TableName

_SAMPLE_ROWS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspector:
    """Inspects files against `feeds`, in memory bounded by one chunk.

    `facts` takes the canonical rows of a table and `records` JSON lines, chunk by chunk in the order of the
    file. With no pseudonym key people stay under the identifiers of the file. `stage` takes the lines of what
    is packed.
    """

    feeds: Sequence[Mapping]
    stage: Stage
    pseudonym_key: bytes | None = None
    facts: Callable[[TableName, pl.DataFrame], None] | None = None
    records: Callable[[bytes], None] | None = None
    surveyor: Surveyor = field(default_factory=Surveyor)

    async def inspect(self, file: RangedFile, label: str) -> Inspection:
        """Return what is in the file, which answer and lines call `label`; a refusal is an answer too."""
        running = _Running(self, file, label)
        try:
            await running.run()
        except FileRefused as refused:
            return replace(running.found, refused=refused.failure)
        return running.found


class _Running:
    """The inspection of one file: `found` is what is known so far, whatever stops it."""

    def __init__(self, wish: Inspector, file: RangedFile, label: str) -> None:
        self._wish = wish
        self._file = file
        self.found = Inspection(file=label, size=file.size)

    async def run(self) -> None:
        """Find the feed and examine every record by it, or by the form of each table when no feed fits."""
        first = await self._file.read(0, HEAD_BYTES)
        self.found = replace(self.found, container=signed_container(first))
        opened = await open_file(self._file)
        if len(opened.members) == 1 and self.found.container is None:
            self.found = replace(self.found, container=opened.members[0].container)
        heads = await heads_of(opened)
        try:
            recognised = await asyncio.to_thread(recognise, heads, self._file.name, self._wish.feeds)
        except FileRefused as refused:
            reasons = tuple(f"{why.place}: {why.message}" for why in refused.failure.violations)
            self.found = replace(self.found, refused=refused.failure, reasons=reasons)
            for at, head in enumerate(heads):
                await self._read_table(opened, at, head)
            if self.found.sha256 is None:
                self.found = replace(self.found, sha256=await opened.sha256())
        else:
            await self._read_feed(opened, heads, recognised)

    async def _read_feed(
        self, opened: OpenedFile, heads: Sequence[MemberHead], recognised: Recognised
    ) -> None:
        mapping = recognised.mapping
        score = await asyncio.to_thread(lambda: recognised.score)
        self.found = replace(
            self.found,
            feed=mapping.id,
            version=mapping.version,
            format_version=recognised.version.version if recognised.version else None,
            score=score,
            reasons=recognised.reasons,
            members=tuple(
                _told(opened.members[taken.at], taken, load)
                for taken, load in zip(recognised.members, recognised.loads, strict=True)
            ),
        )
        survey = await self._wish.surveyor.scan_feed(opened, recognised, self._wish.stage)
        self.found = replace(self.found, sha256=survey.sha256, warnings=survey.warnings)
        for at, surveyed in enumerate(survey.members):
            counts = await self._examine_member(survey, surveyed, heads[surveyed.taken.at])
            self._learn(at, dialect=surveyed.scanned.layout.dialect, counts=counts)
        total = self.found.counts
        if total is not None:
            refused = policies.too_many_rejects(total.rejected, total.records, mapping.max_rejected_share)
            self.found = replace(self.found, refused=refused)

    async def _examine_member(self, survey: Survey, surveyed: SurveyedMember, head: MemberHead) -> Counts:
        taken, layout = surveyed.taken, surveyed.scanned.layout
        lines = RecordLines(self.found.file, taken.name, layout, taken.header_record, taken.first_record)
        if self._wish.records and taken.first_record > 1:
            opening = _opening(head, taken)
            data = await surveyed.lines.read(opening.offset, opening.length)
            self._wish.records(lines.lines(data, opening, pl.DataFrame(schema=VERDICTS)))
        mapping = survey.recognised.mapping
        key = self._wish.pseudonym_key
        known = await self._known(survey, taken)
        examiner = FeedExaminer(mapping, surveyed.planned, survey.pins, key, known)
        return await self._examine(surveyed.lines, surveyed.scanned, examiner, lines, taken.part.table)

    async def _known(self, survey: Survey, taken: Taken) -> pl.DataFrame | None:
        """Return the facts of the part that this one looks up in."""
        if taken.part.lookup is None:
            return None
        found = []
        for other in survey.members:
            if other.taken.part.name == taken.part.lookup.part:
                examiner = FeedExaminer(survey.recognised.mapping, other.planned, survey.pins, None)
                for chunk in other.scanned.chunks:
                    data = await other.lines.read(chunk.offset, chunk.length)
                    found.append((await asyncio.to_thread(examiner.examine, data, chunk)).facts)
        frames = [facts for facts in found if facts is not None]
        return pl.concat(frames) if frames else None

    async def _read_table(self, opened: OpenedFile, at: int, head: MemberHead) -> None:
        member = opened.members[at]
        form = await asyncio.to_thread(form_of, head)
        told = MemberInspection(
            name=member.name, container=form.container, columns=form.header, quote=form.quote
        )
        self.found = replace(self.found, members=(*self.found.members, told))
        if len(self.found.members) == 1 and self.found.container is None:
            self.found = replace(self.found, container=form.container)
        file = self._file
        if not member.in_place:
            file = (await self._wish.stage.write(at, member.name, opened.stream(member))).file
        read = SwappedQuotes(file) if form.quote == SINGLE else file
        scanned = await self._wish.surveyor.scan(read, _body(head, form))
        self.found = replace(
            self.found,
            # What was scanned as it lies in the file is not read again for its digest.
            sha256=scanned.sha256 if read is self._file else self.found.sha256,
            warnings=(*self.found.warnings, *member.warnings, *scanned.warnings),
        )
        lines = RecordLines(
            self.found.file, member.name, scanned.layout, form.first_record - 1, form.first_record, form.quote
        )
        counts = await self._examine(read, scanned, TableExaminer(form, scanned.layout), lines, None)
        self._learn(len(self.found.members) - 1, dialect=scanned.layout.dialect, counts=counts)

    def _learn(self, at: int, **known: object) -> None:
        """Add to what is known of the member at place `at`."""
        members = list(self.found.members)
        members[at] = replace(members[at], **known)  # type: ignore[arg-type]  # the callers name its fields
        self.found = replace(self.found, members=tuple(members))

    async def _examine(
        self,
        file: RangedFile,
        scanned: Scanned,
        examiner: Examiner,
        lines: RecordLines,
        table: TableName | None,
    ) -> Counts:
        """Examine every chunk and count."""
        tally = _Tally(lines.first_record)
        for chunk in scanned.chunks:
            # In a call of its own, so that nothing of a chunk is held while the next is read.
            tally.add(chunk, await self._examine_chunk(file, chunk, examiner, lines, table))
        return tally.counts()

    async def _examine_chunk(
        self, file: RangedFile, chunk: Chunk, examiner: Examiner, lines: RecordLines, table: TableName | None
    ) -> Examined:
        """Examine a chunk and hand its facts and lines on."""
        data = await file.read(chunk.offset, chunk.length)
        examined = await asyncio.to_thread(examiner.examine, data, chunk)
        if self._wish.facts and table is not None and examined.facts is not None:
            self._wish.facts(table, examined.facts)
        if self._wish.records:
            self._wish.records(await asyncio.to_thread(lines.lines, data, chunk, examined.verdicts))
        return examined


class _Tally:
    """The counts of a table while its chunks come by."""

    def __init__(self, first_record: int) -> None:
        self._first_record = first_record
        self._records = self._facts = 0
        self._rejects: Counter[str] = Counter()
        self._repaired: Counter[str] = Counter()
        self._sample: list[dict[str, object]] = []

    def add(self, chunk: Chunk, examined: Examined) -> None:
        """Count one more chunk."""
        self._records += max(chunk.records - max(self._first_record - chunk.first_record, 0), 0)
        self._rejects.update(examined.counts(Status.REJECTED, self._first_record))
        self._repaired.update(examined.counts(Status.REPAIRED, self._first_record))
        if examined.facts is not None:
            self._facts += examined.facts.height
            self._sample += examined.facts.head(_SAMPLE_ROWS - len(self._sample)).to_dicts()

    def counts(self) -> Counts:
        """Return the counts so far."""
        return Counts(
            records=self._records,
            rejects=self._rejects,
            repaired=self._repaired,
            facts=self._facts,
            sample=self._sample,
        )


def _told(member: Member, taken: Taken, load: Load) -> MemberInspection:
    known = positions_of(taken.part, taken.layout.header)
    match = Match(
        part=taken.part.name,
        table=taken.part.table,
        load=load,
        shape=taken.part.shape,
        score=taken.judgement.score,
        unknown=taken.unread,
        missing=tuple(column.name for column in taken.part.columns if column.name not in known),
    )
    container = Container.FIXED_WIDTH if taken.layout.slices else member.container
    return MemberInspection(name=member.name, container=container, match=match, columns=taken.layout.header)


def _opening(head: MemberHead, taken: Taken) -> Chunk:
    """Return the records before the data: the header, and a preamble that the feed reads."""
    end, start = taken.layout.body_offset, head.head.offset
    return Chunk(0, start, end - start, 1, taken.first_record - 1)


def _body(head: MemberHead, form: TableForm) -> Body:
    layout = Layout(
        dialect=form.dialect(head.head.encoding, head.lines),
        header=form.header,
        constants={},
        body_offset=head.head.offset,
    )
    # JSON is UTF-8 and nothing else (RFC 8259 section 8.1).
    encodings = ("utf-8",) if head.lines is LineFormat.JSON_LINES else ("utf-8", "cp1252")
    return Body(layout, 1, encodings)
