"""Opens workbooks: each sheet that is not empty is a member, as CSV."""

import asyncio
import posixpath
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final, Protocol

from shared.ingestion.model import LineFormat
from shared.ingestion.reading.containers import Container
from shared.ingestion.refusal import FailureCode, FileRefused
from shared.ingestion.staging.archives import Archive
from shared.ingestion.staging.blocks import Blocks, Chain, converted, first_bytes
from shared.ingestion.staging.model import Member
from shared.ingestion.staging.ods import OdsTable
from shared.ingestion.staging.refusals import beyond, damaged, unread
from shared.ingestion.staging.sheets import Extent, Measure, SheetLines, SheetParser
from shared.ingestion.staging.xlsx import (
    Relationships,
    Shared,
    Strings,
    Styles,
    WorkbookPart,
    XlsxSheet,
)
from shared.ingestion.staging.xml_parsing import XmlParser, steps
from shared.standards.archives.model import Entry

_CONTENT: Final = "content.xml"
_ODS: Final = b"application/vnd.oasis.opendocument.spreadsheet"
_HEAD_BLOCK: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet, the part that holds it, and how that is parsed."""

    name: str
    entry: Entry
    parser: Callable[[], SheetParser]
    hidden: bool = False


class Book(Protocol):
    """A workbook of one format."""

    @property
    def container(self) -> Container:
        """Its format."""
        ...

    async def sheets(self) -> Sequence[Sheet]:
        """Return the sheets in order; some may be empty."""
        ...


@dataclass(frozen=True, slots=True)
class Workbook:
    """A workbook as a file of members: the sheets that have a filled cell."""

    archive: Archive
    members: Sequence[Member]
    _sheets: Mapping[str, Sheet]
    """By the names of the members."""
    _extents: dict[str, Extent] = field(default_factory=dict)
    """Of the sheets that were gone through already."""

    @classmethod
    async def open(cls, archive: Archive) -> "Workbook | None":
        """Open a workbook, None when the archive is none; `FileRefused` when it is too large."""
        book = await _book(archive)
        if book is None:
            return None
        _refuse_large(archive, sum(entry.unpacked for entry in archive.entries), archive.limits.workbook)
        sheets = await book.sheets()
        if len(sheets) > archive.limits.members:
            raise beyond(archive.file.name, f"the workbook has more than {archive.limits.members} sheets")
        repeated = [name for name, times in Counter(one.name for one in sheets).items() if times > 1]
        if repeated:
            raise damaged(archive.file.name, 0, f"more than one sheet has the name '{repeated[0]}'")
        # A part may hold any number of sheets, and is gone through for each of them.
        _refuse_large(archive, sum(sheet.entry.unpacked for sheet in sheets), archive.limits.sheets)
        filled = {f"{archive.file.name}#{one.name}": one for one in sheets if await _is_filled(archive, one)}
        if not filled:
            raise FileRefused(FailureCode.EMPTY, "the workbook is empty")
        members = [_member(name, sheet, book.container) for name, sheet in filled.items()]
        return cls(archive, members, filled)

    async def stream(self, member: Member, block_bytes: int) -> Blocks:
        """Yield the rows of a sheet as CSV, after a first pass that finds out how wide it is."""
        sheet = self._sheets[member.name]
        if member.name not in self._extents:
            self._extents[member.name] = await self._measured(member, sheet)
        lines = Chain((SheetLines(self._extents[member.name], sheet.parser()),))
        async with aclosing(converted(self.archive.stream(sheet.entry, block_bytes), lines)) as blocks:
            async for block in blocks:
                yield block

    async def _measured(self, member: Member, sheet: Sheet) -> Extent:
        measure = Measure(member.name, self.archive.limits, sheet.parser())
        async with aclosing(converted(self.archive.stream(sheet.entry), measure)) as nothing:
            async for _ in nothing:
                pass
        return measure.extent


def _member(name: str, sheet: Sheet, container: Container) -> Member:
    return Member(
        name=name,
        container=container,
        encoding="utf-8",
        lines=LineFormat.DELIMITED,
        in_place=False,
        warnings=(f"the sheet '{sheet.name}' is hidden in the workbook",) if sheet.hidden else (),
    )


def _refuse_large(archive: Archive, unpacked: int, most: int) -> None:
    if unpacked > most:
        what = f"the workbook unpacks to {unpacked} bytes; send its sheets as CSV"
        raise beyond(archive.file.name, what)


async def _is_filled(archive: Archive, sheet: Sheet) -> bool:
    parser = sheet.parser()
    async with aclosing(archive.stream(sheet.entry, _HEAD_BLOCK)) as blocks:
        async for block in blocks:
            for step in steps(block):
                if await asyncio.to_thread(parser.rows, step):
                    return True
    return bool(parser.rows(b"", final=True))


async def _book(archive: Archive) -> Book | None:
    if any(entry.name.startswith("xl/") for entry in archive.entries):
        return XlsxBook(archive)
    kind = archive.find("mimetype")
    if kind is None or archive.find(_CONTENT) is None:
        return None
    if not (await first_bytes(archive.stream(kind, _HEAD_BLOCK), len(_ODS))).startswith(_ODS):
        raise unread(archive.file.name, "an OpenDocument file that is no spreadsheet")
    return OdsBook(archive)


@dataclass(frozen=True, slots=True)
class XlsxBook:
    """An Excel workbook."""

    archive: Archive
    container: Container = Container.XLSX

    async def sheets(self) -> Sequence[Sheet]:
        """Return the sheets that the workbook lists."""
        root = await self._relationships("_rels/.rels", "")
        path = root.kinds.get("officeDocument", "xl/workbook.xml")
        if path.endswith(".bin"):
            raise unread(self.archive.file.name, "a binary Excel workbook")
        folder, name = posixpath.split(path)
        limits = self.archive.limits
        workbook = await self._parsed(path, WorkbookPart(self._place(path), limits))
        parts = await self._relationships(f"{folder}/_rels/{name}.rels", folder)
        shared = await self._shared(parts.kinds, since_1904=workbook.since_1904)
        return [
            Sheet(
                sheet.name, entry, partial(XlsxSheet, self._place(entry.name), limits, shared), sheet.hidden
            )
            for sheet in workbook.sheets
            for entry in [self._entry(parts.targets.get(sheet.relationship, ""))]
        ]

    async def _shared(self, parts: Mapping[str, str], *, since_1904: bool) -> Shared:
        strings, styles = parts.get("sharedStrings"), parts.get("styles")
        limits = self.archive.limits
        shared = Shared(since_1904=since_1904)
        if strings is not None:
            found = await self._parsed(strings, Strings(self._place(strings), limits))
            shared = replace(shared, strings=found.strings)
        if styles is not None:
            shared = replace(
                shared, formats=(await self._parsed(styles, Styles(self._place(styles), limits))).formats
            )
        return shared

    async def _relationships(self, path: str, folder: str) -> Relationships:
        return await self._parsed(path, Relationships(self._place(path), self.archive.limits, folder))

    async def _parsed[P: XmlParser](self, path: str, parser: P) -> P:
        async with aclosing(self.archive.stream(self._entry(path))) as blocks:
            async for block in blocks:
                await asyncio.to_thread(parser.follow, block)
        parser.follow(b"", final=True)
        return parser

    def _entry(self, path: str) -> Entry:
        entry = self.archive.find(path)
        if entry is None:
            raise damaged(self.archive.file.name, 0, f"the workbook has no part '{path}'")
        return entry

    def _place(self, path: str) -> str:
        return f"{self.archive.file.name}/{path}"


@dataclass(frozen=True, slots=True)
class OdsBook:
    """An OpenDocument spreadsheet: all tables lie in one part."""

    archive: Archive
    container: Container = Container.ODS

    async def sheets(self) -> Sequence[Sheet]:
        """Return the tables that have a filled cell."""
        entry = self.archive.find(_CONTENT)
        assert entry is not None  # noqa: S101 - it made the archive a workbook
        every = self._table(None)
        async with aclosing(self.archive.stream(entry)) as blocks:
            async for block in blocks:
                await asyncio.to_thread(every.rows, block)
        every.rows(b"", final=True)
        return [
            Sheet(name, entry, partial(self._table, name)) for name, filled in every.filled.items() if filled
        ]

    def _table(self, name: str | None) -> OdsTable:
        return OdsTable(f"{self.archive.file.name}/{_CONTENT}", self.archive.limits, name)
