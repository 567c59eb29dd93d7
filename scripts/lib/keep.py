"""Removes rows whose retention is over, old tombstones, blobs that nobody reads, and old landed files."""

import argparse
import sys

from scripts.lib.connected import connected, run_connected
from scripts.lib.owners import tenants

_SCRIPT = "keep"


def main(arguments: list[str]) -> int:
    """Return 0, or 2 with a sentence that says what is wrong."""
    return run_connected(_keep(_parse(arguments)))


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/keep", description=__doc__)
    parser.add_argument("--tenant", metavar="T", help="only this tenant; without it, all of this stamp")
    return parser.parse_args(arguments)


async def _keep(wish: argparse.Namespace) -> int:
    async with connected() as services:
        async for scope in tenants(services, wish.tenant, _SCRIPT):
            kept = await services.keeper.keep(scope)
            removed = f"{kept.removed.rows} rows in {kept.removed.transactions} transactions"
            landed = f"{kept.landed} landed files, {kept.unsent} uploads never sent"
            print(f"{scope.tenant_id}: {removed}, {kept.blobs} blobs, {landed}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
