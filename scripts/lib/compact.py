"""Merges the small files of the fact tables into few; no row comes, goes or changes."""

import argparse
import sys

from scripts.lib.connected import connected, run_connected
from scripts.lib.owners import tenants

_SCRIPT = "compact"


def main(arguments: list[str]) -> int:
    """Return 0, or 2 with a sentence that says what is wrong."""
    return run_connected(_compact(_parse(arguments)))


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/compact", description=__doc__)
    parser.add_argument("--tenant", metavar="T", help="only this tenant; without it, all of this stamp")
    return parser.parse_args(arguments)


async def _compact(wish: argparse.Namespace) -> int:
    async with connected() as services:
        async for scope in tenants(services, wish.tenant, _SCRIPT):
            await services.audit.allowed(scope, "lake.compact", f"tenant:{scope.tenant_id}")
            done = await services.compactor.compact(scope)
            print(f"{scope.tenant_id}: {done.files} files became {done.into}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
