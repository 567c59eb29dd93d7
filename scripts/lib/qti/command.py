"""What every command of scripts/qti is."""

import argparse
from typing import Any, Protocol

type Subparsers = argparse._SubParsersAction[Any]  # noqa: SLF001 - argparse has no public name for it


class CommandFailed(Exception):
    """Something is wrong with the command line, or with a file that it names."""


class Command(Protocol):
    """A module of scripts/lib/qti/commands."""

    def add_to(self, subparsers: Subparsers) -> None:
        """Add the command with its arguments; `set_defaults(run=run)` names what runs it."""
        ...

    def run(self, options: argparse.Namespace) -> int:
        """Run the command, print JSON, and return the exit status."""
        ...
