"""Fuzzes the HTTP interface by docs/openapi.yaml, as every role, on a local cloud of its own.

scripts/campaign openapi [--caller ROLE ...] [--examples N] [--seed S]
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from infra.local.launcher.cloud import LocalCloud
from infra.local.launcher.endpoints import Endpoints
from infra.local.launcher.errors import LocalCloudError
from infra.local.launcher.interruption import run_until_interrupted
from infra.local.launcher.options import Options
from scripts.lib.development_access import development_access
from scripts.lib.openapi_fuzzing import Verdict, furnish, fuzz
from shared.tenancy.model import Role

_TENANT = "fuzzed"
_ANYBODY = "anybody"


@dataclass(frozen=True, slots=True)
class _Wish:
    callers: Sequence[str]
    examples: int
    seed: int | None
    port_base: int


def main(arguments: Sequence[str]) -> int:
    """Return 0 when nothing was found, 1 when something was or the local cloud can't start."""
    try:
        return run_until_interrupted(_campaign(_parse(arguments)), interrupted=130)
    except LocalCloudError as failure:
        sys.stderr.write(f"termtide: {failure}\n")
        return 1


def _parse(arguments: Sequence[str]) -> _Wish:
    parser = argparse.ArgumentParser(prog="scripts/campaign openapi", description=__doc__)
    callers = [*Role, _ANYBODY]
    parser.add_argument("--caller", choices=callers, action="append", help="only as this one; repeatable")
    parser.add_argument("--examples", type=int, default=300, help="generated calls for each operation")
    parser.add_argument("--seed", type=int, help="repeat the campaign that printed this seed")
    parser.add_argument("--port-base", type=int, default=7270, help="services listen at N+1 to N+20")
    wish = parser.parse_args(arguments)
    return _Wish(wish.caller or callers, wish.examples, wish.seed, wish.port_base)


async def _campaign(wish: _Wish) -> int:
    console = Console()
    with tempfile.TemporaryDirectory(prefix="termtide-campaign-") as folder:
        options = Options(Endpoints.at(wish.port_base), Path(folder), verbose=False)
        async with LocalCloud(options, Console(stderr=True)), development_access(options) as access:
            await furnish(access, _TENANT)
            found = 0
            for caller in wish.callers:
                token = None if caller == _ANYBODY else access.token(_TENANT, Role(caller))
                url = options.endpoints.url("http")
                verdict = await asyncio.to_thread(fuzz, url, token, examples=wish.examples, seed=wish.seed)
                _tell(console, caller, verdict)
                found += not verdict.passed
    return 1 if found else 0


def _tell(console: Console, caller: str, verdict: Verdict) -> None:
    outcome = "nothing found" if verdict.passed else "FAILED"
    console.print(
        f"{caller}: {outcome} in {verdict.cases} calls of {verdict.operations} operations, "
        f"{verdict.seconds:.0f} s, seed {verdict.seed}"
    )
    if not verdict.passed:
        console.print(verdict.output, markup=False, highlight=False)
