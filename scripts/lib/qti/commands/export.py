"""Exports documents: as a package of one version with --out, as what a candidate may see without."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from scripts.lib.qti.command import CommandFailed, Subparsers
from scripts.lib.qti.commands.convert import VERSIONS
from scripts.lib.qti.shown import Printed, error_as_json, notices_as_json, show
from shared.standards.qti import (
    Document,
    Notice,
    QtiError,
    candidate_view,
    canvas_package,
    compile_item,
    convert_to,
    package_of,
    parse,
    zip_stream,
)
from shared.standards.qti.writing.zips import PackagedFile

_PIECE = 2**20


def add_to(subparsers: Subparsers) -> None:
    """Add the command with its arguments."""
    parser = subparsers.add_parser("export", help="a package, or what candidates see", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="documents of QTI 2.x or 3.0")
    parser.add_argument("--out", type=Path, metavar="PACKAGE.zip", help="write a package of the documents")
    parser.add_argument(
        "--to",
        choices=(*VERSIONS, "1.2"),
        default="3.0",
        help="the version of the package (3.0); 1.2 for Canvas",
    )
    parser.add_argument(
        "--assets", type=Path, metavar="DIR", help="a folder whose other files go into the package, too"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="by which choices are shuffled (0)")
    parser.add_argument(
        "--values",
        default=None,
        metavar="JSON",
        help="outcomes and template values that decide what is shown",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write a package, or print the view of each file; 1 when one can't be read."""
    printed = [_view(path, options) for path in options.files] if options.out is None else [_package(options)]
    for each in printed:
        show(each)
    return int(any("error" in each for each in printed))


def _view(path: Path, options: argparse.Namespace) -> Printed:
    try:
        document = parse(path.read_bytes(), file=path.name)
        stated = None if options.values is None else json.loads(options.values)
        values = None if stated is None else compile_item(document).read_values(stated)
        view = candidate_view(document, seed=options.seed, values=values)
    except QtiError as error:
        return {"file": str(path), "error": error_as_json(error)}
    return {"file": str(path), "view": view.as_json(), "notices": notices_as_json(view.notices)}


def _package(options: argparse.Namespace) -> Printed:
    notices: list[Notice] = []
    try:
        files = _canvas(options, notices) if options.to == "1.2" else _files(options, notices)
        with options.out.open("wb") as target:
            target.writelines(zip_stream(files))
    except QtiError as error:
        return {"file": str(options.out), "error": error_as_json(error)}
    return {
        "file": str(options.out),
        "version": options.to,
        "documents": len(options.files),
        "losses": sum(notice.severity == "loss" for notice in notices),
        "notices": notices_as_json(notices),
    }


def _files(options: argparse.Namespace, notices: list[Notice]) -> Iterator[PackagedFile]:
    def converted() -> Iterator[Document]:
        for document in _documents(options):
            found = convert_to(document, options.to)
            notices.extend(found.notices)
            yield found.document

    return package_of(converted(), _assets(options), options.to)


def _canvas(options: argparse.Namespace, notices: list[Notice]) -> Iterator[PackagedFile]:
    title = options.out.name.removesuffix(".zip")
    return canvas_package(_documents(options), _assets(options), title=title, notices=notices)


def _documents(options: argparse.Namespace) -> Iterator[Document]:
    for path in options.files:
        yield parse(path.read_bytes(), file=_name(path, options.assets or Path()))


def _assets(options: argparse.Namespace) -> Iterator[PackagedFile]:
    if options.assets is None:
        return
    left_out = {path.resolve() for path in (*options.files, options.out)}
    for path in sorted(options.assets.rglob("*")):
        if path.is_file() and path.resolve() not in left_out and path.name != "imsmanifest.xml":
            yield _name(path, options.assets), _pieces(path)


def _name(path: Path, root: Path) -> str:
    """Return the name of a file in the package: its path below the folder of the package."""
    if not path.resolve().is_relative_to(root.resolve()):
        raise CommandFailed(f"{path} is not below {root.resolve()}, from where names in the package count")
    return path.resolve().relative_to(root.resolve()).as_posix()


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as source:
        while piece := source.read(_PIECE):
            yield piece
