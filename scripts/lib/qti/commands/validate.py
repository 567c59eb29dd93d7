"""Checks documents and packages: structure and references always, schemas where a folder has them."""

import argparse
from pathlib import Path

from scripts.lib.qti.command import Subparsers
from scripts.lib.qti.shown import Printed, error_as_json, notices_as_json, show
from shared.standards.qti import QtiError, SchemaFolder, check_package, open_package
from shared.standards.qti.validating.validation import Report


def add_to(subparsers: Subparsers) -> None:
    """Add the command with its arguments."""
    parser = subparsers.add_parser("validate", help="what breaks the standard", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="documents, zips or folders")
    parser.add_argument(
        "--schemas",
        type=Path,
        metavar="FOLDER",
        help="schema files, trusted as pinned by the library or its SHA256SUMS",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print a report on each file; 1 when one is not valid."""
    schemas = SchemaFolder(options.schemas) if options.schemas else None
    printed = [_validated(path, schemas) for path in options.files]
    for each in printed:
        show(each)
    return int(any(not each["valid"] for each in printed))


def _validated(path: Path, schemas: SchemaFolder | None) -> Printed:
    try:
        reports = list(check_package(open_package(path), schemas=schemas))
    except QtiError as error:
        return {"file": str(path), "valid": False, "error": error_as_json(error)}
    return {
        "file": str(path),
        "valid": bool(reports) and all(report.is_valid for report in reports),
        "documents": [_as_json(report) for report in reports],
    }


def _as_json(report: Report) -> Printed:
    return {
        "file": report.file,
        "valid": report.is_valid,
        "ran": list(report.ran),
        "skipped": list(report.skipped),
        "notices": notices_as_json(report.notices),
    }
