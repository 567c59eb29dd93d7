"""Writes a table as the one sheet of a workbook, row by row: whole numbers as numbers, all else as text."""

import csv
import io
import re
from collections.abc import Iterator
from typing import BinaryIO, Final
from xml.sax.saxutils import escape, quoteattr

from scripts.lib.simulation.zips import Zipping

_WHOLE: Final = re.compile(r"0|[1-9]\d{0,8}")
"""Texts of cells that come back the same when they are stored as numbers."""
_SHEET: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_REFERENCE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CONTENT: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_ODS: Final = "application/vnd.oasis.opendocument.spreadsheet"
_ODS_NAMES: Final = "".join(
    f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text")
)


def write_xlsx(sheet: str, lines: Iterator[str], out: BinaryIO) -> None:
    """Write lines of CSV as an Excel workbook."""
    sheets = f'<sheets><sheet name={quoteattr(sheet)} sheetId="1" r:id="r1"/></sheets>'
    types = "".join(
        f'<Override PartName="/xl/{name}.xml" ContentType="{_CONTENT}.{kind}+xml"/>'
        for name, kind in (("workbook", "sheet.main"), ("sheet", "worksheet"))
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">{types}</Types>',
        "_rels/.rels": _related("officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{_SHEET}" xmlns:r="{_REFERENCE}">{sheets}</workbook>',
        "xl/_rels/workbook.xml.rels": _related("worksheet", "sheet.xml"),
    }
    with Zipping(out) as archive:
        for name, part in parts.items():
            archive.add(name, [part.encode()])
        before = f'<worksheet xmlns="{_SHEET}"><sheetData>'
        archive.add("xl/sheet.xml", _blocks(before, map(_xlsx_row, lines), "</sheetData></worksheet>"))


def write_ods(sheet: str, lines: Iterator[str], out: BinaryIO) -> None:
    """Write lines of CSV as an OpenDocument spreadsheet."""
    before = (
        f"<office:document-content{_ODS_NAMES}><office:body><office:spreadsheet>"
        f"<table:table table:name={quoteattr(sheet)}>"
    )
    after = "</table:table></office:spreadsheet></office:body></office:document-content>"
    with Zipping(out) as archive:
        # Uncompressed and first, so that the first bytes of the file say what it is.
        archive.add("mimetype", [_ODS.encode()], packed=False)
        archive.add("content.xml", _blocks(before, map(_ods_row, lines), after))


def _related(kind: str, target: str) -> str:
    one = f'<Relationship Id="r1" Type="{_REFERENCE}/{kind}" Target="{target}"/>'
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{one}</Relationships>'


def _blocks(before: str, rows: Iterator[str], after: str) -> Iterator[bytes]:
    yield before.encode()
    for row in rows:
        yield row.encode()
    yield after.encode()


def _cells(line: str) -> list[str]:
    return next(csv.reader(io.StringIO(line, newline="")))


def _xlsx_row(line: str) -> str:
    return f"<row>{''.join(map(_xlsx_cell, _cells(line)))}</row>"


def _xlsx_cell(text: str) -> str:
    if not text:
        return "<c/>"
    if _WHOLE.fullmatch(text):
        return f"<c><v>{text}</v></c>"
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def _ods_row(line: str) -> str:
    return f"<table:table-row>{''.join(map(_ods_cell, _cells(line)))}</table:table-row>"


def _ods_cell(text: str) -> str:
    if not text:
        return "<table:table-cell/>"
    if _WHOLE.fullmatch(text):
        return f'<table:table-cell office:value-type="float" office:value="{text}"/>'
    paragraphs = "".join(f"<text:p>{escape(line)}</text:p>" for line in text.split("\n"))
    return f'<table:table-cell office:value-type="string">{paragraphs}</table:table-cell>'
