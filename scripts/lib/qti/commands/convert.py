"""Converts documents and packages to another version and tells what is lost; writes only where --out says.

The exit status is 1 when something can't be converted, or when --prove finds a score that is not kept.
"""

import argparse
from collections.abc import Mapping
from pathlib import Path

from scripts.lib.qti.command import Subparsers
from scripts.lib.qti.shown import Printed, error_as_json, notices_as_json, show
from shared.standards.qti import (
    Document,
    Notice,
    Package,
    PackageConversion,
    QtiError,
    convert_to,
    open_package,
    prove_scores,
    serialise,
    write_json,
    zip_stream,
)
from shared.standards.qti.documents.element import attribute, child_named

VERSIONS = ("3.0", "2.2", "2.1")


def add_to(subparsers: Subparsers) -> None:
    """Add the command with its arguments."""
    parser = subparsers.add_parser("convert", help="content to another version", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="documents, zips or folders")
    parser.add_argument("--to", choices=VERSIONS, default="3.0", help="the version to write (3.0)")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where to write them, under their names")
    parser.add_argument(
        "--prove", action="store_true", help="score items before and after, by attempts made up"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Convert each file and print what became of it."""
    printed = [_converted(path, options) for path in options.files]
    for each in printed:
        show(each)
    return int(any("error" in each or each.get("scores_kept") is False for each in printed))


def _converted(path: Path, options: argparse.Namespace) -> Printed:
    try:
        package = open_package(path)
        alone = len(package.names) == 1 and package.document(package.names[0]).kind != "questestinterop"
        found, notices = (_document if alone else _package)(package, options)
    except QtiError as error:
        return {"file": str(path), "error": error_as_json(error)}
    return {
        "file": str(path),
        "version": options.to,
        **found,
        "losses": sum(notice.severity == "loss" for notice in notices),
        "notices": _with_files(notices),
    }


def _document(package: Package, options: argparse.Namespace) -> tuple[Printed, tuple[Notice, ...]]:
    document = package.document(package.names[0])
    converted = convert_to(document, options.to)
    found = proof(document, converted.document) if options.prove else {}
    if options.out is None:
        return found, converted.notices
    path = _inside(options.out, package.names[0])
    path.write_bytes(serialise(converted.document))
    return {"written": str(path), **found}, converted.notices


def _package(package: Package, options: argparse.Namespace) -> tuple[Printed, tuple[Notice, ...]]:
    conversion = PackageConversion(package, options.to)
    found = _proofs(package, options.to) if options.prove else {}
    pieces = zip_stream(conversion.files())
    if options.out is None:
        for _ in pieces:
            pass
        return found, tuple(conversion.notices)
    path = _inside(options.out, f"{package.name.removesuffix('.zip')}.zip")
    with path.open("wb") as target:
        target.writelines(pieces)
    return {"written": str(path), **found}, tuple(conversion.notices)


def _inside(folder: Path, name: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder / Path(name).name


def _proofs(package: Package, version: str) -> Printed:
    """Return whether the scores of all items are kept, and of which not."""
    items, broken = 0, list[Printed]()
    for item in package.documents():
        if item.kind == "qti-assessment-item":
            items += 1
            found = proof(item, convert_to(item, version).document, _templates(package, item))
            if not found["scores_kept"]:
                broken.append({"item": item.file, **found})
    return {"items": items, "scores_kept": not broken, "not_kept": broken}


def _templates(package: Package, item: Document) -> dict[str, Document]:
    """Return the template of a package that an item names, by the address it gives."""
    processing = child_named(item.root, "qti-response-processing")
    address = None if processing is None else attribute(processing, "template")
    name = None if address is None else package.resolve(address, beside=item.file)
    return {} if address is None or name is None else {address: package.document(name)}


def proof(before: Document, after: Document, templates: Mapping[str, Document] | None = None) -> Printed:
    """Return whether scores are kept, or why that can't be said; nothing where there is no item to score."""
    if before.kind != "qti-assessment-item":
        return {}
    try:
        proven = prove_scores(before, after, templates=templates or {})
    except QtiError as error:
        return {"scores_kept": False, "refusal": f"it can't be scored as it is: {error}"}
    return {
        "scores_kept": proven.holds,
        "attempts": proven.attempts,
        **({"refusal": proven.refusal} if proven.refusal else {}),
        "differences": [
            {
                "attempt": {name: write_json(value) for name, value in each.attempt.items()},
                "outcome": each.outcome,
                "before": write_json(each.before),
                "after": write_json(each.after),
            }
            for each in proven.differences[:20]
        ],
    }


def _with_files(notices: tuple[Notice, ...]) -> list[Printed]:
    told = zip(notices, notices_as_json(notices), strict=True)
    return [{"file": notice.place.file, **shown} for notice, shown in told]
