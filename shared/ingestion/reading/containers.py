"""Tells from the first bytes of a file in which container its data comes."""

import codecs
import json
from enum import StrEnum
from typing import Final


class Container(StrEnum):
    """How the data of a file is held together."""

    CSV = "csv"
    TSV = "tsv"
    FIXED_WIDTH = "fixed-width"
    XLSX = "xlsx"
    ODS = "ods"
    ZIP = "zip"
    GZIP = "gzip"
    TAR = "tar"
    JSON = "json"
    JSONL = "jsonl"
    XML = "xml"
    PARQUET = "parquet"
    PDF = "pdf"
    OFFICE_97 = "office-97"


DESCRIPTIONS: Final = {
    Container.XLSX: "an Excel workbook",
    Container.ODS: "an OpenDocument spreadsheet",
    Container.ZIP: "a zip archive",
    Container.GZIP: "a gzip file",
    Container.TAR: "a tar archive",
    Container.JSON: "JSON",
    Container.JSONL: "JSON lines",
    Container.XML: "XML or HTML",
    Container.PARQUET: "a Parquet file",
    Container.PDF: "a PDF document",
    Container.OFFICE_97: "an Office 97 document",
}
"""The containers that a signature gives away, in words."""

_SIGNATURES: Final = {
    b"PK\x03\x04": Container.ZIP,
    b"PK\x05\x06": Container.ZIP,
    b"\x1f\x8b": Container.GZIP,
    b"%PDF": Container.PDF,
    b"\xd0\xcf\x11\xe0": Container.OFFICE_97,
    b"PAR1": Container.PARQUET,
    b"{": Container.JSON,
    b"[": Container.JSON,
    b"<": Container.XML,
}
_TAR: Final = b"ustar"
"""At byte 257 of a POSIX tar archive."""
_TAR_AT: Final = 257
_ODS: Final = b"mimetype" + b"application/vnd.oasis.opendocument.spreadsheet"
"""Name and content of the first member, uncompressed, at byte 30 (OpenDocument 1.3 part 2, section 3.3)."""
_ODS_AT: Final = 30
_XLSX: Final = (b"[Content_Types].xml", b"xl/")


def signed_container(first: bytes) -> Container | None:
    """Return the container that the first bytes of a file give away, None for other text."""
    text = first.removeprefix(codecs.BOM_UTF8).lstrip()
    kind = next((kind for magic, kind in _SIGNATURES.items() if text.startswith(magic)), None)
    if kind is Container.ZIP:
        return _zip_kind(first)
    if kind is None and first.startswith(_TAR, _TAR_AT):
        return Container.TAR
    return Container.JSONL if kind is Container.JSON and _is_lines(text) else kind


def text_container(separator: str) -> Container:
    """Return the container of delimited text."""
    return Container.TSV if separator == "\t" else Container.CSV


def _zip_kind(first: bytes) -> Container:
    if first.startswith(_ODS, _ODS_AT):
        return Container.ODS
    return Container.XLSX if all(name in first for name in _XLSX) else Container.ZIP


def _is_lines(text: bytes) -> bool:
    """Tell whether the first line is a JSON object of its own and something follows it."""
    line, _, following = text.partition(b"\n")
    try:
        return isinstance(json.loads(line), dict) and bool(following.strip())
    except (ValueError, RecursionError):
        return False
