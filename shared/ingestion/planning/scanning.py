"""One pass over the bytes of a file: hash, encoding, quoting, record count and row-aligned chunks.

A second pass follows only for a file whose quotes are misplaced, to cut it where the tolerant reader does.
"""

import hashlib
from dataclasses import dataclass, replace
from typing import Final

from shared.ingestion.model import Chunk, Layout, LineFormat
from shared.ingestion.reading.cutting import Cutter, ParityCutter, TolerantCutter
from shared.ingestion.reading.line_ends import LineEndCheck
from shared.ingestion.reading.sniffing import EncodingCheck
from shared.ingestion.reading.text_lines import LineCutter
from shared.ingestion.refusal import FailureCode, FileRefused
from shared.kernel.errors import Violation

LONGEST_RECORD: Final = 8 * 1024 * 1024
"""No worker shall hold a longer record: by parity such a file counts as irregular, by lines it is refused."""


@dataclass(frozen=True, slots=True)
class Body:
    """What the head of a file says about the rest: how to read it, and in which encodings it may be."""

    layout: Layout
    first_record: int
    """The ordinal of the first record at `layout.body_offset`."""
    encodings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a file turned out to be. `layout` has the final encoding and quoting."""

    sha256: str
    layout: Layout
    chunks: tuple[Chunk, ...]
    warnings: tuple[str, ...]

    @property
    def records(self) -> int:
        """The data records of the file."""
        return sum(chunk.records for chunk in self.chunks)


class _Intake:
    """Feeds the bytes behind header and preamble to a cutter and watches how far record ends lie apart."""

    def __init__(self, cutter: Cutter, offset: int) -> None:
        self._cutter = cutter
        self._to_skip = offset
        self._seen = 0
        self._without_end = 0

    @property
    def is_too_long(self) -> bool:
        return self._without_end >= LONGEST_RECORD

    def take(self, block: bytes) -> None:
        body = block[self._to_skip :]
        self._to_skip = max(self._to_skip - len(block), 0)
        self._seen += len(block)
        ended = self._cutter.feed(body)
        self._without_end = 0 if ended else self._without_end + len(body)

    def too_long(self) -> FileRefused:
        place = Violation(f"byte {self._seen - self._without_end}", "no record ends behind it for that long")
        return FileRefused(FailureCode.TOO_LONG, f"no record ends within {LONGEST_RECORD} bytes", place)


class Scan:
    """The first pass. `note` and `cut` all blocks in their order, then `end`, ask `irregular`, and `finish`.

    To note a block and to cut it are independent of each other and may be done at the same time.
    """

    def __init__(self, body: Body, chunk_bytes: int) -> None:
        layout = body.layout
        self._body = body
        self._hash = hashlib.sha256()
        self._encoding = EncodingCheck()
        self._line_ends = LineEndCheck()
        self._cutter = _first_cutter(body, chunk_bytes)
        self._intake = _Intake(self._cutter, layout.body_offset)
        self._chunks: tuple[Chunk, ...] = ()

    @property
    def irregular(self) -> bool:
        """Whether the file needs a second pass, by `Recut`."""
        return not self._cutter.regular or self._intake.is_too_long

    def note(self, block: bytes) -> None:
        """Hash the next bytes and follow their encoding and line ends; `FileRefused` at a NUL byte."""
        self._hash.update(block)
        self._encoding.feed(block)
        self._line_ends.feed(block)

    def cut(self, block: bytes) -> None:
        """Find the records in the next bytes and cut where chunks end."""
        if not self.irregular:
            self._intake.take(block)

    def end(self) -> None:
        """Take the end of the file; only now `irregular` is final.

        `FileRefused` when a line is too long where lines are records: no other reader finds shorter ones.
        """
        if self._intake.is_too_long and self._body.layout.dialect.lines is not LineFormat.DELIMITED:
            raise self._intake.too_long()
        self._encoding.feed(b"", final=True)
        self._chunks = self._cutter.finish()

    def finish(self, recut: tuple[Chunk, ...] | None) -> Scanned:
        """Return what was found, with the chunks of the second pass if there was one.

        `FileRefused` when the file is in no encoding that it may be in.
        """
        layout = self._body.layout
        encoding, warnings = self._settled_encoding()
        dialect = replace(layout.dialect, encoding=encoding, regular=recut is None)
        lone_cr = self._line_ends.lone_cr_at
        if lone_cr is not None and layout.dialect.lines is not LineFormat.JSON_LINES:
            warnings += (f"the line ends are mixed: the CR alone at byte {lone_cr} ends no record",)
        if recut is not None:
            warnings += ("some quotation marks are misplaced; such records count as malformed-quoting",)
        return Scanned(
            self._hash.hexdigest(),
            replace(layout, dialect=dialect),
            self._chunks if recut is None else recut,
            warnings,
        )

    def _settled_encoding(self) -> tuple[str, tuple[str, ...]]:
        check, layout = self._encoding, self._body.layout
        if check.not_utf8_at is None:
            return "utf-8", ()
        head_is_utf8 = layout.dialect.encoding == "utf-8" and not all(map(str.isascii, layout.header))
        undefined = check.not_cp1252_at
        if "cp1252" not in self._body.encodings:
            raise _in_no_encoding("the file is not UTF-8 throughout, as it has to be", check.not_utf8_at)
        if head_is_utf8 or undefined is not None:
            detail = f"the file is neither UTF-8 (byte {check.not_utf8_at}) nor Windows-1252 throughout"
            raise _in_no_encoding(detail, check.not_utf8_at if undefined is None else undefined)
        return "cp1252", (f"read as Windows-1252: byte {check.not_utf8_at} is not UTF-8",)


def _in_no_encoding(detail: str, at: int) -> FileRefused:
    place = Violation(f"byte {at}", "a byte that the file's encoding does not have")
    return FileRefused(FailureCode.ENCODING, detail, place)


def _first_cutter(body: Body, chunk_bytes: int) -> ParityCutter | LineCutter:
    layout = body.layout
    if layout.dialect.lines is LineFormat.DELIMITED:
        return ParityCutter(layout.dialect.separator, layout.body_offset, body.first_record, chunk_bytes)
    return LineCutter(layout.body_offset, body.first_record, chunk_bytes)


class Recut:
    """The second pass over an irregular file."""

    def __init__(self, body: Body, chunk_bytes: int) -> None:
        layout = body.layout
        self._cutter = TolerantCutter(
            layout.dialect.separator, layout.body_offset, body.first_record, chunk_bytes
        )
        self._intake = _Intake(self._cutter, layout.body_offset)

    def feed(self, block: bytes) -> None:
        """Take the next bytes; `FileRefused` when no line ends in `LONGEST_RECORD` bytes."""
        self._intake.take(block)
        if self._intake.is_too_long:
            raise self._intake.too_long()

    def finish(self) -> tuple[Chunk, ...]:
        """Take the end of the file and return the chunks."""
        return self._cutter.finish()
