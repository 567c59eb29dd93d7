"""Computes every rollup anew from the committed facts; it comes out as folds have left it, bit for bit."""

import argparse
import sys
import time

from scripts.lib.connected import connected, run_connected
from scripts.lib.owners import tenants
from shared.analytics.folding.fold import Rebuilt

_SCRIPT = "rebuild"


def main(arguments: list[str]) -> int:
    """Return 0, or 2 with a sentence that says what is wrong."""
    return run_connected(_rebuild(_parse(arguments)))


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/rebuild", description=__doc__)
    parser.add_argument("--tenant", metavar="T", help="only this tenant; without it, all of this stamp")
    return parser.parse_args(arguments)


async def _rebuild(wish: argparse.Namespace) -> int:
    async with connected() as services:
        scopes = [scope async for scope in tenants(services, wish.tenant, _SCRIPT)]
        for number, scope in enumerate(scopes, 1):
            print(f"[{number}/{len(scopes)}] {scope.tenant_id}: rebuilding", flush=True)
            started = time.monotonic()
            await services.audit.allowed(scope, "rollups.rebuild", f"tenant:{scope.tenant_id}")
            rebuilt = await services.folds.rebuild(scope)
            print(f"[{number}/{len(scopes)}] {scope.tenant_id}: {_line(rebuilt, started)}", flush=True)
    return 0


def _line(rebuilt: Rebuilt | None, started: float) -> str:
    if rebuilt is None:
        return "no results were committed yet"
    seconds = time.monotonic() - started
    return f"{rebuilt.courses} courses of table version {rebuilt.table_version} in {seconds:.1f} s"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
