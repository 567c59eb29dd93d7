"""Simulates deliveries of files with everything that can go wrong, and compares what comes of them.

scripts/campaign ingest [--schedules N] [--seed S] [--jobs N]
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from rich.console import Console
from rich.progress import track


def main(arguments: Sequence[str]) -> int:
    """Return 0 when every schedule ended with exactly what was sent, 1 when one did not."""
    parser = argparse.ArgumentParser(prog="scripts/campaign ingest", description=__doc__)
    parser.add_argument("--schedules", type=int, default=1000, help="how many schedules to run")
    parser.add_argument("--from", type=int, default=0, dest="first", help="the seed of the first one")
    parser.add_argument("--seed", type=int, help="only this schedule, with the trace of what happened")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes to run them in")
    wish = parser.parse_args(arguments)
    # The frames are tiny: threads would only wait for each other.
    os.environ["POLARS_MAX_THREADS"] = "1"
    if wish.seed is not None:
        return _replay(wish.seed)
    return _campaign(range(wish.first, wish.first + wish.schedules), wish.jobs)


def _replay(seed: int) -> int:
    from tests.simulation.schedule import simulate  # noqa: PLC0415 - after the number of threads is set

    outcome = simulate(seed)
    sys.stdout.write(f"{outcome.story()}\n")
    for violation in outcome.violations:
        sys.stdout.write(f"seed {seed}: {violation}\n")
    return 1 if outcome.violations else 0


def _campaign(seeds: range, jobs: int) -> int:
    console, started, uploads, failed = Console(), time.monotonic(), 0, 0
    for seed, sent, violations in track(_outcomes(seeds, jobs), "schedules", len(seeds), console=console):
        uploads += sent
        failed += bool(violations)
        for violation in violations:
            console.print(f"seed {seed}: {violation}", markup=False, highlight=False)
    seconds = time.monotonic() - started
    console.print(
        f"{failed} of {len(seeds)} schedules with {uploads} uploads ended with anything but the truth, "
        f"{seconds:.0f} s"
    )
    if failed:
        console.print("scripts/campaign ingest --seed S tells how it came to that")
    return 1 if failed else 0


def _outcomes(seeds: range, jobs: int) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        yield from pool.map(_outcome, seeds, chunksize=4)


def _outcome(seed: int) -> tuple[int, int, tuple[str, ...]]:
    from tests.simulation.schedule import simulate  # noqa: PLC0415 - in the process that runs it

    outcome = simulate(seed)
    return seed, outcome.uploads, outcome.violations
