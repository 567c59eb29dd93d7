"""Inspects a file as the pipeline would take it in, and tells what is in it; nothing is stored.

A file that fits no feed is still taken apart as a table, so that whoever maps it sees its records.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import polars as pl

from shared.ingestion import policies
from shared.ingestion.binding import Binding
from shared.ingestion.containers import signed_container, text_container
from shared.ingestion.examining import VERDICTS, Examined, Examiner, FeedExaminer, Status, TableExaminer
from shared.ingestion.inspection import Counts, Inspection, Match
from shared.ingestion.mapping import Mapping
from shared.ingestion.model import Chunk, Dialect, Layout
from shared.ingestion.ports import RangedFile
from shared.ingestion.recognising import Recognised, recognise
from shared.ingestion.record_lines import RecordLines
from shared.ingestion.refusal import FileRefused
from shared.ingestion.scanning import Body, Scanned
from shared.ingestion.sniffing import HEAD_BYTES, Head, sniff
from shared.ingestion.survey import Scanner, Survey
from shared.ingestion.table_forms import TableForm, form_of

_SAMPLE_ROWS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspector:
    """Inspects files against `feeds`, in memory bounded by one chunk.

    `facts` takes the canonical rows and `records` JSON lines, chunk by chunk in the order of the file. With
    no pseudonym key the learners of facts stay under the identifiers of the file.
    """

    feeds: Sequence[Mapping]
    pseudonym_key: bytes | None = None
    facts: Callable[[pl.DataFrame], None] | None = None
    records: Callable[[bytes], None] | None = None
    scanner: Scanner = field(default_factory=Scanner)

    async def inspect(self, file: RangedFile, label: str) -> Inspection:
        """Return what is in the file, which answer and lines call `label`; a refusal is an answer too."""
        running = _Running(self, file, label)
        try:
            await running.recognise()
        except FileRefused as refused:
            return replace(running.found, refused=refused.failure)
        return running.found


class _Running:
    """The inspection of one file: `found` is what is known so far, whatever stops it."""

    def __init__(self, wish: Inspector, file: RangedFile, label: str) -> None:
        self._wish = wish
        self._file = file
        self.found = Inspection(file=label, size=file.size)

    async def recognise(self) -> None:
        """Find the feed and examine every record by it, or by the form of the table when no feed fits."""
        first = await self._file.read(0, HEAD_BYTES)
        self.found = replace(self.found, container=signed_container(first))
        head = sniff(first, self._file.size)
        try:
            recognised = await asyncio.to_thread(recognise, head, self._file.name, self._wish.feeds)
        except FileRefused as refused:
            reasons = tuple(f"{why.place}: {why.message}" for why in refused.failure.violations)
            self.found = replace(self.found, refused=refused.failure, reasons=reasons)
            await self._read_table(head)
        else:
            await self._read_feed(head, recognised)

    async def _read_feed(self, head: Head, recognised: Recognised) -> None:
        mapping = recognised.mapping
        self.found = replace(
            self.found,
            container=text_container(recognised.layout.dialect.separator),
            match=_match(recognised),
            reasons=recognised.reasons,
            columns=recognised.layout.header,
        )
        survey = Survey(recognised, await self._wish.scanner.scan_feed(self._file, recognised))
        self._learn_scan(survey.scanned, survey.warnings)
        layout = survey.scanned.layout
        lines = RecordLines(self.found.file, layout.dialect, 1, recognised.first_record)
        if self._wish.records:
            opening = _opening(head, recognised)
            data = await self._file.read(opening.offset, opening.length)
            self._wish.records(lines.lines(data, opening, pl.DataFrame(schema=VERDICTS)))
        examiner = FeedExaminer(mapping, layout, survey.pins, self._file.name, self._wish.pseudonym_key)
        counts = await self._examine(survey.scanned, examiner, lines)
        refused = policies.too_many_rejects(counts.rejected, counts.records, mapping.max_rejected_share)
        self.found = replace(self.found, counts=counts, refused=refused)

    async def _read_table(self, head: Head) -> None:
        form = await asyncio.to_thread(form_of, head)
        self.found = replace(self.found, container=form.container, columns=form.header)
        scanned = await self._wish.scanner.scan(self._file, _body(head, form))
        self._learn_scan(scanned, scanned.warnings)
        dialect = scanned.layout.dialect
        lines = RecordLines(self.found.file, dialect, form.first_record - 1, form.first_record)
        counts = await self._examine(scanned, TableExaminer(form, dialect), lines)
        self.found = replace(self.found, counts=counts)

    def _learn_scan(self, scanned: Scanned, warnings: tuple[str, ...]) -> None:
        dialect = scanned.layout.dialect
        self.found = replace(self.found, sha256=scanned.sha256, dialect=dialect, warnings=warnings)

    async def _examine(self, scanned: Scanned, examiner: Examiner, lines: RecordLines) -> Counts:
        """Examine every chunk and count."""
        tally = _Tally(lines.first_record)
        for chunk in scanned.chunks:
            # In a call of its own, so that nothing of a chunk is held while the next is read.
            tally.add(chunk, await self._examine_chunk(chunk, examiner, lines))
        return tally.counts()

    async def _examine_chunk(self, chunk: Chunk, examiner: Examiner, lines: RecordLines) -> Examined:
        """Examine a chunk and hand its facts and lines on."""
        data = await self._file.read(chunk.offset, chunk.length)
        examined = await asyncio.to_thread(examiner.examine, data, chunk)
        if self._wish.facts and examined.facts is not None:
            self._wish.facts(examined.facts)
        if self._wish.records:
            self._wish.records(await asyncio.to_thread(lines.lines, data, chunk, examined.verdicts))
        return examined


class _Tally:
    """The counts of a file while its chunks come by."""

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


def _match(recognised: Recognised) -> Match:
    mapping = recognised.mapping
    known = Binding(mapping, recognised.layout).positions
    return Match(
        feed=mapping.id,
        version=mapping.version,
        shape=mapping.shape,
        score=recognised.score,
        unknown=recognised.unread,
        missing=tuple(column.name for column in mapping.columns if column.name not in known),
    )


def _opening(head: Head, recognised: Recognised) -> Chunk:
    """Return the records before the data: the header, and a preamble that the feed reads."""
    end = recognised.layout.body_offset
    return Chunk(0, head.offset, end - head.offset, 1, recognised.first_record - 1)


def _body(head: Head, form: TableForm) -> Body:
    dialect = Dialect(encoding=head.encoding, separator=form.separator)
    layout = Layout(dialect=dialect, header=form.header, constants={}, body_offset=head.offset)
    return Body(layout, 1, ("utf-8", "cp1252"))
