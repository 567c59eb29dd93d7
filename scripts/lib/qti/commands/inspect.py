"""Tells what is in documents and packages: items, tests, metadata, alignments, what they bring along."""

import argparse
from pathlib import Path

from scripts.lib.qti.command import Subparsers
from scripts.lib.qti.shown import Printed, error_as_json, notices_as_json, show
from shared.standards.qti import QtiError, inspect_package, open_package


def add_to(subparsers: Subparsers) -> None:
    """Add the command with its arguments."""
    parser = subparsers.add_parser("inspect", help="what is in documents and packages", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="documents, zips or folders")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print what is in each file; 1 when one can't be read."""
    printed = [_inspected(path) for path in options.files]
    for each in printed:
        show(each)
    return int(any("error" in each for each in printed))


def _inspected(path: Path) -> Printed:
    try:
        package = open_package(path)
        if len(package.names) == 1:  # a document by itself, which may be unreadable
            package.document(package.names[0])
        found = inspect_package(package)
    except QtiError as error:
        return {"file": str(path), "error": error_as_json(error)}
    return {"file": str(path), **found, "notices": notices_as_json(package.notices)}
