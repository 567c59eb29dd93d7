"""The digest of a file is that of its bytes, whatever of it is read in which order before."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from shared.ingestion.reading.hashed_files import HashedFile
from tests.fixtures.staging import Counted


@given(st.binary(max_size=200), st.lists(st.tuples(st.integers(0, 210), st.integers(0, 60)), max_size=8))
async def test_any_reads_leave_the_digest_of_the_whole_file(
    content: bytes, reads: list[tuple[int, int]]
) -> None:
    file = HashedFile(Counted("a.zip", content), 7)
    for offset, length in reads:
        assert await file.read(offset, length) == content[offset : offset + length]
    assert await file.sha256() == hashlib.sha256(content).hexdigest()


async def test_what_was_read_in_order_is_not_read_again_and_gaps_are_read_once() -> None:
    inner = Counted("a.zip", bytes(100))
    file = HashedFile(inner, 50)
    for offset in (0, 10, 30, 60):
        await file.read(offset, 10)
    await file.sha256()
    assert inner.given == 100
