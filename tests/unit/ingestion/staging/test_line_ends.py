"""How lines are read that end by a CR alone, all of them or some."""

import codecs

import pytest

from shared.ingestion.reading.line_ends import LineEndCheck
from shared.ingestion.staging.line_ends import LineEnds
from tests.fixtures.inspections import MemoryFile
from tests.fixtures.staging import members_of, opened

MIXED = "the line ends of x.csv are mixed: some are a CR alone, and records end by each"


async def read(content: bytes) -> tuple[bytes, tuple[str, ...]]:
    file = MemoryFile("x.csv", content)
    (member,) = await members_of(file)
    return (await opened(file))["x.csv"], member.warnings


async def test_lines_that_all_end_by_cr_are_staged_with_lf_and_keep_the_line_ends_in_their_cells() -> None:
    content = b'a,b\r1,"x\ny"\r2,"x\ry"\r\r3,4'

    assert await read(content) == (b'a,b\n1,"x\ny"\n2,"x\ry"\n\n3,4', ())
    assert (await read(codecs.BOM_UTF16_LE + content.decode().encode("utf-16-le")))[0].count(b"\n") == 5


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"a,b\r1,2\r3,4\n", b"a,b\n1,2\n3,4\n"),
        (b"a,b\n1,2\r3,4\n5,6\n", b"a,b\n1,2\n3,4\n5,6\n"),
        (b"a,b\r\n1,2\r3,4\r", b"a,b\r\n1,2\n3,4\n"),
        (b"a,b\r\r\n1,2\r\r\n", b"a,b\n\r\n1,2\n\r\n"),
        (b"a;b\n1,5;2,5\r3,5;4\n", b"a;b\n1,5;2,5\n3,5;4\n"),
        (b"a\n1\r2\n", b"a\n1\n2\n"),
        (b'a,b\n"x\r",2\r3,4\n', b'a,b\n"x\r",2\n3,4\n'),
    ],
)
async def test_where_some_lines_end_by_cr_alone_each_ends_a_record_and_the_sender_is_told(
    content: bytes, text: bytes
) -> None:
    assert await read(content) == (text, (MIXED,))


@pytest.mark.parametrize(
    "content",
    [b"a,b\r\n" * 60_000, b'a,b\n"x\ry",2\n', b"a,b\n1,x\ry\n3,4\n", b'a,b\n1,2\n"x,y\rz', b"a,b\nx\ry,2\n"],
)
async def test_a_cr_within_a_cell_or_before_lf_ends_no_line(content: bytes) -> None:
    file = MemoryFile("x.csv", content)

    (member,) = await members_of(file)
    assert (member.in_place, member.warnings) == (True, ())


STRAY = b'6\'2",a\rb"c,"\r"d\r",e\r"f,g\r"h\r\nii"",\r"j""\r",k\r'
SPLIT = b'6\'2",a\nb"c,"\n"d\r",e\n"f,g\n"h\r\nii"",\n"j""\r",k\n'


@pytest.mark.parametrize("size", [1, 2, 3, 5, 100])
def test_it_does_not_matter_where_the_text_is_cut_into_blocks(size: int) -> None:
    step, pieces = LineEnds(), list[bytes]()
    for at in range(0, len(STRAY), size):
        pieces += step.feed(STRAY[at : at + size])

    assert b"".join([*pieces, *step.finish()]) == SPLIT


def test_a_quote_that_is_never_closed_does_not_hide_the_lines_behind_it() -> None:
    step = LineEnds()
    content = b'"a,b\r' + b"1,2\r\n3,4\r" * 200_000
    converted = b"".join(step.feed(content)) + b"".join(step.finish())

    assert converted.count(b"\r\n") == 200_000
    assert converted.count(b"\r") == 200_000


@pytest.mark.parametrize("size", [1, 7, 1000])
@pytest.mark.parametrize(
    ("content", "at"),
    [
        (b"a,b\n1,x\ry\n", 7),
        (b'a,b\n"x\ry",2\n"x"\r"y"\n', 15),
        (b"a,b\r\n1,2\r\n", None),
        (b"a,b\n1,2\r\n1,2\n", None),
        (b"a,b\n1,2\n", None),
    ],
)
def test_the_scan_finds_where_a_cr_alone_stands_outside_quotes(
    size: int, content: bytes, at: int | None
) -> None:
    check = LineEndCheck()
    for start in range(0, len(content), size):
        check.feed(content[start : start + size])

    assert check.lone_cr_at == at
