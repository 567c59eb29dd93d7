"""How text of other encodings and line ends is read."""

import codecs
import gzip

import pytest

from shared.ingestion.model import LineFormat
from shared.ingestion.reading.containers import Container
from shared.ingestion.reading.sniffing import HEAD_BYTES
from shared.ingestion.refusal import FileRefused
from shared.ingestion.staging import open_file
from tests.fixtures.inspections import MemoryFile
from tests.fixtures.staging import members_of, opened, refusal_of

TABLE = "Schüler;Note\nÄnne;1,5\n"


async def test_plain_text_is_cut_in_place() -> None:
    for content in (b"a,b\n1,2\n", TABLE.encode(), TABLE.encode("cp1252"), b'{"a":1}\n{"a":2}\n'):
        (member,) = await members_of(MemoryFile("x.csv", content))
        assert member.in_place


async def test_the_head_of_a_file_in_place_keeps_the_offsets_of_the_file() -> None:
    file = MemoryFile("x.csv", codecs.BOM_UTF8 + TABLE.encode())

    (member,) = await members_of(file)
    assert (member.encoding, member.in_place) == ("utf-8-sig", True)
    assert (await (await open_file(file)).head(member)).offset == 3
    assert await opened(file) == {"x.csv": TABLE.encode()}


@pytest.mark.parametrize(
    ("mark", "encoding"), [(codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")]
)
async def test_utf_16_is_transcoded(mark: bytes, encoding: str) -> None:
    text = TABLE + "😀;\n" * 70_000
    file = MemoryFile("x.txt", mark + text.encode(encoding))

    (member,) = await members_of(file)
    assert (member.encoding, member.in_place, member.warnings) == (encoding, False, ())
    assert await opened(file) == {"x.txt": text.encode()}
    assert text.encode().startswith((await (await open_file(file)).head(member)).text)


@pytest.mark.parametrize(
    ("tail", "byte"), [(b"a", 2 + 2 * len(TABLE)), (b"\x00\xd8a\x00", 2 + 2 * len(TABLE))]
)
async def test_odd_bytes_of_utf_16_are_named(tail: bytes, byte: int) -> None:
    refused = await refusal_of(MemoryFile("x.txt", codecs.BOM_UTF16_LE + TABLE.encode("utf-16-le") + tail))

    assert refused.failure.code == "unsupported-encoding"
    assert refused.violations[0].place == f"x.txt, byte {byte}"


async def test_windows_1252_is_told_and_left_to_the_scan_that_knows_whether_the_feed_allows_it() -> None:
    text = TABLE.encode("cp1252")

    for file in (MemoryFile("x.csv", text), MemoryFile("x.csv.gz", gzip.compress(text))):
        (member,) = await members_of(file)
        assert (member.encoding, member.warnings) == ("cp1252", ())
        assert await opened(file) == {"x.csv": text}


async def test_a_character_across_the_end_of_the_head_is_no_other_encoding() -> None:
    content = b"a" * (HEAD_BYTES - 2) + b"\n" + "ü".encode() + b"\n"
    (member,) = await members_of(MemoryFile("x.csv", content))

    assert member.encoding == "utf-8"


async def test_bytes_of_no_encoding_and_utf_32_are_refused() -> None:
    for content in (b"\x81\n", codecs.BOM_UTF32_LE + TABLE.encode("utf-32-le")):
        assert (await refusal_of(MemoryFile("x.csv", content))).failure.code == "unsupported-encoding"


async def test_lines_that_end_by_cr_alone_are_staged_with_lf() -> None:
    file = MemoryFile("x.csv", b"a,b\r1,2\r3,4")

    (member,) = await members_of(file)
    assert not member.in_place
    assert await opened(file) == {"x.csv": b"a,b\n1,2\n3,4"}


async def test_tabs_and_fixed_width_lines_are_text() -> None:
    for content, container in ((b"a\tb\n1\t2\n", Container.TSV), (b"0012 X\n0013 Y\n", Container.CSV)):
        (member,) = await members_of(MemoryFile("x.txt", content))
        assert (member.container, member.lines) == (container, LineFormat.DELIMITED)


@pytest.mark.parametrize(
    ("first", "what"),
    [
        (b"%PDF-1.7\n", "a PDF document"),
        (b"PAR1\x15\x04", "a Parquet file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office 97 document"),
        (b"<!DOCTYPE html>\n<html/>", "a document type declaration"),
        (b"<html><body/></html>", "an HTML page"),
    ],
)
async def test_other_documents_are_refused_as_what_they_are(first: bytes, what: str) -> None:
    assert what in str(await refusal_of(MemoryFile("x.csv", first)))


@pytest.mark.parametrize("content", [b"\xef\xbb\xbf", b"\xef\xbb\xbf\r\n", b"\xff\xfe", b"\xff\xfe\n\x00"])
async def test_a_file_of_a_byte_order_mark_alone_is_refused_as_empty(content: bytes) -> None:
    file = MemoryFile("x.csv", content)

    (member,) = await members_of(file)
    with pytest.raises(FileRefused) as refused:
        await (await open_file(file)).head(member)
    assert refused.value.failure.code == "empty-file"


async def test_an_empty_file_is_refused() -> None:
    for content in (b"", b" \n\n"):
        assert (await refusal_of(MemoryFile("x.csv", content))).failure.code == "empty-file"
