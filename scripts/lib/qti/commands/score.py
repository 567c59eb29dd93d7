"""Scores items: one attempt with the responses that are given."""

import argparse
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from scripts.lib.qti.command import CommandFailed, Subparsers
from scripts.lib.qti.item_files import items_in
from scripts.lib.qti.shown import Printed, error_as_json, notices_as_json, show
from shared.standards.qti import Document, QtiError, compile_item, parse, write_json
from shared.standards.qti.documents.element import attribute, child_named
from shared.standards.qti.items.compiled_item import Scored

type Given = Mapping[str, Mapping[str, object]]


def add_to(subparsers: Subparsers) -> None:
    """Add the command with its arguments."""
    parser = subparsers.add_parser("score", help="outcomes of items for given responses", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="items of any version")
    parser.add_argument(
        "--responses", default="{}", metavar="JSON", help='such as {"RESPONSE": ["A", "B"]}, or a file of it'
    )
    parser.add_argument("--item", metavar="IDENTIFIER", help="the only item to score of a file of several")
    parser.add_argument("--human", default="{}", metavar="JSON", help="outcomes that a human scored")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="what decides all chance (0)")
    parser.add_argument("--strict", action="store_true", help="refuse what only breaks the standard")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Score each item and print its outcomes; 1 when one can't be scored."""
    given = {name: _object(getattr(options, name)) for name in ("responses", "human")}
    printed = [each for path in options.files for each in _of_file(path, options, given)]
    for each in printed:
        show(each)
    return int(any("error" in each for each in printed))


def _object(text: str) -> Mapping[str, object]:
    found = json.loads(text if text.lstrip().startswith("{") else Path(text).read_text(encoding="utf-8"))
    if not isinstance(found, dict):
        raise CommandFailed("responses are no JSON object")
    return found


def _of_file(path: Path, options: argparse.Namespace, given: Given) -> Iterator[Printed]:
    try:
        documents = items_in(path.read_bytes(), path.name)
    except QtiError as error:
        yield {"file": str(path), "error": error_as_json(error)}
        return
    wanted = [each for each in documents if options.item in {None, attribute(each.root, "identifier")}]
    if not wanted:
        raise CommandFailed(f"{path} holds no item {options.item}")
    for document in wanted:
        yield {"file": str(path), **_scored(document, path.parent, options, given)}


def _scored(document: Document, folder: Path, options: argparse.Namespace, given: Given) -> Printed:
    try:
        item = compile_item(document, templates=_templates(document, folder), strict=options.strict)
        values = {name: item.read_values(forms) for name, forms in given.items()}
        scored = item.score(values["responses"], human=values["human"], seed=options.seed)
    except QtiError as error:
        return {"item": attribute(document.root, "identifier"), "error": error_as_json(error)}
    return {"item": item.identifier, **_as_json(scored)}


def _templates(document: Document, folder: Path) -> dict[str, Document]:
    """Return the response processing template that an item names, when it lies beside the item."""
    processing = child_named(document.root, "qti-response-processing")
    address = None if processing is None else attribute(processing, "template")
    beside = {path.name: path for path in folder.iterdir() if path.is_file()}
    return {address: parse(beside[address].read_bytes(), file=address)} if address in beside else {}


def _as_json(scored: Scored) -> Printed:
    return {
        "outcomes": {name: write_json(value) for name, value in scored.outcomes.items()},
        "pending": list(scored.pending),
        "notices": notices_as_json(scored.notices),
    }
