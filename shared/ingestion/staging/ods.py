"""The tables of an OpenDocument spreadsheet (OpenDocument 1.3 part 3, section 9), read as a stream of XML."""

import re
from typing import Final

from shared.ingestion.staging.cells import render, with_zeros
from shared.ingestion.staging.model import Limits
from shared.ingestion.staging.number_formats import Kind, NumberFormat
from shared.ingestion.staging.refusals import beyond, damaged
from shared.ingestion.staging.sheets import COST_OF_A_TEXT, Row
from shared.ingestion.staging.xml_parsing import XmlParser, local

_COLUMNS: Final = 16_384
_CELLS: Final = ("table-cell", "covered-table-cell")
_DURATION: Final = re.compile(r"PT(\d{1,6})H(\d{1,2})M(\d{1,2})(?:[.,]\d+)?S")
_MIDNIGHT: Final = "T00:00:00"


class OdsTable(XmlParser):
    """Reads the rows of one table, and which tables there are."""

    def __init__(self, member: str, limits: Limits, wanted: str | None) -> None:
        super().__init__(member, limits)
        self._wanted = wanted
        self._table = ""
        self._rows: list[Row] = []
        self._cells: dict[int, str] = {}
        self._column = 0
        self._row_times = self._cell_times = 1
        self._attributes: dict[str, str] = {}
        self._paragraphs: list[list[str]] = []
        self.filled: dict[str, bool] = {}
        """Whether each table has a filled cell, in order."""

    def rows(self, block: bytes, *, final: bool = False) -> list[Row]:
        """Take the next bytes and return the rows that end in them."""
        self.follow(block, final=final)
        rows, self._rows = self._rows, []
        return rows

    def begin(self, attributes: dict[str, str]) -> None:
        """Begin a table, a row, a cell or a piece of its text."""
        name = self.path[-1]
        if name in _CELLS:
            self._attributes = {local(key): value for key, value in attributes.items()}
            self._cell_times = self._repeated(self._attributes, "number-columns-repeated")
            self._paragraphs = []
            self.hold(sum(map(len, self._attributes.values())))
        elif name == "table-row":
            named = {local(key): value for key, value in attributes.items()}
            self._row_times = self._repeated(named, "number-rows-repeated")
            self._cells, self._column = {}, 0
            self.begin_record()
        elif name == "table":
            self._table = {local(key): value for key, value in attributes.items()}.get("name", "")
            self.filled.setdefault(self._table, False)
        elif "annotation" not in self.path:
            self._begin_text(name, attributes)

    def _begin_text(self, name: str, attributes: dict[str, str]) -> None:
        if name == "p":
            self.hold(COST_OF_A_TEXT)
            self._paragraphs.append([])
        elif name == "s":
            named = {local(key): value for key, value in attributes.items()}
            self._add(" " * min(self._repeated(named, "c"), self._limits.record))
        elif name == "tab":
            self._add("\t")
        elif name == "line-break":
            self._add("\n")

    def text(self, text: str) -> None:
        """Take a piece of text."""
        if "p" in self.path and "annotation" not in self.path:
            self._add(text)

    def end(self) -> None:
        """End a cell or a row."""
        if self.path[-1] in _CELLS:
            self._end_cell()
        elif self.path[-1] == "table-row" and self._cells:
            self.filled[self._table] = True
            if self._wanted == self._table:
                self._rows.append(Row(self._cells, self._row_times))

    def _end_cell(self) -> None:
        if value := self._rendered():
            if self._column + self._cell_times > _COLUMNS:
                raise beyond(f"{self._member}, byte {self.byte}", f"a cell lies beyond column {_COLUMNS}")
            self.hold(len(value) * (self._cell_times - 1))
            for column in range(self._column, self._column + self._cell_times):
                self._cells[column] = value
        self._column += self._cell_times

    def _rendered(self) -> str:
        found = self._attributes
        match found.get("value-type", found.get("type")):
            case "float" | "currency":
                return with_zeros(render(found.get("value", ""), NumberFormat()), self._shown())
            case "percentage":
                return render(found.get("value", ""), NumberFormat(Kind.PERCENT))
            case "date":
                return found.get("date-value", "").removesuffix(_MIDNIGHT)
            case "time":
                return _time(found.get("time-value", ""))
            case "boolean":
                return found.get("boolean-value", "").upper()
            case _:
                return found.get("string-value") or self._shown()

    def _shown(self) -> str:
        return "\n".join(map("".join, self._paragraphs))

    def _add(self, text: str) -> None:
        if self._paragraphs:
            self.hold(len(text) + COST_OF_A_TEXT)
            self._paragraphs[-1].append(text)

    def _repeated(self, named: dict[str, str], name: str) -> int:
        times = named.get(name, "1")
        if not times.isdecimal() or not 0 < len(times) < 10:
            raise damaged(self._member, self.byte, f"{name} is no number that a spreadsheet may have")
        return int(times)


def _time(duration: str) -> str:
    match = _DURATION.fullmatch(duration)
    return f"{int(match[1]):02}:{int(match[2]):02}:{int(match[3]):02}" if match else duration
