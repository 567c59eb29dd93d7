"""A head is read once, and every range is the file's own."""

from hypothesis import given
from hypothesis import strategies as st

from shared.ingestion.reading.headed_files import HeadedFile
from shared.ingestion.reading.sniffing import HEAD_BYTES
from tests.fixtures.inspections import MemoryFile

LARGE = bytes(range(256)) * (HEAD_BYTES // 256 + 8)
PLACES = st.integers(0, 50) | st.integers(HEAD_BYTES - 50, len(LARGE) + 50)


class Counted(MemoryFile):
    """Counts how often it is read."""

    reads = 0

    async def read(self, offset: int, length: int) -> bytes:
        self.reads += 1
        return await super().read(offset, length)


@given(st.lists(st.tuples(PLACES, PLACES), max_size=8))
async def test_every_range_is_the_files_own(ranges: list[tuple[int, int]]) -> None:
    file = HeadedFile(MemoryFile("a.csv", LARGE))
    for offset, length in ranges:
        assert await file.read(offset, length) == LARGE[offset : offset + length]


async def test_a_small_file_is_read_once() -> None:
    inner = Counted("a.csv", b"a,b\n1,2\n")
    file = HeadedFile(inner)
    read = [await file.read(offset, 1000) for offset in (0, 4, 0, 8, 99)]

    assert read == [b"a,b\n1,2\n", b"1,2\n", b"a,b\n1,2\n", b"", b""]
    assert inner.reads == 1
