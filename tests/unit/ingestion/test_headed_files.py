"""A head is read once, and every range is the file's own."""

from hypothesis import given
from hypothesis import strategies as st

from shared.ingestion.reading.headed_files import SMALL_BYTES, HeadedFile
from shared.ingestion.reading.sniffing import HEAD_BYTES
from tests.fixtures.inspections import MemoryFile

LARGE = bytes(range(256)) * (SMALL_BYTES // 256 + 8)
SMALL = LARGE[:SMALL_BYTES]
PLACES = (
    st.integers(0, 50)
    | st.integers(HEAD_BYTES - 50, HEAD_BYTES + 50)
    | st.integers(SMALL_BYTES - 50, len(LARGE) + 50)
)


class Counted(MemoryFile):
    """Counts how often it is read."""

    reads = 0

    async def read(self, offset: int, length: int) -> bytes:
        self.reads += 1
        return await super().read(offset, length)


@given(st.sampled_from([LARGE, SMALL]), st.lists(st.tuples(PLACES, PLACES), max_size=8))
async def test_every_range_is_the_files_own(content: bytes, ranges: list[tuple[int, int]]) -> None:
    file = HeadedFile(MemoryFile("a.csv", content))
    for offset, length in ranges:
        assert await file.read(offset, length) == content[offset : offset + length]


async def test_all_of_a_small_file_is_read_once_and_the_head_of_a_large_one() -> None:
    small, large = Counted("a.csv", SMALL), Counted("a.csv", LARGE)
    for inner in (small, large):
        file = HeadedFile(inner)
        for _ in range(2):
            await file.read(0, HEAD_BYTES)
            await file.read(0, len(LARGE))
    assert (small.reads, large.reads) == (1, 3)


async def test_a_small_file_is_read_once() -> None:
    inner = Counted("a.csv", b"a,b\n1,2\n")
    file = HeadedFile(inner)
    read = [await file.read(offset, 1000) for offset in (0, 4, 0, 8, 99)]

    assert read == [b"a,b\n1,2\n", b"1,2\n", b"a,b\n1,2\n", b"", b""]
    assert inner.reads == 1
