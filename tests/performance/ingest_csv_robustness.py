"""How many records survive in polluted CSV files, and whether every lost or altered one is reported.

Measured on a folder with a `MANIFEST.jsonl`, whose lines name a polluted file by `path` and the true table of
its records by `clean`. The score is the F1 of a file's records, header included, against the true ones as
multisets; a rejected record counts as lost. Python's `csv` module is the baseline.
"""

import asyncio
import csv
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

from shared.ingestion.inspecting.inspector import Inspector
from shared.ingestion.mapping.catalogue import Catalogue
from shared.platform.disk.files import DiskFile
from shared.platform.disk.stage import DiskStage

type Figure = tuple[str, float, str, float | None]
type Cells = tuple[str, ...]

_TARGET = 0.97


@dataclass(frozen=True, slots=True)
class Comparison:
    """What became of one polluted file, in records."""

    f1: float
    baseline_f1: float
    faults: int
    silent: int


def run(data: Path) -> list[Figure]:
    """Return name, value, unit and target of each figure."""
    pairs = list(pairs_of(data))
    compared = [compare(polluted, clean) for polluted, clean in pairs]
    return [
        ("Polluted CSV files", float(len(pairs)), "files", None),
        ("Records, mean over files", mean(one.f1 for one in compared), "F1", _TARGET),
        ("Records, worst file", min(one.f1 for one in compared), "F1", None),
        ("Records by Python's csv, mean", mean(one.baseline_f1 for one in compared), "F1", None),
        ("Files read without a fault", float(sum(one.f1 == 1 for one in compared)), "files", None),
        ("Records lost or altered", float(sum(one.faults for one in compared)), "records", None),
        ("Lost or altered in silence", float(sum(one.silent for one in compared)), "records", 0.0),
    ]


def pairs_of(data: Path) -> Iterator[tuple[Path, Path]]:
    """Yield each polluted file of a folder's manifest with its true table."""
    for line in (data / "MANIFEST.jsonl").read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        if "clean" in entry:
            yield data / entry["path"], data / entry["clean"]


def compare(polluted: Path, clean: Path) -> Comparison:
    """Compare the records of a file with the true ones.

    Silent is a record that is called ok and is not true, and a true one that is neither there nor reported.
    """
    truth, records = Counter(_by_csv(clean)), _inspected(polluted)
    read = Counter(tuple(record["cells"]) for record in records if record["status"] != "rejected")
    unquestioned = Counter(tuple(record["cells"]) for record in records if record["status"] == "ok")
    reported = sum(record["status"] != "ok" and record["part"] == "body" for record in records)
    lost, altered = (truth - read).total(), (read - truth).total()
    silent = max((unquestioned - truth).total(), lost - reported, 0)
    return Comparison(_f1(truth, read), _f1(truth, Counter(_by_csv(polluted))), max(lost, altered), silent)


def _f1(truth: Counter[Cells], read: Counter[Cells]) -> float:
    return 2 * (truth & read).total() / (truth.total() + read.total())


def _by_csv(path: Path) -> Iterator[Cells]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from (tuple(row) for row in csv.reader(file) if row)


def _inspected(path: Path) -> list[dict[str, Any]]:
    blocks: list[bytes] = []
    with DiskStage() as stage, DiskFile(path) as file:
        inspector = Inspector(feeds=Catalogue.built_in().newest, stage=stage, records=blocks.append)
        asyncio.run(inspector.inspect(file, path.name))
    return [json.loads(line) for line in b"".join(blocks).splitlines()]
