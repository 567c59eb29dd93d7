"""What a file holds, and how much of it is taken."""

from dataclasses import dataclass
from typing import Final

from shared.ingestion.model import LineFormat
from shared.ingestion.reading.containers import Container

MEGABYTE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Member:
    """One table of a file."""

    name: str
    """Its path in the archive, `workbook.xlsx#Sheet`, or the name of the file that is all one table."""
    container: Container
    """What its own bytes are; for a sheet, the kind of its workbook."""
    encoding: str
    """As found in the first bytes: utf-8, utf-8-sig, utf-16-le, utf-16-be or cp1252."""
    lines: LineFormat
    in_place: bool
    """Whether the file's own bytes can be cut where they lie: it need not be staged."""
    warnings: tuple[str, ...] = ()
    nothing: str | None = None
    """Where a document says that there are no records, as in `{"data": []}`: it may be none of any feed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Beyond these a file is refused before it costs memory or time."""

    members: int = 1000
    unpacked: int = 10 * 1024 * MEGABYTE
    """Bytes of all members together."""
    ratio: int = 200
    """Unpacked to packed bytes of a member, once it has `ratio_from` bytes unpacked."""
    ratio_from: int = MEGABYTE
    record: int = 8 * MEGABYTE
    """Bytes of one JSON or XML record; characters of one row of a sheet, or of one string of a workbook."""
    depth: int = 100
    """How deep a JSON or XML record may nest."""
    workbook: int = 1024 * MEGABYTE
    """Bytes of all parts of a workbook together, unpacked; and characters of the cells of one sheet."""
    sheets: int = 4 * 1024 * MEGABYTE
    """Bytes of the parts of all sheets of a workbook, each part as often as it holds a sheet."""
    strings: int = 128 * MEGABYTE
    """Memory of the strings that the cells of a workbook share."""
    cells: int = 50_000_000
    """Cells of a sheet, empty ones between others included."""


LIMITS: Final = Limits()
