"""Rows per CPU-second beside earthmover 0.4.10, the leading open tool for this job, on the same 40 MB.

Each reads the dump in a process of its own, which is counted from its start to its end. earthmover does, as
far as its documented operations go, what the engine does: every cell is trimmed and validated, marks of
missing values are taken out, records at fault are put aside, learners become hashes and scores get four
places. Before anything is measured, both run over the same small file of untidy cells and must agree on each
of its rows. The engine besides finds records that are too short, and gives each row its record, byte and
reason of reject, which no operation of earthmover does. It is installed from PyPI into an environment of its
own, which leaves bytecode of it; a run over a small file leaves bytecode of the engine.

Two configurations that do less are shown beside it, since earthmover takes most of its time to trim cells:
one that does all the same work but that, and one that renames the columns, maps the codes, converts the
timestamps and writes JSON lines, and nothing else. The engine does all its work in either comparison.

A worker is started once and reads files for hours, so what rows cost is told apart from what a process
costs. For both programs by one rule: the start is a whole run over 1,000 rows (imports, configuration,
compiling, and these rows), and 500,000 rows cost what a whole run over them takes beyond that. What the
engine does once but a larger file makes it do, such as pseudonyms of learners that it meets for the first
time, counts as a cost of rows. The target stands at these costs. Whole processes are compared beside it,
with their starts: of the engine's run the start is a third, of earthmover's hardly anything.
"""

import csv
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Final

from tests.fixtures import earthmover_runs as earthmover
from tests.fixtures.attempts_dump import write_dump
from tests.fixtures.earthmover_runs import Configuration
from tests.fixtures.engine_processes import measured
from tests.fixtures.engine_runs import surveyed, worked

type Figure = tuple[str, float, str, float | None]

_ROWS: Final = 500_000
_ROWS_OF_A_START: Final = 1_000
_ROWS_TO_AGREE_ON: Final = 500
_SHORT_RUNS: Final = 3
"""A run of a second is easily disturbed, so the median of several counts; one of half a minute is not."""

_NAME: Final = f"earthmover {earthmover.VERSION}"
_ALIKE: Final = Configuration("same_work.yaml")
"""What is compared like for like."""
_LESS: Final = {
    f"{_NAME} that trims no cell": Configuration("same_work.yaml", trims=False),
    f"{_NAME} that only renames": Configuration("rename.yaml"),
}
_COMPARED: Final = (
    "course", "section", "line_item", "line_item_title",
    "attempt", "status", "score", "max_score", "occurred_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Program:
    """What a program takes, in CPU-seconds: over a file that has hardly any rows, and over the dump."""

    start: float
    whole: float

    @property
    def whole_rate(self) -> float:
        """Rows per CPU-second of a whole process."""
        return _ROWS / self.whole

    @property
    def rate(self) -> float:
        """Rows per CPU-second beyond the start."""
        return (_ROWS - _ROWS_OF_A_START) / (self.whole - self.start)


def run() -> list[Figure]:
    """Return name, value, unit and target of each figure."""
    with tempfile.TemporaryDirectory() as name:
        _agree(Path(name) / "untidy")
        small, large = Path(name) / "small", Path(name) / "large"
        for folder, rows in ((small, _ROWS_OF_A_START), (large, _ROWS)):
            write_dump(earthmover.prepare(folder), rows)
        measured(small / earthmover.DUMP)
        engine = _Program(_median(lambda: _engine_seconds(small)), _median(lambda: _engine_seconds(large)))
        less = {one: _earthmover(small, large, configuration) for one, configuration in _LESS.items()}
        alike = _earthmover(small, large, _ALIKE)
    figures = [*_of("Engine", engine), *_of(_NAME, alike)]
    for one, program in less.items():
        figures += [*_of(one, program), *_against(one, engine, program, None)]
    return [*figures, *_against(f"{_NAME}, like for like", engine, alike, 50.0)]


def _of(name: str, program: _Program) -> list[Figure]:
    return [
        (f"{name}, start", program.start, "CPU-s", None),
        (f"{name}, rows per CPU-second of the whole process", program.whole_rate, "rows/s", None),
        (f"{name}, rows per CPU-second beyond the start", program.rate, "rows/s", None),
    ]


def _against(name: str, engine: _Program, other: _Program, target: float | None) -> list[Figure]:
    whole, beyond = engine.whole_rate / other.whole_rate, engine.rate / other.rate
    return [
        (f"Engine against {name}, whole processes", whole, "times its rows/s", None),
        (f"Engine against {name}, beyond the start", beyond, "times its rows/s", target),
    ]


def _median(seconds: Callable[[], float]) -> float:
    return median(seconds() for _ in range(_SHORT_RUNS))


def _engine_seconds(folder: Path) -> float:
    return measured(folder / earthmover.DUMP).process_seconds


def _earthmover(small: Path, large: Path, configuration: Configuration) -> _Program:
    start = _median(lambda: earthmover.seconds(small, configuration, _ROWS_OF_A_START))
    return _Program(start, earthmover.seconds(large, configuration, _ROWS))


def _agree(folder: Path) -> None:
    """Run both over untidy cells; `RuntimeError` unless they accept the same rows, with the same values."""
    dump = earthmover.prepare(folder)
    sound = folder / "sound.csv"
    write_dump(sound, _ROWS_TO_AGREE_ON)
    with sound.open(newline="", encoding="utf-8") as lines, dump.open("w", encoding="utf-8") as out:
        csv.writer(out, lineterminator="\n").writerows(_untidy(csv.reader(lines)))
    earthmover.run(folder, _ALIKE)
    theirs = sorted(_comparable(row) for row in earthmover.results(folder))
    works = list(worked(dump, surveyed(dump)))
    ours = sorted(_comparable(row) for work in works for row in work.facts.iter_rows(named=True))
    rejected = sum(work.rejects.height for work in works), sum(1 for _ in earthmover.rejects(folder))
    if ours != theirs or rejected != (_ROWS_TO_AGREE_ON - len(ours),) * 2:
        raise RuntimeError(f"the engine and earthmover do not agree, rejected {rejected}")


def _untidy(records: Iterator[list[str]]) -> Iterator[list[str]]:
    """Return the records with cells that are padded, marked as missing, in capitals, or at fault."""
    yield next(records)
    for n, record in enumerate(records):
        student, course, section, assessment, title, attempt, status, score, most, at = record
        student = " - " if n % 13 == 1 else student
        section = "N/A" if n % 5 == 1 else section
        attempt = "" if n % 4 == 1 else attempt
        status = status.upper() if n % 3 == 1 else status
        score = "eight" if n % 11 == 1 else "-" if n % 17 == 1 else score
        cells = [student, course, section, assessment, title, attempt, status, score, most, at]
        yield [f"  {cell} " for cell in cells] if n % 7 == 1 else cells


def _comparable(row: dict[str, object]) -> tuple[str, ...]:
    """Return what both say of a row, in one way of writing; who the learner is each hashes in its own."""
    return tuple(_written(row[name]) for name in _COMPARED)


def _written(value: object) -> str:
    match value:
        case None:
            return ""
        case Decimal():
            return str(float(value))
        case datetime():
            return value.isoformat()
        case _:
            return str(value)
