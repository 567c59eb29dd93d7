"""What the first bytes of a file give away."""

import gzip

import pytest

from shared.ingestion.reading.containers import Container, signed_container
from tests.fixtures.feed_files import packed

OPEN_DOCUMENT = {"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}


def zipped(*members: str) -> bytes:
    return packed({member: OPEN_DOCUMENT.get(member, "") for member in members})


@pytest.mark.parametrize(
    ("first", "container"),
    [
        (b"a,b\n1,2\n", None),
        (b"\xef\xbb\xbf [1, 2]", Container.JSON),
        (b'{"a": 1,\n "b": 2}', Container.JSON),
        (b'{"a": 1}', Container.JSON),
        (b"[" * 100_000, Container.JSON),
        (b'{"a": 1}\n{"a": 2}\n', Container.JSONL),
        (b"<?xml version='1.0'?>", Container.XML),
        (gzip.compress(b"x", mtime=0), Container.GZIP),
        (bytes(257) + b"ustar\x0000", Container.TAR),
        (zipped("users.csv"), Container.ZIP),
        (zipped(), Container.ZIP),
        (zipped("mimetype", "content.xml"), Container.ODS),
        (zipped("[Content_Types].xml", "xl/workbook.xml"), Container.XLSX),
        (b"%PDF-1.7", Container.PDF),
        (b"PAR1", Container.PARQUET),
    ],
)
def test_a_container_is_told_by_its_signature(first: bytes, container: Container | None) -> None:
    assert signed_container(first) is container
