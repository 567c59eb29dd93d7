"""The measure of robustness counts what is lost, altered, and what of that goes unreported."""

import json
from pathlib import Path

import pytest

from tests.performance.ingest_csv_robustness import compare, run

HEADER = "day,time,item\n"
TRUTH = [f'2{n}/05/2026,0{n}:00,"Boots, {n}"\n' for n in range(9)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "clean.csv").write_text(HEADER + "".join(TRUTH))
    return tmp_path


def polluted(folder: Path, line: str) -> Path:
    path = folder / "polluted.csv"
    path.write_text("".join([HEADER, *TRUTH[:4], line, *TRUTH[5:]]))
    return path


def test_a_rejected_record_is_lost_and_reported(folder: Path) -> None:
    found = compare(polluted(folder, '24/05/2026,04:00,""Boots, 4"\n'), folder / "clean.csv")

    assert found.f1 == pytest.approx(2 * 9 / 19)
    assert (found.faults, found.silent) == (1, 0)


def test_a_record_that_is_altered_and_called_ok_is_silent(folder: Path) -> None:
    found = compare(polluted(folder, "24/05/2026,04:00,Boots\n"), folder / "clean.csv")

    assert (found.faults, found.silent) == (1, 1)


def test_a_record_that_is_not_there_at_all_is_silent(folder: Path) -> None:
    found = compare(polluted(folder, ""), folder / "clean.csv")

    assert (found.faults, found.silent) == (1, 1)


def test_the_files_are_those_of_the_manifest_that_have_a_true_table(folder: Path) -> None:
    polluted(folder, TRUTH[4])
    lines = [{"path": "polluted.csv", "clean": "clean.csv"}, {"path": "clean.csv"}]
    (folder / "MANIFEST.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))

    figures = {name: value for name, value, _, _ in run(folder)}

    assert (figures["Polluted CSV files"], figures["Files read without a fault"]) == (1, 1)
