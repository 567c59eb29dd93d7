"""Chunks cover a text exactly once, at record ends, whatever its quotes, chunk size and block size."""

import csv
import io
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ingestion.model import Chunk
from shared.ingestion.reading.cutting import Cutter, ParityCutter, TolerantCutter
from shared.ingestion.reading.records import RecordSplitter

type MakeCutter = Callable[[str, int, int, int], Cutter]

CELL = st.text(alphabet='ab",\n\r;é ', max_size=6)
TABLE = st.lists(st.lists(CELL, min_size=1, max_size=3), max_size=12)
NOISE = st.text(alphabet='a",\n\r', max_size=60).map(str.encode)
SIZES = st.integers(min_value=1, max_value=40)


def as_csv(table: list[list[str]], line_end: str) -> bytes:
    """Write a table by RFC 4180: every cell that needs quotes has them."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=line_end, quoting=csv.QUOTE_MINIMAL).writerows(table)
    return text.getvalue().encode()


def cut(make: MakeCutter, text: bytes, chunk_bytes: int, block_bytes: int) -> tuple[Chunk, ...]:
    cutter = make(",", 100, 2, chunk_bytes)
    for at in range(0, len(text), block_bytes):
        cutter.feed(text[at : at + block_bytes])
    return cutter.finish()


def assert_covers(chunks: tuple[Chunk, ...], text: bytes) -> None:
    offset, record = 100, 2
    for n, chunk in enumerate(chunks):
        assert (chunk.n, chunk.offset, chunk.first_record) == (n, offset, record)
        offset += chunk.length
        record += chunk.records
    assert offset == 100 + len(text)


def records_of(text: bytes) -> list[bytes]:
    return [text[span.start : span.end] for span in RecordSplitter(",").split(text, complete=True)]


@given(TABLE, st.sampled_from(["\n", "\r\n"]), SIZES, SIZES)
def test_chunks_by_parity_cover_the_text_and_count_as_the_csv_module_does(
    table: list[list[str]], line_end: str, chunk_bytes: int, block_bytes: int
) -> None:
    text = as_csv(table, line_end)
    cutter = ParityCutter(",", 100, 2, chunk_bytes)
    for at in range(0, len(text), block_bytes):
        cutter.feed(text[at : at + block_bytes])
    chunks = cutter.finish()

    assert cutter.regular
    assert_covers(chunks, text)
    assert sum(chunk.records for chunk in chunks) == len(table)
    for chunk in chunks:
        piece = text[chunk.offset - 100 : chunk.offset - 100 + chunk.length]
        rows = [row for row in csv.reader(io.StringIO(piece.decode(), newline="")) if row]
        assert len(rows) == chunk.records
        assert chunk is chunks[-1] or chunk.length >= chunk_bytes


@given(NOISE, SIZES, SIZES)
def test_each_record_of_any_noise_lies_in_exactly_one_chunk(
    text: bytes, chunk_bytes: int, block_bytes: int
) -> None:
    chunks = cut(TolerantCutter, text, chunk_bytes, block_bytes)

    assert_covers(chunks, text)
    pieces = [text[c.offset - 100 : c.offset - 100 + c.length] for c in chunks]
    assert [record for piece in pieces for record in records_of(piece)] == records_of(text)
    assert [len(records_of(piece)) for piece in pieces] == [c.records for c in chunks]


@given(NOISE, SIZES, SIZES)
def test_noise_that_passes_as_regular_has_as_many_records_for_both_cutters(
    text: bytes, chunk_bytes: int, block_bytes: int
) -> None:
    cutter = ParityCutter(",", 100, 2, chunk_bytes)
    for at in range(0, len(text), block_bytes):
        cutter.feed(text[at : at + block_bytes])
    chunks = cutter.finish()

    if cutter.regular:
        tolerant = cut(TolerantCutter, text, chunk_bytes, block_bytes)
        # Where blank lines stand at a cut, they may end a chunk for one and begin the next for the other.
        assert sum(c.records for c in tolerant) == sum(c.records for c in chunks)
        assert all(span.well_formed for span in RecordSplitter(",").split(text, complete=True))


@given(NOISE)
def test_text_is_regular_exactly_when_every_record_is_well_formed(text: bytes) -> None:
    cutter = ParityCutter(",", 0, 1, 1000)
    cutter.feed(text)
    cutter.finish()

    assert cutter.regular == all(s.well_formed for s in RecordSplitter(",").split(text, complete=True))


@pytest.mark.parametrize(
    "text",
    [b"height 6'2\"\n", b'a,"b\n', b'a,"b"c\n', b'"a" ,b\n', b'"a"\r,b\n', b'a,b"\n"c"\n'],
)
def test_a_misplaced_quote_makes_a_text_irregular(text: bytes) -> None:
    cutter = ParityCutter(",", 0, 1, 1000)
    cutter.feed(text)
    cutter.finish()

    assert not cutter.regular


def test_a_stray_quote_costs_its_own_line_and_no_other() -> None:
    spans = RecordSplitter(",").split(b'a,"b\nc,d\n"e\nf",g\n6\'2",x\n', complete=True)

    assert [(span.start, span.end, span.well_formed) for span in spans] == [
        (0, 5, False),
        (5, 9, True),
        (9, 17, True),
        (17, 24, False),
    ]
