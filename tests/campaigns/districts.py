"""Runs three districts at random against the plain truth about them, for as many examples as asked for.

scripts/campaign districts [--examples N] [--steps N]
"""

import argparse
import logging
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.isolation.stateful.machine import Districts
from tests.isolation.stateful.stores import running_application


def main(arguments: Sequence[str]) -> int:
    """Return 0 when no leak was found; a leak ends it with the steps that lead to it."""
    parser = argparse.ArgumentParser(prog="scripts/campaign districts", description=__doc__)
    parser.add_argument("--examples", type=int, default=1000, help="random runs")
    parser.add_argument("--steps", type=int, default=60, help="steps of a run, at most")
    wish = parser.parse_args(arguments)
    chosen = settings(
        max_examples=wish.examples,
        stateful_step_count=wish.steps,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    # Refused messages are what half of the steps are about.
    logging.disable(logging.WARNING)
    started = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="termtide-campaign-") as folder,
        running_application(Path(folder)) as application,
    ):
        Districts.application = application
        run_state_machine_as_test(Districts, settings=chosen)
    seconds = time.monotonic() - started
    sys.stdout.write(f"no leak in {wish.examples} runs of up to {wish.steps} steps, {seconds:.0f} s\n")
    return 0
