"""Converts documents to another version and tells what is lost; writes them only where --out says.

The exit status is 1 when a document can't be converted, or when --prove finds a score that is not kept.
"""

import argparse
from pathlib import Path

from scripts.lib.qti.command import Subparsers
from scripts.lib.qti.shown import Printed, error_as_json, notices_as_json, show
from shared.standards.qti import (
    Document,
    Proof,
    QtiError,
    convert_to,
    parse,
    prove_scores,
    serialise,
    write_json,
)

VERSIONS = ("3.0", "2.2", "2.1")


def add_to(subparsers: Subparsers) -> None:
    """Add the command with its arguments."""
    parser = subparsers.add_parser("convert", help="documents to another version", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="documents of QTI 2.x or 3.0")
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
        document = parse(path.read_bytes(), file=path.name)
        converted = convert_to(document, options.to)
        proof = _proof(document, converted.document) if options.prove else {}
    except QtiError as error:
        return {"file": str(path), "error": error_as_json(error)}
    written = {} if options.out is None else {"written": _written(converted.document, options.out)}
    return {
        "file": str(path),
        "version": options.to,
        **written,
        **proof,
        "losses": len(converted.losses),
        "notices": notices_as_json(converted.notices),
    }


def _written(document: Document, folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / document.file
    path.write_bytes(serialise(document))
    return str(path)


def _proof(before: Document, after: Document) -> Printed:
    """Return whether scores are kept; nothing where there is no item to score."""
    if before.kind != "qti-assessment-item":
        return {}
    proof: Proof = prove_scores(before, after)
    return {
        "scores_kept": proof.holds,
        "attempts": proof.attempts,
        **({"refusal": proof.refusal} if proof.refusal else {}),
        "differences": [
            {
                "attempt": {name: write_json(value) for name, value in each.attempt.items()},
                "outcome": each.outcome,
                "before": write_json(each.before),
                "after": write_json(each.after),
            }
            for each in proof.differences[:20]
        ],
    }
