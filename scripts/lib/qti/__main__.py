"""Detects, reads, validates, scores and converts QTI content of every version; prints JSON.

Needs no services and stores nothing. What is wrong with content is an answer; the exit status is 2 when a
path can't be read, or when something is wrong with the command.
"""

import argparse
import json
import sys
from collections.abc import Sequence

from scripts.lib.qti.command import CommandFailed
from scripts.lib.qti.commands import COMMANDS


def main(arguments: Sequence[str]) -> int:
    """Run one command and return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except (OSError, CommandFailed, json.JSONDecodeError) as error:
        print(f"qti: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/qti", description=__doc__)
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.add_to(subparsers)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
