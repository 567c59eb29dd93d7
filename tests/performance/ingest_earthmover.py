"""Rows per CPU-second beside earthmover 0.4.10, the leading open tool for this job, on the same 40 MB.

Each reads the dump in a process of its own and is counted from its start to its end. earthmover runs twice:
`rename` renames the columns, maps the codes, converts the timestamps and writes JSON lines, and nothing else;
`same_work` also does what the engine does besides, as far as its documented operations go: every cell is
validated, records at fault are put aside, learners become hashes and scores get four places. The engine does
all that in either comparison, and gives each row its record, byte and reason of reject, which no operation of
earthmover does. It is installed from PyPI into an environment of its own, which leaves bytecode of it; a run
over a small file leaves bytecode of the engine.
"""

import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from tests.fixtures.attempts_dump import write_dump
from tests.fixtures.engine_processes import measured

type Figure = tuple[str, float, str, float | None]

_VERSION: Final = "0.4.10"
_ROWS: Final = 500_000
_ROWS_BEFORE: Final = 1_000
_PYTHONS: Final = ("python3.11", "python3.10", "python3.12")
"""Those that the release supports."""
_ENVIRONMENT: Final = Path(__file__).resolve().parents[2] / ".cache" / f"earthmover-{_VERSION}"

_CONFIGURATIONS: Final = Path(__file__).resolve().parents[1] / "fixtures" / "earthmover"
_ALIKE: Final = "same_work"
"""The configuration that is compared like for like."""


def run() -> list[Figure]:
    """Return name, value, unit and target of each figure."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(_CONFIGURATIONS, folder, dirs_exist_ok=True)
        measured(write_dump(folder / "attempts before.csv", _ROWS_BEFORE).path)
        dump = write_dump(folder / "attempts.csv", _ROWS)
        ours = _ROWS / measured(dump.path).process_seconds
        renaming, alike = (_ROWS / _earthmover_seconds(folder, one) for one in ("rename", _ALIKE))
    return [
        ("Engine, rows per CPU-second", ours, "rows/s", None),
        (f"earthmover {_VERSION} that only renames, maps and converts", renaming, "rows/s", None),
        (f"earthmover {_VERSION} that does the same work", alike, "rows/s", None),
        ("Engine against earthmover that only renames", ours / renaming, "times its rows/s", None),
        ("Engine against earthmover, like for like", ours / alike, "times its rows/s", 50.0),
    ]


def _earthmover_seconds(folder: Path, configuration: str) -> float:
    program = _installed()
    sys.stderr.write(f"  running earthmover ({configuration}), which takes a while\n")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [str(program), "run", "-c", f"{configuration}.yaml"]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    with (folder / "out" / "results.jsonl").open("rb") as out:
        written = sum(1 for _ in out)
    if written != _ROWS:
        raise RuntimeError(f"earthmover wrote {written} rows of {_ROWS}")
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
