"""A file on disk is read in ranges of one version of it."""

import os
from pathlib import Path

import pytest

from shared.ingestion.refusal import FileRefused
from shared.kernel.errors import InvalidInput
from shared.platform.disk.files import DiskFile


async def test_ranges_are_the_bytes_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"0123456789")
    with DiskFile(tmp_path / "a.csv") as file:
        assert (file.name, file.size) == ("a.csv", 10)
        assert [await file.read(2, 3), await file.read(8, 9), await file.read(10, 1)] == [b"234", b"89", b""]


async def test_a_file_that_is_written_meanwhile_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"0123456789")
    with DiskFile(path) as file:
        path.write_bytes(b"9876543210+")
        with pytest.raises(FileRefused) as refused:
            await file.read(0, 4)
    assert refused.value.failure.code == "blob-replaced"


def test_what_is_no_readable_file_is_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "absent.csv", tmp_path, tmp_path / "pipe"):
        with pytest.raises(InvalidInput) as refused:
            DiskFile(path)
        assert refused.value.violations[0].place == str(path)
