"""Segments and seals as documents.

Reading is lenient on purpose: whatever somebody did to a document, it must reach the verification, which
names it; a member that is missing or of another type is read as an empty one and fails there.
"""

from collections.abc import Mapping

from shared.audit.chain import Segment
from shared.audit.sealing import Cover, Seal
from shared.kernel.events import Json
from shared.platform.cosmos.operations import Document

_NO_NUMBER = -1


def segment_document(segment: Segment) -> Document:
    """Return the document of a segment, without the keys of its partition."""
    return {
        "id": segment.id,
        "kind": "segment",
        "writer": segment.writer,
        "number": segment.number,
        "previous": segment.previous,
        "entries": list(segment.entries),
        "hashes": list(segment.hashes),
        "keyId": segment.key_id,
        "mac": segment.mac,
    }


def read_segment(document: Mapping[str, Json]) -> Segment:
    """Read a segment as it stands."""
    return Segment(
        owner=_text(document, "tenantId"),
        writer=_text(document, "writer"),
        number=_number(document, "number"),
        month=_text(document, "month"),
        previous=_text(document, "previous"),
        entries=tuple(row if isinstance(row, dict) else {} for row in _rows(document, "entries")),
        hashes=tuple(str(row) for row in _rows(document, "hashes")),
        key_id=_text(document, "keyId"),
        mac=_text(document, "mac"),
    )


def seal_document(seal: Seal) -> Document:
    """Return the document of a seal, without the keys of its partition."""
    return {
        "id": seal.id,
        "kind": "seal",
        "number": seal.number,
        "previous": seal.previous,
        "at": seal.at,
        "covers": [
            {"segment": cover.segment, "month": cover.month, "last": cover.last} for cover in seal.covers
        ],
        "keyId": seal.key_id,
        "mac": seal.mac,
    }


def read_seal(document: Mapping[str, Json]) -> Seal:
    """Read a seal as it stands."""
    return Seal(
        owner=_text(document, "tenantId"),
        number=_number(document, "number"),
        previous=_text(document, "previous"),
        at=_text(document, "at"),
        covers=tuple(_cover(row) for row in _rows(document, "covers") if isinstance(row, dict)),
        key_id=_text(document, "keyId"),
        mac=_text(document, "mac"),
    )


def _cover(row: Mapping[str, Json]) -> Cover:
    return Cover(_text(row, "segment"), _text(row, "month"), _text(row, "last"))


def _text(document: Mapping[str, Json], name: str) -> str:
    value = document.get(name)
    return value if isinstance(value, str) else ""


def _number(document: Mapping[str, Json], name: str) -> int:
    value = document.get(name)
    return value if isinstance(value, int) else _NO_NUMBER


def _rows(document: Mapping[str, Json], name: str) -> list[Json]:
    value = document.get(name)
    return value if isinstance(value, list) else []
