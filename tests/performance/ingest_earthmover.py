"""Rows per CPU-second beside earthmover 0.4.10, the leading open tool for this job, on the same 40 MB.

Each reads the dump in a process of its own, which is counted from its start to its end. earthmover runs
twice: `rename` renames the columns, maps the codes, converts the timestamps and writes JSON lines, and
nothing else; `same_work` also does what the engine does besides, as far as its documented operations go:
every cell is validated, records at fault are put aside, learners become hashes and scores get four places.
The engine does all that in either comparison, and gives each row its record, byte and reason of reject,
which no operation of earthmover does. It is installed from PyPI into an environment of its own, which
leaves bytecode of it; a run over a small file leaves bytecode of the engine.

A worker is started once and reads files for hours, so what rows cost is told apart from what a process
costs. For both programs by one rule: the start is a whole run over 1,000 rows (imports, configuration,
compiling, and these rows), and 500,000 rows cost what a whole run over them takes beyond that. What the
engine does once but a larger file makes it do, such as pseudonyms of learners that it meets for the first
time, counts as a cost of rows. The target stands at these costs. Whole processes are compared beside it,
with their starts: of the engine's run the start is a third, of earthmover's hardly anything.
"""

import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from tests.fixtures.attempts_dump import write_dump
from tests.fixtures.engine_processes import measured

type Figure = tuple[str, float, str, float | None]

_VERSION: Final = "0.4.10"
_ROWS: Final = 500_000
_ROWS_OF_A_START: Final = 1_000
_SHORT_RUNS: Final = 3
"""A run of a second is easily disturbed, so the median of several counts; one of half a minute is not."""
_PYTHONS: Final = ("python3.11", "python3.10", "python3.12")
"""Those that the release supports."""
_ENVIRONMENT: Final = Path(__file__).resolve().parents[2] / ".cache" / f"earthmover-{_VERSION}"

_CONFIGURATIONS: Final = Path(__file__).resolve().parents[1] / "fixtures" / "earthmover"
_DUMP: Final = "attempts.csv"
_ALIKE: Final = "same_work"
"""The configuration that is compared like for like."""


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
        small, large = Path(name) / "small", Path(name) / "large"
        for folder, rows in ((small, _ROWS_OF_A_START), (large, _ROWS)):
            shutil.copytree(_CONFIGURATIONS, folder)
            write_dump(folder / _DUMP, rows)
        measured(small / _DUMP)
        engine = _Program(_median(lambda: _engine_seconds(small)), _median(lambda: _engine_seconds(large)))
        renaming, alike = (_earthmover(small, large, one) for one in ("rename", _ALIKE))
    return [
        *_of("Engine", engine),
        *_of(f"earthmover {_VERSION} that only renames, maps and converts", renaming),
        *_of(f"earthmover {_VERSION} that does the same work", alike),
        *_against("earthmover that only renames", engine, renaming, None),
        *_against("earthmover, like for like", engine, alike, 50.0),
    ]


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
    return measured(folder / _DUMP).process_seconds


def _earthmover(small: Path, large: Path, configuration: str) -> _Program:
    start = _median(lambda: _earthmover_seconds(small, configuration, _ROWS_OF_A_START))
    return _Program(start, _earthmover_seconds(large, configuration, _ROWS))


def _earthmover_seconds(folder: Path, configuration: str, rows: int) -> float:
    program = _installed()
    sys.stderr.write(f"  running earthmover ({configuration}) over {rows} rows\n")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [str(program), "run", "-c", f"{configuration}.yaml"]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    with (folder / "out" / "results.jsonl").open("rb") as out:
        written = sum(1 for _ in out)
    if written != rows:
        raise RuntimeError(f"earthmover wrote {written} rows of {rows}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _installed() -> Path:
    """Return the program, installed into an environment of its own the first time."""
    program = _ENVIRONMENT / "bin" / "earthmover"
    if program.exists():
        return program
    python = next((found for name in _PYTHONS if (found := shutil.which(name))), None)
    if python is None:
        raise RuntimeError(f"earthmover {_VERSION} needs one of {', '.join(_PYTHONS)}")
    sys.stderr.write(f"  installing earthmover {_VERSION}\n")
    subprocess.run([python, "-m", "venv", "--clear", _ENVIRONMENT], check=True)
    install = [str(_ENVIRONMENT / "bin" / "pip"), "install", "--quiet", f"earthmover=={_VERSION}"]
    subprocess.run(install, check=True)
    return program
