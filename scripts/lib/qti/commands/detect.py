"""Tells the version of documents, and of the documents in packages, with all that contradicts it."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from scripts.lib.qti.command import Subparsers
from scripts.lib.qti.shown import Printed, error_as_json, notices_as_json, show
from shared.standards.qti import Document, Package, QtiError, open_package
from shared.standards.qti.packages.inspection import signs_as_json


def add_to(subparsers: Subparsers) -> None:
    """Add the command with its arguments."""
    parser = subparsers.add_parser("detect", help="version of documents and packages", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="documents, zips or folders")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print what each document is; 1 when one can't be read."""
    status = 0
    for path in options.files:
        for printed in _detected(path):
            show(printed)
            status = status or int("error" in printed)
    return status


def _told(path: Path, package: Package, document: Document) -> Iterator[Printed]:
    """Yield what a document is; of a package, only documents that are QTI."""
    found = package.detect(document)
    if package.names == (document.file,):
        yield {"file": str(path), **signs_as_json(found)}
    elif found.is_qti:
        yield {"file": str(path), "member": document.file, **signs_as_json(found)}


def _detected(path: Path) -> Iterator[Printed]:
    try:
        package = open_package(path)
        if package.manifest is not None:
            signs = signs_as_json(package.detect(package.manifest.document))
            yield {"file": str(path), "member": package.manifest.document.file, **signs}
        elif len(package.names) == 1:  # a document by itself, which may be unreadable
            package.document(package.names[0])
        for document in package.documents():
            yield from _told(path, package, document)
    except QtiError as error:
        yield {"file": str(path), "error": error_as_json(error)}
        return
    for notice in notices_as_json(package.notices):
        yield {"file": str(path), "error": notice}
