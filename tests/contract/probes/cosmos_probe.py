"""Drives a Cosmos endpoint with the unmodified SDK and compares 71 rows with what is expected of them.

    python -m tests.contract.probes.cosmos_probe [URL]    COSMOS_ENDPOINT, COSMOS_KEY
    python -m tests.contract.probes.cosmos_probe --kill   its own server, killed -9 after every ninth row

Five rows are no plain success, on purpose, and are named at the end. Exit code 0: all is as expected.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from azure.core.exceptions import AzureError, HttpResponseError
from azure.cosmos import CosmosClient

from infra.local.cosmos.authorization import EMULATOR_KEY
from tests.contract.probes.cosmos_row import Row
from tests.contract.probes.cosmos_rows import all_rows
from tests.fixtures.cosmos import Account, local_cosmos

ROWS = 71
ROWS_BETWEEN_KILLS = 9


@dataclass(frozen=True, slots=True)
class Result:
    """What a row gave."""

    row: Row
    as_expected: bool
    shown: str
    seconds: float


def examine(row: Row) -> Result:
    """Run a row and compare what it gives with what is expected of it."""
    started = time.perf_counter()
    try:
        value = row.call()
        as_expected, shown = row.accepts(value), repr(value)
    except HttpResponseError as error:
        as_expected, shown = error.status_code == row.refusal, f"refused with {error.status_code}"
    except AzureError as error:
        as_expected, shown = False, repr(error)
    return Result(row, as_expected, shown, time.perf_counter() - started)


def probe(account: Account, between_rows: Callable[[int], None]) -> list[Result]:
    """Run every row against an account, in a database that is deleted afterwards."""
    results = []
    with CosmosClient(account.endpoint, account.key) as client:
        name = f"probe-{uuid4().hex[:12]}"
        for row in all_rows(client, account, name):
            result = examine(row)
            results.append(result)
            verdict = "as expected" if result.as_expected else "DIFFERENT  "
            sys.stdout.write(f"{verdict}  {row.name}: {result.shown[:100]} [{result.seconds:.3f} s]\n")
            between_rows(len(results))
        client.delete_database(name)
    return results


def report(results: list[Result]) -> bool:
    """Print the summary and tell whether every row is there and as expected."""
    good = sum(result.as_expected for result in results)
    known = [result.row for result in results if result.row.known_difference]
    sys.stdout.write(f"\n{good} of {len(results)} rows as expected; {len(known)} are known differences:\n")
    for row in known:
        sys.stdout.write(f"  {row.name}: {row.known_difference}\n")
    return good == len(results) == ROWS


def main(arguments: list[str]) -> int:
    """Run the probe; 1 when a row is not as expected."""
    parser = argparse.ArgumentParser(description="Checks a Cosmos endpoint against 71 rows.")
    parser.add_argument("url", nargs="?", default=os.environ.get("COSMOS_ENDPOINT"))
    parser.add_argument("--kill", action="store_true", help="start a server and kill it again and again")
    options = parser.parse_args(arguments)
    if options.url and options.kill:
        parser.error("--kill needs a server of its own: leave the URL out")
    if options.url:
        account = Account(options.url, os.environ.get("COSMOS_KEY", EMULATOR_KEY))
        return int(not report(probe(account, lambda _: None)))
    return int(not report(_probe_own_server(kill=options.kill)))


def _probe_own_server(*, kill: bool) -> list[Result]:
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="termtide-probe-"))
        local = stack.enter_context(local_cosmos(Path(folder)))

        def kill_and_restart(done: int) -> None:
            if kill and done % ROWS_BETWEEN_KILLS == 0:
                local.server.kill9()
                local.restart()

        return probe(local.account, kill_and_restart)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
