"""Turns the rows of a sheet into CSV."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from shared.ingestion.staging.model import Limits
from shared.ingestion.staging.refusals import beyond
from shared.ingestion.staging.xml_parsing import steps

COST_OF_A_TEXT: Final = 64
"""Bytes of memory that a piece of text takes besides its characters."""


@dataclass(frozen=True, slots=True)
class Row:
    """The filled cells of a row by their column, and how often the row is repeated."""

    cells: dict[int, str]
    times: int = 1

    @property
    def length(self) -> int:
        """The characters of its cells, each time that it is repeated."""
        return self.times * sum(map(len, self.cells.values()))


class SheetParser(Protocol):
    """Reads the rows of one sheet from the XML that holds it."""

    def rows(self, block: bytes, *, final: bool = False) -> list[Row]:
        """Take the next bytes and return the rows that end in them; rows without a filled cell are none."""
        ...


@dataclass(slots=True)
class Extent:
    """The columns that a sheet fills, its rows, and the characters in them."""

    first: int = 0
    last: int = -1
    rows: int = 0
    length: int = 0

    def take(self, row: Row) -> None:
        """Widen the extent by a row."""
        first, last = min(row.cells), max(row.cells)
        self.first = min(self.first, first) if self.rows else first
        self.last = max(self.last, last)
        self.rows += row.times
        self.length += row.length

    @property
    def cells(self) -> int:
        """The cells of the sheet as CSV, those that are empty too."""
        return self.rows * (self.last - self.first + 1)


class Measure:
    """A converter that yields nothing and finds out the extent of a sheet."""

    def __init__(self, member: str, limits: Limits, parser: SheetParser) -> None:
        self._member = member
        self._limits = limits
        self._parser = parser
        self.extent = Extent()

    def feed(self, block: bytes) -> Iterator[bytes]:
        """Follow the next bytes; `FileRefused` when the sheet grows beyond its limit."""
        for step in steps(block):
            self._take(self._parser.rows(step))
        yield from ()

    def finish(self) -> Iterator[bytes]:
        """Follow the end."""
        self._take(self._parser.rows(b"", final=True))
        yield from ()

    def _take(self, rows: list[Row]) -> None:
        for row in rows:
            self.extent.take(row)
        if self.extent.cells > self._limits.cells:
            raise beyond(self._member, f"the sheet has more than {self._limits.cells} cells; send it as CSV")
        if self.extent.length > self._limits.workbook:
            what = f"the sheet has more than {self._limits.workbook} characters; send it as CSV"
            raise beyond(self._member, what)


class SheetLines:
    """A converter of a sheet to CSV by RFC 4180, all of whose rows are as wide as the sheet."""

    def __init__(self, extent: Extent, parser: SheetParser) -> None:
        self._extent = extent
        self._parser = parser

    def feed(self, block: bytes) -> Iterator[bytes]:
        """Yield the rows that end in the next bytes."""
        for step in steps(block):
            yield from self._lines(self._parser.rows(step))

    def finish(self) -> Iterator[bytes]:
        """Yield the last rows."""
        yield from self._lines(self._parser.rows(b"", final=True))

    def _lines(self, rows: list[Row]) -> Iterator[bytes]:
        columns = range(self._extent.first, self._extent.last + 1)
        for row in rows:
            line = ",".join([_quoted(row.cells.get(column, "")) for column in columns]).encode() + b"\n"
            for _ in range(row.times):
                yield line


def _quoted(cell: str) -> str:
    if '"' in cell:
        return '"' + cell.replace('"', '""') + '"'
    return f'"{cell}"' if "," in cell or "\n" in cell or "\r" in cell else cell
