"""Runs a long search for faults, which the suite has only a slice of.

A campaign NAME is the module `tests/campaigns/NAME.py`, whose `main(arguments)` returns the exit code.
"""

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

_MODULES = Path(__file__).resolve().parents[2] / "tests" / "campaigns"


def main(arguments: Sequence[str]) -> int:
    """Run one campaign; what follows its name goes to it."""
    names = sorted(path.stem for path in _MODULES.glob("*.py"))
    parser = argparse.ArgumentParser(prog="scripts/campaign", description=__doc__)
    parser.add_argument("name", choices=names)
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="see scripts/campaign NAME --help")
    wish = parser.parse_args(arguments)
    code: int = importlib.import_module(f"tests.campaigns.{wish.name}").main(wish.arguments)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
