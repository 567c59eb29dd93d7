"""Tables of scoring vectors: responses to an item, and the outcomes they must give.

The table is a JSON object with `vectors`, each with `id`, `tier`, `file` (beside the table), `responses` and
`expect`. A vector is one attempt. Outcomes are compared one by one: numbers to within 1e-6; empty text, an
empty container and null are the same; multiple containers have no order. A lenient vector, whose item breaks
the standard, is right only when the library gives notice of that.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Final, TypeIs

from scripts.lib.qti.item_files import items_in
from shared.standards.qti import (
    Cardinality,
    CompiledItem,
    Document,
    Malformed,
    QtiError,
    check_structure,
    compile_item,
    write_json,
)

_TOLERANCE: Final = 1e-6
_NOTHING: Final[tuple[object, ...]] = (None, "", [])


@dataclass(frozen=True, slots=True)
class Vector:
    """One row of a table, the bytes of its item read."""

    id: str
    tier: str
    file: str
    content: bytes
    responses: Mapping[str, object]
    expect: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a vector came out right, and why not."""

    vector: Vector
    why: str

    @property
    def right(self) -> bool:
        """Whether nothing differs."""
        return not self.why


def read_table(table: Path) -> list[Vector]:
    """Read a table and the items it names."""
    rows = json.loads(table.read_text(encoding="utf-8"))["vectors"]
    contents = {file: (table.parent / file).read_bytes() for file in {row["file"] for row in rows}}
    return [
        Vector(row["id"], row["tier"], row["file"], contents[row["file"]], row["responses"], row["expect"])
        for row in rows
    ]


def judge(vector: Vector) -> Verdict:
    """Score a vector and compare."""
    try:
        document = _document(vector)
        item = compile_item(document)
        scored = item.score(item.read_responses(vector.responses))
    except QtiError as error:
        return Verdict(vector, str(error))
    got = {name: write_json(scored.outcomes.get(name)) for name in vector.expect}
    differences = [
        f"{name} is {json.dumps(got[name])}, not {json.dumps(wanted)}"
        for name, wanted in vector.expect.items()
        if not _is_same(got[name], wanted, is_bag=_is_bag(item, name))
    ]
    if vector.tier == "lenient" and not (scored.notices or check_structure(document)):
        differences.append("no notice says what breaks the standard")
    return Verdict(vector, "; ".join(differences))


def _document(vector: Vector) -> Document:
    """Return the one item of a vector, whichever version it is of. Raises Malformed for files of several."""
    items = items_in(vector.content, vector.file)
    if len(items) != 1:
        raise Malformed(f"{len(items)} items, where a vector is about one", rule="vectors")
    return items[0]


def cold_rate(vectors: Sequence[Vector], turns: int) -> float:
    """Return sessions per second of CPU from bytes to outcomes, nothing kept from one to the next."""
    started = process_time()
    for _ in range(turns):
        for vector in vectors:
            item = compile_item(_document(vector))
            item.score(item.read_responses(vector.responses))
    return _rate(turns * len(vectors), started)


def warm_rate(vectors: Sequence[Vector], turns: int) -> float:
    """Return sessions per second of CPU with items that are compiled already."""
    items = {vector.file: compile_item(_document(vector)) for vector in vectors}
    sessions = [(items[vector.file], vector.responses) for vector in vectors]
    started = process_time()
    for _ in range(turns):
        for item, responses in sessions:
            item.score(item.read_responses(responses))
    return _rate(turns * len(vectors), started)


def _rate(sessions: int, started: float) -> float:
    spent = process_time() - started
    return sessions / spent if spent else 0.0


def _is_bag(item: CompiledItem, name: str) -> bool:
    declared = item.declarations.get(name)
    return declared is not None and declared.cardinality is Cardinality.MULTIPLE


def _is_same(got: object, wanted: object, *, is_bag: bool) -> bool:
    if got in _NOTHING or wanted in _NOTHING:
        return got in _NOTHING and wanted in _NOTHING
    if isinstance(got, list) and isinstance(wanted, list):
        return len(got) == len(wanted) and _are_members_same(got, wanted, is_bag=is_bag)
    if _is_number(got) and _is_number(wanted):
        return abs(got - wanted) <= _TOLERANCE
    return type(got) is type(wanted) and got == wanted


def _are_members_same(got: list[object], wanted: list[object], *, is_bag: bool) -> bool:
    if is_bag:
        got, wanted = sorted(got, key=str), sorted(wanted, key=str)
    return all(_is_same(one, other, is_bag=False) for one, other in zip(got, wanted, strict=True))


def _is_number(value: object) -> TypeIs[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
