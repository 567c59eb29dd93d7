"""What the first bytes of a member say: container, encoding, line format, and how to convert it."""

import codecs
import re
from dataclasses import dataclass, replace
from typing import Final

from shared.ingestion.model import LineFormat
from shared.ingestion.reading.containers import DESCRIPTIONS, Container, signed_container
from shared.ingestion.reading.line_ends import end_lines, has_lone_cr, outside_quotes
from shared.ingestion.refusal import FailureCode, FileRefused
from shared.ingestion.staging.blocks import Chain, Converter, Gather, through
from shared.ingestion.staging.json_records import JsonRecords
from shared.ingestion.staging.line_ends import LineEnds
from shared.ingestion.staging.model import Limits
from shared.ingestion.staging.nothing import empty_list_of
from shared.ingestion.staging.refusals import not_in, unread
from shared.ingestion.staging.text import Transcoder, WithoutMark
from shared.ingestion.staging.xml_records import XmlRecords, outline_of

_UTF_32: Final = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_MARKS: Final = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_IN_PLACE: Final = ("utf-8", "utf-8-sig", "cp1252")
_LINES: Final = (".jsonl", ".ndjson")
_DECLARED: Final = re.compile(rb"""<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_XML_ENCODINGS: Final = {
    "utf-8": "utf-8",
    "us-ascii": "utf-8",
    "iso-8859-1": "cp1252",
    "windows-1252": "cp1252",
}


@dataclass(frozen=True, slots=True)
class Look:
    """How a member of text is written."""

    member: str
    container: Container
    encoding: str
    mark: bytes
    ends_by_cr: bool
    """Whether lines end by a CR that no LF follows, all of them or some."""
    warnings: tuple[str, ...] = ()
    nothing: str | None = None
    """Where it says that it holds no records."""

    @property
    def lines(self) -> LineFormat:
        """The line format that it is converted to."""
        if self.container in {Container.JSON, Container.JSONL, Container.XML}:
            return LineFormat.JSON_LINES
        return LineFormat.DELIMITED

    @property
    def in_place(self) -> bool:
        """Whether its bytes can be cut as they are; a byte order mark of UTF-8 does not hinder that."""
        structured = self.container in {Container.JSON, Container.XML}
        return self.encoding in _IN_PLACE and not self.ends_by_cr and not structured

    def converter(self, limits: Limits) -> Chain:
        """Return what turns its bytes into lines of UTF-8."""
        steps = self._to_text()
        if self.container is Container.JSON:
            steps += [Gather(), JsonRecords(self.member, limits)]
        if self.container is Container.XML:
            steps += [Gather(), XmlRecords(self.member, limits)]
        return Chain(steps)

    def outlined(self, first: bytes, limits: Limits) -> "Look":
        """Add what the first bytes tell of a document: what stands beside its records, or that none are."""
        text = b"".join(through(self._to_text(), first))
        if self.container is Container.XML:
            outline = outline_of(self.member, text, limits)
            name = outline.records[-1]
            if outline.is_bare:
                return replace(self, nothing=f"{self.member}, element '{name}'")
            return self._warned(
                f"the records of {self.member} are its elements '{name}'; nothing else is read"
            )
        if self.container is Container.JSON:
            records = JsonRecords(self.member, limits)
            for _ in records.feed(text):
                if records.wrapped:
                    return self._warned(
                        f"the records of {self.member} are a list in its object; nothing else is read"
                    )
            pointer = empty_list_of(text)
            return self if pointer is None else replace(self, nothing=f"{self.member}, {pointer}")
        return self

    def _warned(self, warning: str) -> "Look":
        return replace(self, warnings=(*self.warnings, warning))

    def _to_text(self) -> list[Converter]:
        steps: list[Converter] = []
        if self.mark == codecs.BOM_UTF8:
            steps.append(WithoutMark())
        elif self.mark or (self.encoding == "cp1252" and self.container is Container.XML):
            steps.append(Transcoder(self.member, self.encoding, self.mark))
        if self.ends_by_cr:
            steps.append(LineEnds())
        return steps


def look(member: str, first: bytes, limits: Limits) -> Look:
    """Look at the first bytes of a member; `FileRefused` when it is no text that is read here."""
    if first.startswith(_UTF_32):
        raise FileRefused(FailureCode.ENCODING, "the file is UTF-32; save it as UTF-8")
    mark = next((mark for mark in _MARKS if first.startswith(mark)), b"")
    text = first[len(mark) :]
    if mark in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
        text = text.decode(_MARKS[mark], "ignore").encode("utf-8", "ignore")
    container = _container(member, text)
    encoding = _MARKS.get(mark) or _eight_bits(member, text)
    if container is Container.XML and not mark:
        encoding = _declared(text) or encoding
    warnings = list[str]()
    if container is Container.XML and encoding == "cp1252":
        warnings.append(f"{member} is read as Windows-1252")
    ends_by_cr = _ends_by_cr(container, text)
    if ends_by_cr and b"\n" in outside_quotes(text):
        warnings.append(f"the line ends of {member} are mixed: some are a CR alone, and records end by each")
    return Look(member, container, encoding, mark, ends_by_cr, tuple(warnings)).outlined(first, limits)


def _ends_by_cr(container: Container, text: bytes) -> bool:
    """Tell whether some lines of text end by a CR that no LF follows."""
    if container in {Container.JSON, Container.XML} or b"\r" not in text:
        return False
    if container is Container.JSONL or b"\n" not in text:
        return b"\n" not in text
    return has_lone_cr(text) and end_lines(outside_quotes(text))


def _container(member: str, text: bytes) -> Container:
    container = signed_container(text)
    if container is Container.JSON and member.lower().endswith(_LINES):
        return Container.JSONL
    if container is None:
        line = text[: text.find(b"\n")]
        return Container.TSV if line.count(b"\t") > max(line.count(b","), line.count(b";")) else Container.CSV
    if container not in {Container.JSON, Container.JSONL, Container.XML}:
        raise unread(member, DESCRIPTIONS[container])
    return container


def _eight_bits(member: str, text: bytes) -> str:
    """Return whether text is UTF-8 or else Windows-1252; its last character may be cut off."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(text)
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8"
    try:
        text.decode("cp1252")
    except UnicodeDecodeError as error:
        raise not_in("UTF-8 or Windows-1252", member, error.start) from None
    return "cp1252"


def _declared(text: bytes) -> str | None:
    """Return the encoding that XML declares, None when it declares none."""
    declared = _DECLARED.match(text.lstrip())
    if declared is None:
        return None
    name = declared[1].decode().lower()
    if name not in _XML_ENCODINGS:
        raise FileRefused(FailureCode.ENCODING, f"the file declares the encoding {name}; save it as UTF-8")
    return _XML_ENCODINGS[name]
