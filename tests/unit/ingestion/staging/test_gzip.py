"""What is taken from gzip files."""

import gzip
import io
import tarfile

import pytest

from shared.ingestion.model import LineFormat
from shared.ingestion.reading.containers import Container
from shared.ingestion.refusal import FileRefused
from shared.ingestion.staging.inflating import Gunzip
from shared.ingestion.staging.model import LIMITS, Limits
from tests.fixtures.inspections import MemoryFile
from tests.fixtures.staging import members_of, opened, refusal_of, zipped

ROWS = b"".join(b"%06d,%d\n" % (n, n * n % 7919) for n in range(20_000))


def packed(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


async def test_a_gzip_file_is_its_one_member_without_the_ending() -> None:
    file = MemoryFile("rows.csv.gz", packed(ROWS))

    (member,) = await members_of(file)
    assert (member.name, member.container, member.in_place) == ("rows.csv", Container.CSV, False)
    assert await opened(file) == {"rows.csv": ROWS}


async def test_streams_one_behind_the_other_are_one_text() -> None:
    parts = [ROWS[at : at + 9973] for at in range(0, len(ROWS), 9973)]
    file = MemoryFile("rows.csv.gz", b"".join(map(packed, parts)) + bytes(512))

    assert await opened(file) == {"rows.csv": ROWS}


async def test_json_lines_may_be_packed() -> None:
    file = MemoryFile("events.jsonl.gz", packed(b'{"a": 1}\n'))

    (member,) = await members_of(file)
    assert (member.container, member.lines) == (Container.JSONL, LineFormat.JSON_LINES)
    assert await opened(file) == {"events.jsonl": b'{"a": 1}\n'}


async def test_a_gzip_file_cut_anywhere_is_damaged() -> None:
    whole = packed(ROWS[:2000])

    for length in range(2, len(whole)):
        assert (await refusal_of(MemoryFile("x.gz", whole[:length]))).failure.code == "damaged-file"


@pytest.mark.parametrize(
    "content",
    [
        packed(ROWS)[:-8] + bytes(8),
        packed(ROWS)[:5000] + b"\xff" * 100 + packed(ROWS)[5100:],
        packed(ROWS) + b"garbage",
        b"\x1f\x8bgarbage",
    ],
)
async def test_a_broken_gzip_file_is_refused_with_its_place(content: bytes) -> None:
    refused = await refusal_of(MemoryFile("x.csv.gz", content))

    assert refused.failure.code == "damaged-file"
    assert refused.violations[0].place.startswith("x.csv, byte ")


def tarred() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        archive.addfile(tarfile.TarInfo("a.csv"))
    return out.getvalue()


@pytest.mark.parametrize("inner", [packed(ROWS), zipped({"a.csv": ROWS}), tarred()])
async def test_archives_in_a_gzip_file_are_refused(inner: bytes) -> None:
    assert (await refusal_of(MemoryFile("x.gz", packed(inner)))).failure.code == "unsafe-archive"


def test_a_bomb_is_refused_before_it_has_yielded_more_than_its_share() -> None:
    bomb, produced = packed(bytes(300_000_000)), 0

    with pytest.raises(FileRefused, match="200 times"):
        for piece in Gunzip("x", LIMITS).feed(bomb):
            produced += len(piece)
    assert produced <= 200 * 32 * 1024


async def test_more_than_the_limit_is_refused() -> None:
    assert (await refusal_of(MemoryFile("x.gz", packed(ROWS)), Limits(unpacked=1000))).failure.code == (
        "unsafe-archive"
    )
