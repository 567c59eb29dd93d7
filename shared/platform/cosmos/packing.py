"""How a page lies in documents: its views as lines packed by Zstandard (RFC 8878): a store charges by size.

{id: "{page}", kind: "page", tableVersion, views: "{base64 of packed lines: view id, tab, JSON}"}

A page that would be too large lies in parts, `{page}!{n}`, and says so: {..., parts: n} in place of views.
"""

import base64
import zlib
from collections.abc import Iterator, Mapping
from typing import Final

from backports.zstd import ZstdCompressor, decompress

from shared.analytics.lines import Lines
from shared.analytics.model import Page
from shared.kernel.events import Json

PARTS: Final = 16
_LARGEST: Final = 900_000
_LEVEL: Final = 1

type PageDocument = dict[str, Json]


class PagePacker:
    """Makes the documents of pages, one page after the other: what compressing one takes serves the next."""

    def __init__(self) -> None:
        self._compressor = ZstdCompressor(_LEVEL)

    def pack(self, page: str, views: Page, table_version: int) -> Iterator[PageDocument]:
        """Return the documents of a page; that which names the others comes last."""
        packed = self._packed(views)
        if len(packed) <= _LARGEST:
            yield _document(page, table_version) | {"views": packed}
            return
        parts: list[dict[str, str]] = [{} for _ in range(PARTS)]
        for view, text in views.items():
            parts[_part(view)][view] = text
        for number, part in enumerate(parts):
            yield _document(f"{page}!{number}", table_version) | {"views": self._packed(part)}
        yield _document(page, table_version) | {"parts": PARTS}

    def _packed(self, views: Page) -> str:
        """Write views in the order of their ids, each between line breaks: JSON text has none of its own."""
        text = Lines.of(views).text.encode()
        return base64.b64encode(self._compressor.compress(text, ZstdCompressor.FLUSH_FRAME)).decode()


def parts_of(page: str, document: Mapping[str, Json]) -> list[str]:
    """Return the ids of the further documents of a page: none for nearly all."""
    return [f"{page}!{number}" for number in range(PARTS)] if "parts" in document else []


def part_of(page: str, view: str) -> str:
    """Return the id of the part that a view of a page in parts lies in."""
    return f"{page}!{_part(view)}"


def page_name(document_id: str) -> str:
    """Return the page that a document belongs to."""
    return document_id.partition("!")[0]


def unpack(document: Mapping[str, Json]) -> dict[str, str]:
    """Return all views of a document."""
    pairs = (line.partition(b"\t") for line in _lines(document).splitlines() if line)
    return {view.decode(): text.decode() for view, _, text in pairs}


def find(document: Mapping[str, Json], view: str) -> str | None:
    """Return one view of a document, without reading the others."""
    lines = _lines(document)
    head = f"\n{view}\t".encode()
    at = lines.find(head)
    if at < 0:
        return None
    start = at + len(head)
    return lines[start : lines.index(b"\n", start)].decode()


def _lines(document: Mapping[str, Json]) -> bytes:
    return decompress(base64.b64decode(str(document["views"])))


def _document(name: str, table_version: int) -> PageDocument:
    return {"id": name, "kind": "page", "tableVersion": table_version}


def _part(view: str) -> int:
    return zlib.crc32(view.encode()) % PARTS
