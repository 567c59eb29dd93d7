"""Scratch on disk: frames come back as they were, under no name, and a full disk is said to be one."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pytest

from shared.kernel.errors import Unavailable
from shared.platform.disk.scratch import DiskScratch

FRAME = pl.DataFrame(
    {
        "group": pl.Series([2**100, None, -1], dtype=pl.Int128),
        "code": pl.Series([7, None, 2**32 - 1], dtype=pl.UInt32),
    }
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


async def test_frames_come_back_as_they_were_in_any_order() -> None:
    with DiskScratch() as scratch:
        frames = [FRAME, FRAME.clear(), FRAME.reverse()]
        spots = [await scratch.put(frame) for frame in frames]
        for spot, frame in reversed(list(zip(spots, frames, strict=True))):
            assert (await scratch.get(spot)).equals(frame, null_equal=True)


async def test_a_file_has_no_name_that_a_crash_could_leave(folder: Path) -> None:
    with DiskScratch() as scratch:
        spot = await scratch.put(FRAME)
        assert not _names(folder)
        assert (await scratch.get(spot)).equals(FRAME)


async def test_a_full_disk_is_worth_another_try() -> None:
    large = pl.DataFrame({"n": range(100_000)})
    with DiskScratch() as scratch, _files_of_at_most(1000), pytest.raises(Unavailable, match="disk"):
        await scratch.put(large)


@contextmanager
def _files_of_at_most(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def _names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]
