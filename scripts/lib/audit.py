"""Verifies the audit: walks every chain and every seal, and names the first entry that is not as written."""

import argparse
import sys

from scripts.lib.connected import connected, run_connected
from scripts.lib.owners import add_owner_options, owners
from shared.audit.verify import Verdict, verify


def main(arguments: list[str]) -> int:
    """Return 0 when all is whole, 1 when something is not, 2 when it could not be walked."""
    return run_connected(_verify(_parse(arguments)))


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/audit", description=__doc__)
    verbs = parser.add_subparsers(required=True)
    add_owner_options(verbs.add_parser("verify", help="exit 1 at the first broken entry"), required=False)
    return parser.parse_args(arguments)


async def _verify(wish: argparse.Namespace) -> int:
    async with connected() as services:
        keys = await services.keys("audit")()
        async for owner in owners(services, wish, "audit-verify"):
            verdict = await verify(services.audit_store, owner, keys)
            print(_line(verdict))
            if verdict.fault is not None:
                return 1
    return 0


def _line(verdict: Verdict) -> str:
    if verdict.fault is not None:
        return f"{verdict.owner}: BROKEN at {verdict.fault.place}: {verdict.fault.message}"
    return (
        f"{verdict.owner}: whole: {verdict.entries} entries in {verdict.segments} segments "
        f"under {verdict.seals} seals, {verdict.unsealed} segments not sealed yet"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
