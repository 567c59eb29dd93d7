"""The parts of an Excel workbook (ECMA-376 part 1, sections 12 and 18), each read as a stream of XML."""

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shared.ingestion.staging.cells import render
from shared.ingestion.staging.model import Limits
from shared.ingestion.staging.number_formats import NumberFormat, format_of
from shared.ingestion.staging.refusals import beyond, damaged
from shared.ingestion.staging.sheets import COST_OF_A_TEXT, Row
from shared.ingestion.staging.xml_parsing import XmlParser

_PLACE: Final = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_COLUMNS: Final = 16_384
_ESCAPED: Final = re.compile("_x(000D|000A|0009|005F)_")
_BOOLEANS: Final = {"1": "TRUE", "0": "FALSE"}


class Relationships(XmlParser):
    """Which parts a part refers to, by id."""

    def __init__(self, member: str, limits: Limits, folder: str) -> None:
        super().__init__(member, limits)
        self._folder = folder
        self.targets: dict[str, str] = {}
        self.kinds: dict[str, str] = {}
        """The target of each kind, by the last word of its type."""

    def begin(self, attributes: dict[str, str]) -> None:
        """Take a relationship."""
        if self.path[-1] == "Relationship" and attributes.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", self._folder, attributes.get("Target", "")))[1:]
            self.targets[attributes.get("Id", "")] = target
            self.kinds[attributes.get("Type", "").rpartition("/")[2]] = target


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """A sheet as the workbook lists it."""

    name: str
    relationship: str
    hidden: bool


class WorkbookPart(XmlParser):
    """The sheets of a workbook in order, and from when it counts its days."""

    def __init__(self, member: str, limits: Limits) -> None:
        super().__init__(member, limits)
        self.sheets: list[SheetEntry] = []
        self.since_1904 = False

    def begin(self, attributes: dict[str, str]) -> None:
        """Take a sheet or the properties of the workbook."""
        if self.path[-1] == "sheet":
            named = {name.rpartition(" ")[2]: value for name, value in attributes.items()}
            hidden = named.get("state", "visible") != "visible"
            self.sheets.append(SheetEntry(named.get("name", ""), named.get("id", ""), hidden))
        elif self.path[-1] == "workbookPr":
            self.since_1904 = attributes.get("date1904") in {"1", "true"}


class Strings(XmlParser):
    """The strings that cells share. Readings of ideographs are not part of them."""

    def __init__(self, member: str, limits: Limits) -> None:
        super().__init__(member, limits)
        self._cost = 0
        self._text: list[str] = []
        self.strings: list[str] = []

    def text(self, text: str) -> None:
        """Take a piece of a string."""
        if self.path[-1] == "t" and "rPh" not in self.path:
            self.hold(len(text) + COST_OF_A_TEXT)
            self._cost += len(text)
            self._text.append(text)

    def end(self) -> None:
        """Take the end of a string."""
        if self.path[-1] == "si":
            self.strings.append(unescaped("".join(self._text)))
            self._text.clear()
            self._cost += COST_OF_A_TEXT
            self.begin_record()
        if self._cost > self._limits.strings:
            raise beyond(self._member, "its strings take more memory than a workbook may; send it as CSV")


class Styles(XmlParser):
    """How each style of a cell has numbers written."""

    def __init__(self, member: str, limits: Limits) -> None:
        super().__init__(member, limits)
        self._codes: dict[str, str] = {}
        self._uses: list[str] = []

    def begin(self, attributes: dict[str, str]) -> None:
        """Take a number format, or the style of cells that uses one."""
        if self.path[-1] == "numFmt":
            self._codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif self.path[-2:] == ["cellXfs", "xf"]:
            self._uses.append(attributes.get("numFmtId", "0"))

    @property
    def formats(self) -> list[NumberFormat]:
        """The number formats by the index of the style."""
        return [format_of(int(one) if one.isdecimal() else 0, self._codes.get(one)) for one in self._uses]


@dataclass(frozen=True, slots=True)
class Shared:
    """What the sheets of a workbook refer to."""

    strings: Sequence[str] = ()
    formats: Sequence[NumberFormat] = ()
    since_1904: bool = False


class XlsxSheet(XmlParser):
    """Reads the rows of a sheet."""

    def __init__(self, member: str, limits: Limits, shared: Shared) -> None:
        super().__init__(member, limits)
        self._shared = shared
        self._rows: list[Row] = []
        self._cells: dict[int, str] = {}
        self._column = -1
        self._type, self._style = "", ""
        self._value: list[str] = []
        self._formula: list[str] = []

    def rows(self, block: bytes, *, final: bool = False) -> list[Row]:
        """Take the next bytes and return the rows that end in them."""
        self.follow(block, final=final)
        rows, self._rows = self._rows, []
        return rows

    def begin(self, attributes: dict[str, str]) -> None:
        """Begin a row or a cell."""
        if self.path[-1] == "row":
            self._cells, self._column = {}, -1
            self.begin_record()
        elif self.path[-1] == "c":
            self._column = self._column_of(attributes.get("r"))
            self._type, self._style = attributes.get("t", "n"), attributes.get("s", "0")
            self._value.clear()
            self._formula.clear()

    def text(self, text: str) -> None:
        """Take a piece of a value or a formula."""
        if self.path[-1] == "v" or (self.path[-1] == "t" and "is" in self.path and "rPh" not in self.path):
            self._value.append(text)
        elif self.path[-1] == "f":
            self._formula.append(text)
        else:
            return
        self.hold(len(text) + COST_OF_A_TEXT)

    def end(self) -> None:
        """End a row or a cell."""
        if self.path[-1] == "c":
            if value := self._rendered():
                self._cells[self._column] = value
        elif self.path[-1] == "row" and self._cells:
            self._rows.append(Row(self._cells))

    def _column_of(self, place: str | None) -> int:
        column = self._column + 1
        if place is not None:
            match = _PLACE.fullmatch(place)
            if match is None:
                raise damaged(self._member, self.byte, "a cell has no proper place")
            column = 0
            for letter in match[1]:
                column = column * 26 + ord(letter) - 64
            column -= 1
        if column >= _COLUMNS:
            raise damaged(self._member, self.byte, f"a cell lies beyond column {_COLUMNS}")
        return column

    def _rendered(self) -> str:
        value = "".join(self._value)
        if not value:
            # A formula that was never computed shows itself instead of an empty cell.
            return f"={''.join(self._formula)}" if self._formula else ""
        match self._type:
            case "s":
                return self._shared_string(value)
            case "b":
                return _BOOLEANS.get(value, value)
            case "n":
                return render(value, self._format(), since_1904=self._shared.since_1904)
            case _:
                return unescaped(value)

    def _format(self) -> NumberFormat:
        formats = self._shared.formats
        at = int(self._style) if self._style.isdecimal() else len(formats)
        return formats[at] if at < len(formats) else NumberFormat()

    def _shared_string(self, index: str) -> str:
        strings = self._shared.strings
        if not index.isdecimal() or len(index) > 9 or int(index) >= len(strings):
            raise damaged(self._member, self.byte, "a cell refers to a string that is not there")
        string = strings[int(index)]
        self.hold(len(string))
        return string


def unescaped(text: str) -> str:
    """Return text with its escaped line ends, tabs and underscores (ECMA-376 part 1, section 22.9.2.19)."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text
