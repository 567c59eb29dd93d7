"""Rows per CPU-second beside earthmover 0.4.10, the leading open tool for this job, on the same 40 MB.

Each reads the dump in a process of its own and is counted from its start to its end. earthmover renames the
columns, maps the codes, converts the timestamps and writes JSON lines, without the validation, pseudonyms and
lineage that the engine adds; it is installed from PyPI into an environment of its own.
"""

import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from tests.fixtures.attempts_dump import write_dump
from tests.fixtures.engine_runs import measured

type Figure = tuple[str, float, str, float | None]

_VERSION: Final = "0.4.10"
_ROWS: Final = 500_000
_PYTHONS: Final = ("python3.11", "python3.10", "python3.12")
"""Those that the release supports."""
_ENVIRONMENT: Final = Path(__file__).resolve().parents[2] / ".cache" / f"earthmover-{_VERSION}"

_CONFIG: Final = """
version: 2
config: {output_dir: ./out, log_level: WARNING, show_progress: false}
sources:
  attempts: {file: ./attempts.csv, header_rows: 1}
transformations:
  results:
    source: $sources.attempts
    operations:
      - operation: rename_columns
        columns:
          student_id: learner
          course_id: course
          section_id: section
          assessment_id: line_item
          assessment_title: line_item_title
          submitted_at: occurred_at
      - operation: map_values
        column: status
        mapping:
          graded: fully-graded
          partial: partially-graded
          missing: not-submitted
          excused: exempt
          void: suppressed
      - operation: date_format
        column: occurred_at
        from_format: "%Y-%m-%dT%H:%M:%SZ"
        to_format: "%Y-%m-%dT%H:%M:%S+00:00"
destinations:
  results: {source: $transformations.results, template: ./row.jsont, extension: jsonl, linearize: true}
"""
_ROW: Final = (
    '{"learner": "{{ learner }}", "course": "{{ course }}", "section": "{{ section }}", '
    '"line_item": "{{ line_item }}", "line_item_title": {{ line_item_title | tojson }}, '
    '"attempt": {{ attempt }}, "status": "{{ status }}", "score": {{ score or "null" }}, '
    '"max_score": {{ max_score or "null" }}, "occurred_at": "{{ occurred_at }}"}'
)


def run() -> list[Figure]:
    """Return name, value, unit and target of each figure."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        dump = write_dump(folder / "attempts.csv", _ROWS)
        ours = _ROWS / measured(dump.path).process_seconds
        theirs = _ROWS / _earthmover_seconds(folder)
    return [
        ("Engine, rows per CPU-second", ours, "rows/s", None),
        (f"earthmover {_VERSION}, rows per CPU-second", theirs, "rows/s", None),
        ("Engine against earthmover", ours / theirs, "times its rows/s", 50.0),
    ]


def _earthmover_seconds(folder: Path) -> float:
    program = _installed()
    (folder / "earthmover.yaml").write_text(_CONFIG, encoding="utf-8")
    (folder / "row.jsont").write_text(_ROW, encoding="utf-8")
    sys.stderr.write("  running earthmover, which takes a while\n")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([program, "run"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
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
