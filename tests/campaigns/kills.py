"""Kills each process of a local cloud at each named boundary of an ingest, and compares what comes of it.

scripts/campaign kills [--process P ...] [--boundary B ...]
"""

import argparse
import io
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from itertools import product
from pathlib import Path

from rich.console import Console

from infra.local.launcher.endpoints import Endpoints
from infra.local.launcher.errors import LocalCloudError
from infra.local.launcher.interruption import run_until_interrupted
from scripts.lib.demo_files import write_attempts
from tests.fixtures.kills.boundaries import BOUNDARIES
from tests.fixtures.kills.cloud import PROCESSES, Kill, MortalCloud, mortal_cloud
from tests.fixtures.kills.outcome import Outcome

_ROWS = 800
_COURSES = ("ALG_1", "BIO_1")


def main(arguments: Sequence[str]) -> int:
    """Return 0 when every kill left the facts and rollups of an undisturbed run, 1 when one did not."""
    names = [boundary.name for boundary in BOUNDARIES]
    parser = argparse.ArgumentParser(prog="scripts/campaign kills", description=__doc__)
    parser.add_argument("--process", choices=PROCESSES, action="append", help="only this one; repeatable")
    parser.add_argument("--boundary", choices=names, action="append", help="only this one; repeatable")
    parser.add_argument("--port-base", type=int, default=7370, help="services listen at N+1 to N+20")
    wish = parser.parse_args(arguments)
    kills = [Kill(p, b) for b, p in product(wish.boundary or names, wish.process or PROCESSES)]
    try:
        return run_until_interrupted(_campaign(kills, Endpoints.at(wish.port_base)), interrupted=130)
    except LocalCloudError as failure:
        sys.stderr.write(f"termtide: {failure}\n")
        return 1


def attempts_file(seed: int) -> bytes:
    """Return a file that mortal clouds cut into several chunks, each with rejects."""
    out = io.BytesIO()
    write_attempts(out, seed=seed, rows=_ROWS, courses=_COURSES)
    return out.getvalue()


async def _campaign(kills: Iterable[Kill], endpoints: Endpoints) -> int:
    console, failed = Console(), 0
    with tempfile.TemporaryDirectory(prefix="termtide-kills-") as folder:
        async with mortal_cloud(endpoints, Path(folder)) as cloud:
            undisturbed = await cloud.after([attempts_file(1)])
            for number, kill in enumerate(kills, 1):
                started = time.monotonic()
                verdict = await _verdict(cloud, undisturbed, kill)
                console.print(
                    f"{number:3} {kill}: {verdict or 'the same'}, {time.monotonic() - started:.1f} s"
                )
                failed += bool(verdict)
    console.print(f"{failed} kills changed what came of the file")
    return 1 if failed else 0


async def _verdict(cloud: MortalCloud, undisturbed: Outcome, kill: Kill) -> str:
    """Return how the outcome with a kill differs from the undisturbed one; nothing when it does not."""
    try:
        outcome = await cloud.after([attempts_file(1)], kill)
    except TimeoutError:
        return "the ingest did not come to its end in time"
    return "; ".join(outcome.differences(undisturbed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
