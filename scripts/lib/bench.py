"""Measures one subject and compares each figure with its target.

A subject NAME is made of the modules `tests/performance/NAME.py` and `tests/performance/NAME_*.py`. Each has
`run() -> list[(name, value, unit, target)]`, or `run(data: Path)` when it measures on files that are no part
of the project, or `run(minutes: int)` when it goes on for as long as it is told. Rates (in a unit that ends
in `/s`) and scores (in `F1`) have to reach their target, all other figures must not exceed it; a figure whose
target is None is only reported.
"""

import argparse
import importlib
import json
import os
import sys
from collections.abc import Iterable, Sequence
from inspect import signature
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

_MODULES = Path(__file__).resolve().parents[2] / "tests" / "performance"
_WHOLE = 100
"""From here on, figures are shown without decimals."""
_DISTURBING = 0.5
_REACHING = ("/s", "F1")
"""How the units of figures end that have to reach their targets."""


class Figure(NamedTuple):
    """One measured value with what it is held to."""

    name: str
    value: float
    unit: str
    target: float | None

    @property
    def reached(self) -> bool:
        """Tell whether the target is met."""
        if self.target is None:
            return True
        more_is_better = self.unit.endswith(_REACHING)
        return self.value >= self.target if more_is_better else self.value <= self.target


def main(arguments: Sequence[str]) -> int:
    """Measure, print the table, write the JSON file when asked; 1 when a target is missed."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench", description="Measures one subject against its targets."
    )
    parser.add_argument("subject", help="such as: local, ingest")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures to FILE")
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="the files to measure on, where a subject needs any"
    )
    parser.add_argument(
        "--minutes", type=int, default=10, metavar="N", help="how long a load goes on that has no end (10)"
    )
    options = parser.parse_args(arguments)
    modules = modules_of(options.subject, _MODULES)
    if not modules:
        parser.error(f"nothing measures {options.subject!r}; there are: {', '.join(subjects(_MODULES))}")
    load = os.getloadavg()[0]
    try:
        figures = [figure for module in modules for figure in _measure(module, options)]
    except DataMissing as missing:
        parser.error(str(missing))
    Console().print(as_table(options.subject, figures))
    if load > _DISTURBING:
        print(f"the load average was {load:.1f} before: other work on this machine has slowed this down")
    if options.json:
        options.json.write_text(
            json.dumps([figure._asdict() for figure in figures], indent=2), encoding="utf-8"
        )
    return 0 if all(figure.reached for figure in figures) else 1


def modules_of(subject: str, folder: Path) -> list[str]:
    """Return the names of the modules in `folder` that measure `subject`, sorted."""
    return [name for name in _names(folder) if name == subject or name.startswith(f"{subject}_")]


def subjects(folder: Path) -> list[str]:
    """Return what can be measured by the modules in `folder`: one of them, or all that begin alike."""
    names = _names(folder)
    return sorted({*names, *(name.partition("_")[0] for name in names)})


def as_table(subject: str, figures: Iterable[Figure]) -> Table:
    """Lay the figures out with their targets."""
    table = Table("figure", "measured", "unit", "target", "", title=f"Bench: {subject}")
    for figure in figures:
        target = "" if figure.target is None else f"{figure.target:,g}"
        verdict = "" if figure.target is None else ("pass" if figure.reached else "[bold red]FAIL[/]")
        table.add_row(figure.name, _shown(figure.value), figure.unit, target, verdict)
    return table


def _shown(value: float) -> str:
    return f"{value:,.0f}" if value >= _WHOLE else f"{value:.3g}"


class DataMissing(Exception):
    """A module measures on files, and nobody said where they are."""


def _measure(module: str, options: argparse.Namespace) -> list[Figure]:
    run = importlib.import_module(f"tests.performance.{module}").run
    wanted = signature(run).parameters
    if "data" in wanted and (options.data is None or not options.data.is_dir()):
        raise DataMissing(f"{module} measures on files: name their folder by --data")
    print(f"measuring {module}", file=sys.stderr)
    return [Figure(*row) for row in run(**{name: getattr(options, name) for name in wanted})]


def _names(folder: Path) -> list[str]:
    """Return what measures; the tests among the modules do not."""
    return sorted(path.stem for path in folder.glob("*.py") if not path.stem.startswith("test_"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
