"""What the engine takes per byte and per row, and whether it accounts for every record of faulty files.

Dumps of 10 MB to 1.2 GB are planned and worked, each in a process of its own, without any service: reading,
working and the Parquet part of each chunk. Each process has worked another file of one chunk before, as a
worker that lives has: it has the pages that a chunk needs, and has met the people of the district. What a
process takes for people that it never met is shown beside it. The same cost per row at each size is what
lets a district grow.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import polars as pl

from tests.fixtures.attempts_dump import FAULTS, ROWS_OF_A_DUMP, Dump, write_dump
from tests.fixtures.engine_processes import measured
from tests.fixtures.engine_runs import EngineRun, surveyed, worked

type Figure = tuple[str, float, str, float | None]

_MEGABYTES: Final = (10, 40, 160, 400, 1200)
_RUNS: Final = 3
_ROWS_BEFORE: Final = ROWS_OF_A_DUMP // 120
"""As many as a chunk has."""
_ROWS_OF_STRANGERS: Final = 12_700
"""Too few for more than a part of the people to be met."""
_SHORT: Final = 160
"""Up to this size, a file is measured several times and the least counts: a short run is easily disturbed."""
_FAULTY_ROWS: Final = (20_000, 200_000, 500_000)
_FAULTY_PER_MILLE: Final = 20


def run() -> list[Figure]:
    """Return name, value, unit and target of each figure."""
    with tempfile.TemporaryDirectory() as folder:
        return [*_costs(Path(folder)), *_accounts(Path(folder))]


def _costs(folder: Path) -> Iterator[Figure]:
    before = write_dump(folder / "attempts before.csv", _ROWS_BEFORE, seed=1).path
    runs = {megabytes: _measured(folder / "attempts.csv", megabytes, before) for megabytes in _MEGABYTES}
    largest = runs[_MEGABYTES[-1]]
    yield "Dump of 1.2 GB, records", float(largest.records), "records", None
    yield "Working, MB of file per CPU-second", _rate(largest, largest.working_seconds), "MB/s", 60.0
    yield "Planning, MB of file per CPU-second", _rate(largest, largest.planning_seconds), "MB/s", None
    yield "Peak memory of the process", largest.peak_megabytes, "MB", 400.0
    costs = {megabytes: one.working_seconds / one.records for megabytes, one in runs.items()}
    for megabytes, cost in costs.items():
        yield f"Cost of a million rows, file of {megabytes} MB", cost * 1e6, "CPU-s", None
    few = write_dump(folder / "few attempts before.csv", _ROWS_OF_STRANGERS, seed=1).path
    first = _measured(folder / "attempts.csv", _MEGABYTES[0], few)
    name = f"Cost of a million rows, file of {_MEGABYTES[0]} MB, most of its people never met"
    yield name, first.working_seconds / first.records * 1e6, "CPU-s", None
    middle = (max(costs.values()) + min(costs.values())) / 2
    yield "Cost per row, deviation over all sizes", (max(costs.values()) / middle - 1) * 100, "%", 15.0


def _measured(path: Path, megabytes: int, before: Path) -> EngineRun:
    write_dump(path, ROWS_OF_A_DUMP * megabytes // _MEGABYTES[-1])
    runs = [measured(path, before) for _ in range(_RUNS if megabytes <= _SHORT else 1)]
    one = min(runs, key=lambda run: run.working_seconds)
    sys.stderr.write(f"  {megabytes} MB: {_rate(one, one.working_seconds):.0f} MB per CPU-second\n")
    return one


def _rate(one: EngineRun, seconds: float) -> float:
    return one.size / 1e6 / seconds


def _accounts(folder: Path) -> Iterator[Figure]:
    """Compare what was rejected with what the writer of the files knows, file by file."""
    records = unaccounted = untrue = 0
    for seed, rows in enumerate(_FAULTY_ROWS):
        dump = write_dump(folder / "attempts.csv", rows, seed=seed, faulty_per_mille=_FAULTY_PER_MILLE)
        survey = surveyed(dump.path)
        accepted, rejects = 0, [pl.DataFrame(schema=FAULTS)]
        for result in worked(dump.path, survey):
            accepted += result.accepted
            rejects.append(result.rejects.select(FAULTS.names()))
        found = pl.concat(rejects)
        records += rows
        unaccounted += abs(rows - accepted - found.height) + abs(rows - survey.records)
        untrue += _differing(dump, found)
    yield f"Records in {len(_FAULTY_ROWS)} files with 2 % faults", float(records), "records", None
    yield "Records neither accepted nor rejected", float(unaccounted), "records", 0.0
    yield "Rejects whose record, byte, column or code is untrue", float(untrue), "rejects", 0.0


def _differing(dump: Dump, found: pl.DataFrame) -> int:
    both = pl.concat([dump.faults, found]).group_by(FAULTS.names()).len()
    return both.filter(pl.col("len") != 2).height
