"""Reads real files of QTI 1.2 and compares what they say with facts that were written down by hand.

The folder holds `import_expect.json`, whose rows name a file and the facts to recover, and the files.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from time import process_time
from typing import Any

from lxml import etree

from shared.standards.qti.declarations.declaration import Declaration, declarations_of
from shared.standards.qti.documents.document import Document, parse
from shared.standards.qti.documents.element import Element
from shared.standards.qti.faults import Malformed
from shared.standards.qti.items.compiling import compile_item
from shared.standards.qti.questestinterop.canvas.writing import write_questestinterop
from shared.standards.qti.questestinterop.facts import ItemFacts, facts_of
from shared.standards.qti.questestinterop.items import ImportedItem
from shared.standards.qti.questestinterop.kinds import Kind
from shared.standards.qti.questestinterop.reading import Imported, read_questestinterop
from shared.standards.qti.values.lexical import read_single
from shared.standards.qti.values.types import Cardinality, Single, Value
from shared.standards.qti.writing.serialising import serialise

_ROUNDS = 5
_NO_KEY = {Kind.TEXT, Kind.ESSAY, Kind.UPLOAD, Kind.CALCULATED}

type Figures = list[tuple[str, float, str, float | None]]


def run(data: Path) -> Figures:
    """Return how many facts are wrong, items refused, right answers without full marks, and the rate."""
    rows = json.loads((data / "import_expect.json").read_text(encoding="utf-8"))["rows"]
    wrong = [f"{row['file']}: {name}" for row in rows for name in _wrong(data, row)]
    documents, malformed = _documents(data)
    imported = [read_questestinterop(document) for document in documents]
    items = [item for each in imported for item in each.items]
    differing: Figures = [(each, 1, "", 0) for each in wrong]
    return [
        *differing,
        ("QTI 1.2: files that are not XML", len(malformed), "", None),
        ("QTI 1.2: facts that differ", len(wrong), "", 0),
        ("QTI 1.2: items refused", sum(len(each.refused) for each in imported), "", 0),
        ("QTI 1.2: right answers without full marks", sum(not _scores_full(item) for item in items), "", 0),
        (
            "QTI 1.2: items that score otherwise after a round",
            sum(not _is_kept(item) for item in items),
            "",
            0,
        ),
        (f"QTI 1.2: {len(items)} items of {len(documents)} files read", _rate(documents, items), "/s", 500),
    ]


def _documents(data: Path) -> tuple[list[Document], list[Malformed]]:
    """Return the documents of QTI 1.2, by their content, and why others are none."""
    documents, malformed = [], []
    for path in sorted(data.rglob("*")):
        if path.is_file() and b"<questestinterop" in (content := path.read_bytes()):
            try:
                documents.append(parse(content, file=path.name))
            except Malformed as error:
                malformed.append(error)
    return documents, malformed


def _rate(documents: list[Document], items: list[ImportedItem]) -> float:
    return len(items) / min(_seconds(documents) for _ in range(_ROUNDS))


def _seconds(documents: list[Document]) -> float:
    started = process_time()
    for document in documents:
        read_questestinterop(document)
    return process_time() - started


def _scores_full(item: ImportedItem) -> bool:
    """Say whether the response that an item calls correct gets all its points."""
    declared = declarations_of(item.document.root)
    correct = {each.identifier: each.correct for each in declared if each.kind == "response"}
    if item.points is None or item.kind in _NO_KEY:
        return True
    score = compile_item(item.document).score(correct).outcomes.get("SCORE")
    return isinstance(score, int | float) and abs(score - item.points) < 1e-3


def _is_kept(item: ImportedItem) -> bool:
    """Say whether an item written for Canvas and read again scores the same, by attempts made up."""
    written = serialise(write_questestinterop([item.document]).document)
    (again,) = read_questestinterop(parse(written)).items
    before, after = (_responses(one.document.root) for one in (item, again))
    names = {new.identifier: old.identifier for old, new in zip(before, after, strict=True)}
    compiled = [compile_item(each.document) for each in (item, again)]
    for attempt in _attempts(item.document.root, before):
        renamed = {new: attempt.get(old) for new, old in names.items()}
        first, second = (
            each.score(given).outcomes.get("SCORE")
            for each, given in zip(compiled, (attempt, renamed), strict=True)
        )
        if first != second and abs(float(str(first)) - float(str(second))) > 1e-6:
            return False
    return True


def _responses(root: Element) -> list[Declaration]:
    return [each for each in declarations_of(root) if each.kind == "response"]


def _attempts(root: Element, declared: list[Declaration]) -> Iterator[dict[str, Value]]:
    """Yield no response, the right one, each choice alone, and each text that a rule names."""
    yield {}
    yield {each.identifier: each.correct for each in declared}
    values = {value.text or "" for value in root.iter("{*}qti-base-value", "{*}qti-value")}
    for each in declared:
        for value in sorted(values):
            single = _read(value, each)
            if single is not None:
                yield {each.identifier: single if each.cardinality is Cardinality.SINGLE else (single,)}


def _read(text: str, declared: Declaration) -> Single | None:
    try:
        return None if declared.base_type is None else read_single(text, declared.base_type)
    except ValueError:
        return None


def _wrong(data: Path, row: dict[str, Any]) -> Iterator[str]:
    path = data / row["file"]
    if path.name == "imsmanifest.xml":
        found: dict[str, object] = {"items": sum(len(each.items) for each in _of_manifest(path))}
    else:
        found = _found(read_questestinterop(parse(path.read_bytes(), file=path.name)), set(row))
    for name, expected in row.items():
        if name != "file" and found.get(name) != expected:
            yield f"{name} is {found.get(name)!r}, not {expected!r}"


def _of_manifest(path: Path) -> Iterator[Imported]:
    for resource in etree.fromstring(path.read_bytes()).iter("{*}resource"):
        if resource.get("type", "").startswith("imsqti_"):
            for file in resource.iter("{*}file"):
                yield read_questestinterop(parse((path.parent / file.get("href", "")).read_bytes()))


def _found(imported: Imported, asked: set[str]) -> dict[str, object]:
    facts = [facts_of(item) for item in imported.items]
    numbered = {str(at): " ".join(each.correct) for at, each in enumerate(facts, start=1)}
    many = {
        "items": len(facts),
        "correct": numbered if "items" in asked else list(facts[0].correct),
        "items_values": [list(each.values) for each in facts],
        "max_score": facts[0].points,
    }
    return many | _of_one(facts[0])


def _of_one(facts: ItemFacts) -> dict[str, object]:
    return {
        "choices": len(facts.choices),
        "shuffle": facts.shuffle,
        "pairs": facts.pairs,
        "distractors": list(facts.distractors),
        "scoring": "all or nothing" if facts.all_or_nothing else "by parts",
        "value": next(iter(facts.values), None),
        "margin": facts.margin and facts.margin.amount,
        "margin_type": facts.margin and facts.margin.kind,
        "formula": facts.formula,
        "variables": {name: list(ends) for name, ends in facts.ranges.items()},
        "generated_answers": list(facts.answers),
        "tolerance": facts.tolerance,
    }
